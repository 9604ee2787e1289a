use std::collections::BTreeSet;

use super::{CARECHAIN_V1_PREPARE, Purpose, signing_bytes};
use crate::fixed::ChainId;

#[test]
fn every_purpose_has_a_unique_name() {
    let names: BTreeSet<_> = Purpose::ALL.iter().map(|purpose| purpose.name()).collect();
    assert_eq!(names.len(), Purpose::ALL.len());
}

#[test]
fn names_are_upper_case_and_hold_no_zero_byte() {
    for purpose in Purpose::ALL {
        let rest = purpose.name().strip_prefix("CARECHAIN_V1_").unwrap_or_default();
        assert!(!rest.is_empty() && rest.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{purpose:?}");
    }
}

#[test]
fn signed_bytes_are_name_zero_chain_id_body() {
    let bytes = signing_bytes(Purpose::Prepare, &ChainId::new([7; 32]), b"body");
    let mut expected = CARECHAIN_V1_PREPARE.as_bytes().to_vec();
    expected.push(0);
    expected.extend_from_slice(&[7; 32]);
    expected.extend_from_slice(b"body");
    assert_eq!(bytes, expected);
}
