//! `lib.rs` and `mod.rs` are tables of contents: docs, `mod`, `use` and nothing else.
//!
//! Not below `tests`, where a `mod.rs` is how test binaries share a file.

use crate::{Finding, Tree};

/// Finds items in `lib.rs` and `mod.rs` that belong in a file of their own.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.rust() {
        if source.is_test() || !matches!(source.path().rsplit('/').next(), Some("lib.rs" | "mod.rs")) {
            continue;
        }
        for (line, statement) in statements(source.code()) {
            if !is_contents(&statement) {
                let start: String = statement.chars().take(40).collect();
                let message =
                    format!("`{start}` does not belong in a table of contents: move it to a file of its own");
                findings.push(Finding::new(source.path(), line, message));
            }
        }
    }
    findings
}

/// Statements with the line they start at, attributes left out; the rest of the file as one after the last `;`.
fn statements(code: &str) -> Vec<(usize, String)> {
    let mut statements = Vec::new();
    let mut statement = String::new();
    let (mut line, mut start, mut brackets, mut in_attribute) = (1, 1, 0_usize, false);
    for character in code.chars() {
        match character {
            '#' if statement.is_empty() => in_attribute = true,
            '[' if in_attribute => brackets += 1,
            ']' if in_attribute => {
                brackets = brackets.saturating_sub(1);
                in_attribute = brackets > 0;
            }
            _ if in_attribute => {}
            ';' => statements.push((start, std::mem::take(&mut statement))),
            _ if character.is_whitespace() && statement.is_empty() => {}
            _ => {
                if statement.is_empty() {
                    start = line;
                }
                statement.push(character);
            }
        }
        if character == '\n' {
            line += 1;
        }
    }
    if !statement.is_empty() {
        statements.push((start, statement));
    }
    statements
}

fn is_contents(statement: &str) -> bool {
    let statement = statement.strip_prefix("pub").unwrap_or(statement).trim_start();
    let statement = match statement.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((_, rest)) => rest.trim_start(),
        None => statement,
    };
    statement.starts_with("use ") || (statement.starts_with("mod ") && !statement.contains('{'))
}

#[cfg(test)]
mod tests;
