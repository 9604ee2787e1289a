//! The product speaks of the product, not of how or where it was written.

use crate::{Finding, Tree};

/// Put together at compile time, so that this file does not find itself.
const BANNED: [&str; 10] = [
    concat!("/wo", "rk/"),
    concat!("/tmp/", "bash_jobs"),
    concat!("design", ".md"),
    concat!("house-", "style"),
    concat!("clau", "de"),
    concat!("anthro", "pic"),
    concat!("chat", "gpt"),
    concat!("language ", "model"),
    concat!("helper ", "session"),
    concat!("iss", "ue #"),
];

/// Finds words that name the workplace, in any text file, in any case.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources() {
        for (index, line) in source.text().lines().enumerate() {
            let line = line.to_lowercase();
            if let Some(word) = BANNED.iter().find(|word| line.contains(*word)) {
                let message =
                    format!("`{word}` means nothing to a reader of the product: say what it stands for");
                findings.push(Finding::new(source.path(), index + 1, message));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests;
