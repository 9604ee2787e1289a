//! Foreign words and notes to self, here and made up.

use super::{NOTES, check};
use crate::Tree;
use crate::finding::assert_clean;

#[test]
fn this_repository_speaks_its_own_language() {
    assert_clean(&check(&Tree::of_this_repository()));
}

#[test]
fn a_foreign_word_in_a_consensus_identifier_is_found() {
    let text = "//! The leader of a round.\nfn next_round(surround: NewLeader) {}\n";
    assert_eq!(check(&Tree::made_of(&[("crates/consensus/src/a.rs", text)])).len(), 2);
    assert!(check(&Tree::made_of(&[("crates/client/src/a.rs", text)])).is_empty());
}

#[test]
fn a_note_to_self_is_found_in_any_file() {
    for note in NOTES {
        let text = format!("# fine\n# {note}: later\n");
        let findings = check(&Tree::made_of(&[("scripts/check.sh", &text)]));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 2);
    }
}
