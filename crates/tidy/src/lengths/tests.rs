//! File lengths, here and made up.

use super::{LINES_MAX, check};
use crate::Tree;
use crate::finding::assert_clean;

#[test]
fn this_repository_has_no_file_above_the_bound() {
    assert_clean(&check(&Tree::of_this_repository()));
}

#[test]
fn one_line_too_many_is_found() {
    let longest = "//! a\n".repeat(LINES_MAX);
    assert!(check(&Tree::made_of(&[("crates/api/src/a.rs", &longest)])).is_empty());
    let too_long = "//! a\n".repeat(LINES_MAX + 1);
    assert_eq!(check(&Tree::made_of(&[("crates/api/src/a.rs", &too_long)])).len(), 1);
}
