//! Files, folders and types are called after what they do, not after the drawer they were put in.

use crate::{Finding, Tree, identifiers};

const BANNED: [&str; 8] = ["util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"];

/// Finds paths and declared type names with a banned word in them.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources() {
        if let Some(word) = banned_word(source.path()) {
            let message = format!("`{word}` in a path says nothing: name the file after its one idea");
            findings.push(Finding::new(source.path(), 1, message));
        }
        for (index, line) in source.code().lines().enumerate() {
            if let Some(word) = declared_type(line).and_then(banned_word) {
                let message = format!("`{word}` in a type's name says nothing: name it after what it does");
                findings.push(Finding::new(source.path(), index + 1, message));
            }
        }
    }
    findings
}

fn banned_word(name: &str) -> Option<String> {
    identifiers::words(name).into_iter().find(|word| BANNED.contains(&word.as_str()))
}

fn declared_type(line: &str) -> Option<&str> {
    let mut identifiers = identifiers::of(line);
    identifiers.find(|word| matches!(*word, "struct" | "enum" | "trait" | "mod" | "union"))?;
    identifiers.next()
}

#[cfg(test)]
mod tests;
