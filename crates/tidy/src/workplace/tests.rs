//! Workplace words, here and made up.

use super::{BANNED, check};
use crate::Tree;
use crate::finding::assert_clean;

#[test]
fn this_repository_speaks_of_the_product() {
    assert_clean(&check(&Tree::of_this_repository()));
}

#[test]
fn each_workplace_word_is_found_in_any_case() {
    for word in BANNED {
        let text = format!("# fine\n{}\n", word.to_uppercase());
        assert_eq!(check(&Tree::made_of(&[("README.md", &text)])).len(), 1, "{word}");
    }
}
