//! Settings of the pure crates, here and made up.

use super::{PURE, SUPERVISED, check};
use crate::Tree;
use crate::finding::assert_clean;

#[test]
fn crates_of_a_kind_ban_the_same_in_this_repository() {
    assert_clean(&check(&Tree::of_this_repository()));
}

/// Where both kinds of crates have their settings.
fn settings() -> Vec<String> {
    PURE.iter().chain(&SUPERVISED).map(|name| format!("crates/{name}/clippy.toml")).collect()
}

#[test]
fn a_missing_and_a_shorter_file_are_found() {
    let paths = settings();
    let mut files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "a = 1\nb = 2\n")).collect();
    files.push(("clippy.toml", "# why\na = 1\n"));
    assert!(check(&Tree::made_of(&files)).is_empty());
    files[3].1 = "b = 2\n";
    assert_eq!(check(&Tree::made_of(&files)).len(), 2);
    files.remove(3);
    assert_eq!(check(&Tree::made_of(&files)).len(), 1);
}

#[test]
fn a_crate_that_is_not_pure_repeats_the_settings_of_the_root_where_it_has_its_own() {
    let paths = settings();
    let mut files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "a = 1\n")).collect();
    files.extend([("clippy.toml", "a = 1\n"), ("crates/api/clippy.toml", "b = 2\n")]);
    assert_eq!(check(&Tree::made_of(&files)).len(), 1);
}
