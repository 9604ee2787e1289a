//! Every Rust file says what its one idea is in its first line; `tests.rs` is named by the file it stands beside.

use crate::{Finding, Tree};

/// Finds Rust files that do not start with `//!` and a sentence.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let without = tree.rust().filter(|source| {
        if source.path().ends_with("/tests.rs") {
            return false;
        }
        let first = source.text().lines().next().unwrap_or_default();
        first.strip_prefix("//! ").is_none_or(|sentence| sentence.trim().is_empty())
    });
    let message = "the first line is no `//!` sentence: say what this file is for";
    without.map(|source| Finding::new(source.path(), 1, message.to_owned())).collect()
}

#[cfg(test)]
mod tests;
