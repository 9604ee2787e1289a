use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use carechain_schema::Route;
use serde_json::Value;

use super::openapi;
use super::operations::OPERATIONS;

mod checked;

pub(crate) use checked::assert_described;
use checked::{Checked, component};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures")
}

/// Documents that commands print and no route answers, by the file they stand in.
const OF_COMMANDS: [&str; 22] = [
    "audit-1",
    "bench-publish-1",
    "bench-transfer-1",
    "consent-1",
    "demo-1",
    "department-1",
    "error-codes",
    "grants-1",
    "inbox-1",
    "inbox-event-1",
    "key-1",
    "person-1",
    "persons-1",
    "proof-check-1",
    "publish-1",
    "records-1",
    "request-1",
    "requests-1",
    "retrieve-1",
    "transaction-1",
    "transaction-status-1",
    // Refusals as a command prints them, under the name of its own document.
    "failure-1",
];

/// What routes answer and take.
const OF_ROUTES: [(&str, &str); 7] = [
    ("node-1", "NodeReportDocument"),
    ("notices-1", "NoticeListDocument"),
    ("origin-1", "Origin"),
    ("search-1", "SearchPageDocument"),
    ("search-request-1", "SearchRequest"),
    ("status-2", "StatusReportDocument"),
    ("upload-1", "UploadStatusDocument"),
];

fn golden() -> BTreeMap<String, Value> {
    let entries = fs::read_dir(fixtures().join("schema")).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_slice(&fs::read(&path).unwrap()).unwrap())
        })
        .collect()
}

/// After a change run once with `CARECHAIN_WRITE_GOLDEN=1` and read the difference.
#[test]
fn description_is_the_golden_file_byte_for_byte() {
    let path = fixtures().join("openapi.json");
    if env::var_os("CARECHAIN_WRITE_GOLDEN").is_some() {
        fs::write(&path, openapi()).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap();
    assert_eq!(String::from_utf8(openapi().to_vec()).unwrap(), golden, "{}", path.display());
}

#[test]
fn every_route_has_its_row_in_the_order_of_the_routes() {
    let described = OPERATIONS.iter().map(|operation| operation.route);
    assert_eq!(described.collect::<Vec<_>>(), Route::ALL);
}

#[test]
fn every_value_in_a_path_is_a_parameter_and_no_id_stands_twice() {
    let mut ids = std::collections::BTreeSet::new();
    for operation in &OPERATIONS {
        let braces =
            operation.route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let named =
            operation.parameters.iter().filter(|parameter| parameter.place == super::operation::Place::Path);
        assert_eq!(braces.collect::<Vec<_>>(), named.map(|parameter| parameter.name).collect::<Vec<_>>());
        assert!(ids.insert(operation.id), "{}", operation.id);
    }
}

#[test]
fn every_golden_file_is_what_the_description_says_or_of_a_command() {
    let mut golden = golden();
    for name in OF_COMMANDS {
        assert!(golden.remove(name).is_some(), "{name}");
    }
    assert!(golden.remove("not-found-1").is_some());
    for (name, schema) in OF_ROUTES {
        let value = golden.remove(name).unwrap_or_else(|| panic!("no {name}"));
        Checked::new().check(&component(schema), &value).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    }
    assert!(golden.is_empty(), "described by no schema, printed by no command: {:?}", golden.keys());
}

#[test]
fn a_field_that_is_missing_or_of_another_type_is_refused() {
    let golden = golden();
    for (name, schema) in
        OF_ROUTES.iter().filter(|(name, _)| *name != "origin-1" && *name != "search-request-1")
    {
        let (whole, schema) = (&golden[*name], component(schema));
        let mut checked = Checked::new();
        for field in whole.as_object().unwrap().keys().filter(|field| *field != "height") {
            let mut less = whole.clone();
            less.as_object_mut().unwrap().remove(field);
            assert!(checked.check(&schema, &less).is_err(), "{name} without {field}");
        }
        for field in whole["data"].as_object().unwrap().keys().filter(|field| *field != "next") {
            let (mut less, mut other) = (whole.clone(), whole.clone());
            less["data"].as_object_mut().unwrap().remove(field);
            other["data"][field] = Value::Null;
            assert!(checked.check(&schema, &less).is_err(), "{name} without {field}");
            assert!(checked.check(&schema, &other).is_err(), "{name} with null as {field}");
        }
    }
}

#[test]
fn a_refusal_with_another_code_or_name_is_refused() {
    let refusal = |code: &str, schema: &str| {
        serde_json::json!({
            "schema": schema, "ok": false,
            "error": { "code": code, "message": "m", "hint": "h", "retry": "never" },
        })
    };
    let schema = "#/components/responses/not_found/content/application~1json/schema";
    let mut checked = Checked::new();
    checked.check(schema, &refusal("not_found", "carechain/failure/1")).unwrap();
    assert!(checked.check(schema, &refusal("busy", "carechain/failure/1")).is_err());
    assert!(checked.check(schema, &refusal("not_found", "carechain/upload/1")).is_err());
}

#[test]
fn every_schema_compiles_and_every_reference_leads_somewhere() {
    let description: Value = serde_json::from_slice(&openapi()).unwrap();
    let names = description["components"]["schemas"].as_object().unwrap().keys();
    let count =
        names.map(|name| Checked::new().check(&component(name), &Value::Null)).filter(Result::is_err).count();
    assert!(count > 20, "{count} schemas refuse what they must");
}
