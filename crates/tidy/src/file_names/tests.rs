//! Names of files and types, here and made up.

use super::check;
use crate::Tree;
use crate::finding::assert_clean;

#[test]
fn this_repository_has_no_drawer_names() {
    assert_clean(&check(&Tree::of_this_repository()));
}

#[test]
fn a_file_a_folder_and_a_type_called_after_a_drawer_are_found() {
    let tree = Tree::made_of(&[
        ("crates/api/src/http_utils.rs", ""),
        ("crates/common/Cargo.toml", ""),
        ("crates/api/src/a.rs", "pub struct PeerManager {\n"),
        ("crates/api/src/b.rs", "//! A manager.\npub struct Peer;\n"),
    ]);
    let paths: Vec<_> = check(&tree).into_iter().map(|finding| finding.path).collect();
    assert_eq!(paths, ["crates/api/src/http_utils.rs", "crates/common/Cargo.toml", "crates/api/src/a.rs"]);
}
