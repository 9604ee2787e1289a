//! Tables of contents, here and made up.

use super::check;
use crate::Tree;
use crate::finding::assert_clean;

#[test]
fn root_modules_of_this_repository_are_tables_of_contents() {
    assert_clean(&check(&Tree::of_this_repository()));
}

#[test]
fn contents_are_allowed() {
    let text = "//! Docs.\n#![allow(missing_docs)]\n\nmod a;\npub(crate) mod b;\npub use a::{\n    B, C,\n};\n\n#[cfg(test)]\nmod tests;\n";
    assert!(check(&Tree::made_of(&[("crates/api/src/lib.rs", text)])).is_empty());
}

#[test]
fn a_function_and_an_inline_module_are_found() {
    let text = "//! Docs.\nmod a;\nmod b { use a::C; }\n";
    assert_eq!(check(&Tree::made_of(&[("crates/api/src/lib.rs", text)]))[0].line, 3);
    let text = "//! Docs.\nmod a;\n\npub fn f() {}\n";
    assert_eq!(check(&Tree::made_of(&[("crates/api/src/a/mod.rs", text)]))[0].line, 4);
}
