//! A document that a source file sends its reader to is there.

use crate::{Finding, Tree};

/// Finds mentions of `*.md` files below `docs/` that do not exist.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources() {
        for (index, line) in source.text().lines().enumerate() {
            for name in line.split(|character: char| !is_path(character)).filter(|part| is_document(part)) {
                if !tree.contains(name) {
                    let message =
                        format!("`{name}` does not exist: write it, or name where the answer stands");
                    findings.push(Finding::new(source.path(), index + 1, message));
                }
            }
        }
    }
    findings
}

fn is_path(character: char) -> bool {
    character.is_ascii_alphanumeric() || "/.-_".contains(character)
}

fn is_document(part: &str) -> bool {
    part.starts_with("docs/")
        && part.rsplit_once('.').is_some_and(|(stem, end)| end == "md" && !stem.contains("NNNN"))
}

#[cfg(test)]
mod tests;
