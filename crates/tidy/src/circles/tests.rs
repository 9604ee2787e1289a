//! Circles of imports, here and made up.

use super::check;
use crate::Tree;
use crate::finding::assert_clean;

#[track_caller]
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    check(&Tree::made_of(files)).into_iter().map(|finding| finding.to_string()).collect()
}

#[test]
fn files_of_this_repository_import_each_other_in_no_circle() {
    assert_clean(&check(&Tree::of_this_repository()));
}

#[test]
fn two_files_that_import_each_other_are_found_once() {
    let found = circles_of(&[
        ("crates/x/src/lib.rs", "mod a;\nmod b;\n"),
        ("crates/x/src/a.rs", "//! a\nuse crate::b::B;\n"),
        ("crates/x/src/b.rs", "use super::a;\n"),
    ]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("crates/x/src/a.rs:2: "), "{}", found[0]);
    assert!(found[0].contains("a.rs -> crates/x/src/b.rs -> crates/x/src/a.rs"), "{}", found[0]);
}

#[test]
fn a_circle_through_a_re_export_and_three_files_is_found() {
    let found = circles_of(&[
        ("crates/x/src/lib.rs", "mod a;\nmod b;\nmod c;\npub use a::A;\n"),
        ("crates/x/src/a.rs", "use crate::b::B;\n"),
        ("crates/x/src/b.rs", "fn f() { crate::c::g() }\n"),
        ("crates/x/src/c.rs", "use crate::A;\n"),
    ]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].matches("->").count(), 3, "{}", found[0]);
}

#[test]
fn a_parent_that_calls_a_child_that_imports_the_parent_is_found() {
    let child = ("crates/x/src/a/child.rs", "use super::A;\n");
    assert_eq!(circles_of(&[("crates/x/src/a.rs", "mod child;\nfn f() { child::g() }\n"), child]).len(), 1);
    assert!(circles_of(&[("crates/x/src/a.rs", "mod child;\n"), child]).is_empty());
}

#[test]
fn a_name_only_passed_on_is_no_import_of_the_file_that_passes_it_on() {
    let child = ("crates/x/src/a/child.rs", "use super::Trait;\n");
    let parent = "mod child;\npub use child::Child;\npub trait Trait {}\n";
    assert!(circles_of(&[("crates/x/src/a.rs", parent), child]).is_empty());
    let user = format!("{parent}fn f() -> Child {{}}\n");
    assert_eq!(circles_of(&[("crates/x/src/a.rs", &user), child]).len(), 1);
}

#[test]
fn tests_tables_of_contents_and_other_crates_are_in_no_circle() {
    let found = circles_of(&[
        ("crates/x/src/lib.rs", "mod a;\npub use a::A;\nuse b::C;\nmod b;\n"),
        ("crates/x/src/a.rs", "use std::fmt;\nuse crate::b::B;\n#[cfg(test)]\nmod tests;\n"),
        ("crates/x/src/a/tests.rs", "use super::A;\nuse crate::b::B;\n"),
        ("crates/x/src/b.rs", "use serde::a::X;\n"),
        ("crates/y/src/b.rs", "use crate::a::A;\n"),
    ]);
    assert!(found.is_empty(), "{found:?}");
}
