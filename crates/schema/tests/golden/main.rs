//! Golden files: every JSON shape as it stands in `tests/fixtures/schema`, byte for byte.
//!
//! After adding a field, run once with `CARECHAIN_WRITE_GOLDEN=1` and read the difference: an added line is fine, a changed
//! or removed one breaks programs and needs a new version beside the old.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod bodies;
mod consent;
mod examples;
mod files;
mod people;
mod reports;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use carechain_schema::{Described, Document, ErrorCode, Failure, Origin, OutcomeLine};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/schema")
}

/// Compares the JSON of a value with its golden file, and what the file parses to with the value.
#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, value: &T) {
    let path = folder().join(format!("{name}.json"));
    let text = serde_json::to_string_pretty(value).unwrap() + "\n";
    if env::var_os("CARECHAIN_WRITE_GOLDEN").is_some() {
        fs::create_dir_all(folder()).unwrap();
        fs::write(&path, &text).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(text, golden, "{name}.json");
    assert_eq!(&serde_json::from_str::<T>(&golden).unwrap(), value, "{name}.json");
}

/// The document of data, named after its schema.
#[track_caller]
fn check_document<T>(data: T)
where
    T: Described + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let name = T::SCHEMA.strip_prefix("carechain/").unwrap().replace('/', "-");
    check(&name, &Document::done(data));
}

#[test]
fn a_failure_and_a_full_origin_are_as_they_were() {
    let failure = Failure::new(
        ErrorCode::GrantExpired,
        "the grant ended at 2026-03-02T09:00:00Z",
        "request access again",
    );
    check("failure-1", &Document::<carechain_schema::RetrieveReport>::failed(failure));
    check("not-found-1", &Document::<carechain_schema::RetrieveReport>::failed(Failure::not_found()));
    let origin = Origin {
        chain_id: Some(examples::hex(0xc0)),
        height: Some(42),
        block_time: Some(examples::time(3)),
        transaction_id: Some(examples::hex(0x7a)),
        outcome: Some(OutcomeLine { code: 0, name: "done".to_owned() }),
        timings_ms: [("commit".to_owned(), 4.25), ("total".to_owned(), 6.5)].into(),
    };
    check("origin-1", &origin);
}

#[test]
fn the_table_of_error_codes_is_as_it_was() {
    let table: Vec<_> = ErrorCode::ALL
        .iter()
        .map(|code| {
            json!({
                "code": code.as_str(),
                "http_status": code.http_status(),
                "exit_status": code.exit_status().code(),
                "retry": code.retry(),
            })
        })
        .collect();
    check("error-codes", &table);
}

#[test]
fn no_shape_has_a_field_for_a_secret() {
    let forbidden: BTreeSet<_> = [
        "content_key",
        "root",
        "seed",
        "passphrase",
        "opening",
        "private",
        "secret",
        "file_name",
        "plaintext",
    ]
    .into();
    let mut count = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for name in text
            .lines()
            .filter_map(|line| line.trim().strip_prefix('"')?.split_once("\":"))
            .map(|(name, _)| name)
        {
            assert!(!forbidden.contains(name), "{name}");
            count += 1;
        }
    }
    assert!(count > 100, "{count} names seen");
}
