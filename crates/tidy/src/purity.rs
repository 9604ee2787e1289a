//! Pure crates ban clocks, sleep and unordered maps by a `clippy.toml` of their own, the same in each; `node` bans threads
//! that no supervisor watches.
//!
//! Clippy reads the nearest `clippy.toml` only, so each repeats the root's settings; this keeps them from drifting apart.

use crate::{Finding, Source, Tree};

/// Crates in which a seed decides everything.
pub const PURE: [&str; 7] = ["consensus", "contract", "crypto", "custody", "engine", "simulator", "types"];

/// Finds pure crates whose `clippy.toml` is missing or differs from the first one's, and crates whose own lacks a line of the
/// root's.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let text_of = |path: &str| tree.sources().find(|source| source.path() == path).map(Source::text);
    let mut findings = Vec::new();
    let root = text_of("clippy.toml").unwrap_or_default();
    let first = text_of("crates/consensus/clippy.toml").unwrap_or_default();
    for name in PURE {
        let path = format!("crates/{name}/clippy.toml");
        let text = text_of(&path).unwrap_or_default();
        if text != first || text.is_empty() {
            let message = "is not the one of crates/consensus: copy that".to_owned();
            findings.push(Finding::new(&path, 1, message));
        }
    }
    let own =
        |source: &&Source| source.path().starts_with("crates/") && source.path().ends_with("/clippy.toml");
    for source in tree.sources().filter(own) {
        let lacks =
            |line: &&str| !line.starts_with('#') && !source.text().lines().any(|found| found == *line);
        for line in root.lines().filter(lacks) {
            let message = format!("lacks a line of the root's clippy.toml: add `{line}`");
            findings.push(Finding::new(source.path(), 1, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests;
