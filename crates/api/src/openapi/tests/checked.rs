//! Compares JSON, and whole answers, with the description.

use boon::{Compiler, Draft, Schemas};
use carechain_schema::Route;
use serde_json::Value;

use super::openapi;

const PLACE: &str = "http://localhost/v1/openapi.json";

/// The description, ready to be compared with.
pub(crate) struct Checked {
    compiler: Compiler,
    schemas: Schemas,
}

/// Place of a schema that has a name.
pub(crate) fn component(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

impl Checked {
    pub(crate) fn new() -> Self {
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V2020_12);
        compiler.enable_format_assertions();
        compiler.add_resource(PLACE, serde_json::from_slice(&openapi()).unwrap()).unwrap();
        Self { compiler, schemas: Schemas::new() }
    }

    /// Whether a value is what the schema at a place of the description says.
    pub(crate) fn check(&mut self, place: &str, value: &Value) -> Result<(), String> {
        let url = PLACE.to_owned() + place;
        let schema =
            self.compiler.compile(&url, &mut self.schemas).unwrap_or_else(|fault| panic!("{url}: {fault:#}"));
        self.schemas.validate(value, schema).map_err(|fault| format!("{fault:#}"))
    }
}

/// Panics unless the description of the route has an answer of this status, type and content. What is no route is refused
/// as such.
pub(crate) fn assert_described(method: &str, path: &str, status: u16, kind: Option<&str>, body: &[u8]) {
    let path = path.split('?').next().unwrap();
    let Some(route) =
        Route::ALL.into_iter().find(|route| route.method.as_str() == method && fits(route.path, path))
    else {
        assert!(String::from_utf8_lossy(body).contains("no_route"), "{method} {path}");
        return;
    };
    let description: Value = serde_json::from_slice(&openapi()).unwrap();
    let answers = &description["paths"][route.path][method.to_lowercase()]["responses"];
    let answer =
        answers.get(status.to_string()).unwrap_or_else(|| panic!("{method} {path} answers {status}"));
    let named = answer.get("$ref").map(|place| place.as_str().unwrap().trim_start_matches('#'));
    let answer = named.map_or(answer, |place| description.pointer(place).unwrap());
    let Some(content) = answer.get("content") else {
        assert!(kind.is_none() && body.is_empty(), "{method} {path} answers {status} with {kind:?}");
        return;
    };
    let kind = kind.unwrap_or_else(|| panic!("{method} {path} answers {status} without a type"));
    assert!(content.get(kind).is_some(), "{method} {path} answers {status} with {kind}");
    if kind == "application/json" {
        let escaped = |text: &str| text.replace('~', "~0").replace('/', "~1");
        let own = || format!("/paths/{}/{}/responses/{status}", escaped(route.path), method.to_lowercase());
        let place = format!("#{}/content/application~1json/schema", named.map_or_else(own, str::to_owned));
        let value = serde_json::from_slice(body).unwrap();
        Checked::new()
            .check(&place, &value)
            .unwrap_or_else(|fault| panic!("{path} {status}: {fault}\n{value:#}"));
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(expected), Some(part))
                if expected == part || expected.starts_with('{') && !part.is_empty() => {}
            _ => return false,
        }
    }
}
