//! Module documentation, here and made up.

use super::check;
use crate::Tree;
use crate::finding::assert_clean;

#[test]
fn every_file_of_this_repository_says_what_it_is_for() {
    assert_clean(&check(&Tree::of_this_repository()));
}

#[test]
fn a_file_without_a_first_sentence_is_found() {
    let tree = Tree::made_of(&[
        ("a.rs", "//! A sentence.\n"),
        ("b.rs", "use std::fmt;\n"),
        ("c.rs", ""),
        ("d.rs", "//!\n"),
        ("e.md", ""),
        ("a/tests.rs", "use super::f;\n"),
    ]);
    let paths: Vec<_> = check(&tree).into_iter().map(|finding| finding.path).collect();
    assert_eq!(paths, ["b.rs", "c.rs", "d.rs"]);
}
