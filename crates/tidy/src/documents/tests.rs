//! Mentioned documents, here and made up.

use super::check;
use crate::Tree;
use crate::finding::assert_clean;

#[test]
fn every_document_this_repository_mentions_is_there() {
    assert_clean(&check(&Tree::of_this_repository()));
}

#[test]
fn a_missing_document_is_found() {
    let present = concat!("docs/", "here.md");
    let missing = concat!("docs/", "nowhere.md");
    let text = format!("//! See `{present}` and `{missing}`.\n");
    let findings = check(&Tree::made_of(&[(present, ""), ("crates/api/src/a.rs", &text)]));
    assert_eq!(findings.len(), 1);
    assert!(findings[0].message.contains(missing));
}
