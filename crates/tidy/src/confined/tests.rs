//! Confined libraries, here and made up.

use super::check;
use crate::Tree;
use crate::finding::assert_clean;

#[test]
fn this_repository_names_confined_libraries_in_their_place_only() {
    assert_clean(&check(&Tree::of_this_repository()));
}

#[test]
fn a_library_in_a_wrong_manifest_is_found() {
    let tree = Tree::made_of(&[("crates/consensus/Cargo.toml", "[dependencies]\ntokio.workspace = true\n")]);
    assert_eq!(check(&tree)[0].line, 2);
}

#[test]
fn bincode_in_a_second_file_is_found() {
    let tree = Tree::made_of(&[
        ("crates/types/src/codec.rs", "use bincode::serde;\n"),
        ("crates/types/src/block.rs", "//! bincode in a comment\nuse bincode::serde;\n"),
    ]);
    let findings = check(&tree);
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].path.as_str(), findings[0].line), ("crates/types/src/block.rs", 2));
}

#[test]
fn libp2p_in_the_node_is_found_and_a_string_is_not() {
    let tree = Tree::made_of(&[(
        "crates/node/src/run.rs",
        "let a = \"libp2p\";\nlet b = libp2p::PeerId::random();\n",
    )]);
    let findings = check(&tree);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].line, 2);
}
