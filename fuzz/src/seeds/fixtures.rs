//! The golden fixtures that seeds are made of.

use data_encoding::HEXLOWER;

/// The golden files.
pub(super) const FIXTURES: [&str; 8] = [
    include_str!("../../../tests/fixtures/crypto.json"),
    include_str!("../../../tests/fixtures/genesis.json"),
    include_str!("../../../tests/fixtures/proof.json"),
    include_str!("../../../tests/fixtures/proof_audit.json"),
    include_str!("../../../tests/fixtures/proof_transaction.json"),
    include_str!("../../../tests/fixtures/record.json"),
    include_str!("../../../tests/fixtures/types.json"),
    include_str!("../../../tests/fixtures/types_state.json"),
];

/// The golden bytes of a public type, by their name in the fixtures.
pub(super) fn golden(name: &str) -> Vec<u8> {
    let fixtures: serde_json::Value = serde_json::from_str(FIXTURES[6]).expect("fixtures are JSON");
    let text = fixtures[name].as_str().unwrap_or_else(|| panic!("no golden \"{name}\""));
    HEXLOWER.decode(text.as_bytes()).expect("golden bytes stand as hex")
}
