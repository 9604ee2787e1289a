//! Casts, here and made up.

use super::check;
use crate::Tree;
use crate::finding::assert_clean;

#[test]
fn this_repository_cuts_no_number_short() {
    assert_clean(&check(&Tree::of_this_repository()));
}

#[test]
fn a_narrowing_cast_is_found_outside_of_constants_and_tests() {
    let lines = "fn a(count: u64) -> u32 {\n    count as u32\n}\n";
    let found = check(&Tree::made_of(&[("crates/api/src/a.rs", lines)]));
    assert_eq!(found.len(), 1);
    assert!(check(&Tree::made_of(&[("crates/api/src/a/tests.rs", lines)])).is_empty());
    let allowed = "const A: u8 = 7_u32 as u8;\nfn b(count: u32) -> u64 {\n    count as u64\n}\n";
    assert!(check(&Tree::made_of(&[("crates/api/src/a.rs", allowed)])).is_empty());
}
