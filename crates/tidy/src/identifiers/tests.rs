//! Splitting names into words.

use super::{of, words};

#[test]
fn names_split_at_case_underscore_hyphen_and_digit() {
    assert_eq!(words("PeerManager2"), ["peer", "manager"]);
    assert_eq!(words("peer_manager"), ["peer", "manager"]);
    assert_eq!(words("NEXT_ROUND"), ["next", "round"]);
    assert_eq!(words("surround"), ["surround"]);
}

#[test]
fn identifiers_skip_numbers_and_signs() {
    assert_eq!(of("let x1 = 0xff + _y.round();").collect::<Vec<_>>(), ["let", "x1", "_y", "round"]);
}
