//! A proof verifies with the genesis file alone, and no longer after any change of its bytes.
//!
//! Writes `tests/fixtures/{genesis,proof,proof_audit,proof_lists,proof_transaction}.json` under `CARECHAIN_BLESS=1`; an
//! independent reader in another language checks the same files.
#![allow(clippy::disallowed_methods)]

mod chain;
mod lists;
mod offline;

use std::path::PathBuf;

#[track_caller]
fn fixture(name: &str, bytes: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name);
    if std::env::var_os("CARECHAIN_BLESS").is_some() {
        std::fs::write(&path, bytes).expect("fixtures are writable");
    }
    assert_eq!(std::fs::read(&path).expect("fixtures are here"), bytes, "{name} changed");
}
