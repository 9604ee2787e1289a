#![allow(clippy::unwrap_used)]

use super::{Described, Document, Origin};
use crate::error_code::{ErrorCode, ExitStatus};
use crate::failure::Failure;

#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
struct Example {
    number: u8,
}

impl Described for Example {
    const SCHEMA: &'static str = "carechain/example/1";
}

fn parse(text: &str) -> Option<Result<Example, Failure>> {
    serde_json::from_str::<Document<Example>>(text).unwrap().into_result()
}

#[test]
fn data_makes_an_ok_document() {
    let document = Document::done(Example { number: 7 });
    let text = serde_json::to_string(&document).unwrap();
    assert_eq!(text, r#"{"schema":"carechain/example/1","ok":true,"data":{"number":7}}"#);
    assert_eq!(document.exit_status(), ExitStatus::Done);
    assert_eq!(parse(&text), Some(Ok(Example { number: 7 })));
}

#[test]
fn a_failure_makes_a_document_with_code_message_hint_and_retry() {
    let failure = Failure::new(ErrorCode::NoQuorum, "1 of 4 members answers", "see `node status`");
    let document = Document::<Example>::failed(failure.clone());
    let text = serde_json::to_string(&document).unwrap();
    assert_eq!(
        text,
        r#"{"schema":"carechain/example/1","ok":false,"error":{"code":"no_quorum","message":"1 of 4 members answers","hint":"see `node status`","retry":"safe"}}"#
    );
    assert_eq!(document.exit_status(), ExitStatus::NoQuorum);
    assert_eq!(parse(&text), Some(Err(failure)));
}

#[test]
fn the_origin_stands_beside_the_data() {
    let origin = Origin { height: Some(9), ..Origin::default() };
    let document = Document::done(Example { number: 7 }).with_origin(origin);
    let text = serde_json::to_string(&document).unwrap();
    assert_eq!(text, r#"{"schema":"carechain/example/1","ok":true,"data":{"number":7},"height":9}"#);
    assert_eq!(serde_json::from_str::<Document<Example>>(&text).unwrap(), document);
}

#[test]
fn a_document_of_another_schema_or_one_that_contradicts_itself_is_none() {
    for text in [
        r#"{"schema":"carechain/example/2","ok":true,"data":{"number":7}}"#,
        r#"{"schema":"carechain/example/1","ok":false,"data":{"number":7}}"#,
        r#"{"schema":"carechain/example/1","ok":true}"#,
        r#"{"schema":"carechain/example/1","ok":true,"data":{"number":7},"error":{"code":"usage","message":"","hint":"","retry":"never"}}"#,
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
}
