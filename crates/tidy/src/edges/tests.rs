//! The edges of this repository, and made-up ones.

use super::{ALLOWED, check};
use crate::Tree;
use crate::finding::assert_clean;

const LINTS: &str = "[lints]\nworkspace = true\n";

#[test]
fn this_repository_has_allowed_edges_only() {
    assert_clean(&check(&Tree::of_this_repository()));
}

#[test]
fn a_sibling_edge_is_found() {
    let manifest =
        format!("{LINTS}[dependencies]\nserde.workspace = true\ncarechain-ledger.workspace = true\n");
    let findings = check(&Tree::made_of(&[("crates/consensus/Cargo.toml", &manifest)]));
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].line, 5);
    assert!(findings[0].message.contains("`consensus` may not see `ledger`"), "{}", findings[0]);
}

#[test]
fn an_edge_in_a_table_of_its_own_or_for_tests_is_found() {
    for header in
        ["[dependencies.carechain-node]", "[dev-dependencies]\ncarechain-node = { path = \"../node\" }"]
    {
        let manifest = format!("{LINTS}{header}\n");
        assert_eq!(check(&Tree::made_of(&[("crates/api/Cargo.toml", &manifest)])).len(), 1, "{header}");
    }
}

#[test]
fn an_unknown_crate_and_missing_lints_are_found() {
    assert_eq!(check(&Tree::made_of(&[("crates/extra/Cargo.toml", LINTS)])).len(), 1);
    assert_eq!(check(&Tree::made_of(&[("crates/types/Cargo.toml", "[dependencies]\n")])).len(), 1);
}

#[test]
fn the_table_has_no_circle() {
    for (name, allowed) in ALLOWED {
        for target in allowed {
            let (_, below) = ALLOWED.iter().find(|(row, _)| row == target).expect("every target has a row");
            assert!(!below.contains(&name), "{name} and {target} see each other");
        }
    }
}
