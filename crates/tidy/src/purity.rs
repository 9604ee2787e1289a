//! Pure crates ban clocks, sleep and unordered maps by a `clippy.toml` of their own, the same in each; the crates that a node
//! runs ban threads that no supervisor watches, by another.
//!
//! Clippy reads the nearest `clippy.toml` only, so each repeats the root's settings; this keeps them from drifting apart.

use crate::{Finding, Source, Tree};

/// Crates in which a seed decides everything.
pub const PURE: [&str; 7] = ["consensus", "contract", "crypto", "custody", "engine", "simulator", "types"];

/// Crates whose code runs in a node, where each thread and task is watched by `process`.
pub const SUPERVISED: [&str; 6] = ["node", "process", "pump", "server", "setup", "testnet"];

/// Finds pure or supervised crates whose `clippy.toml` is missing or differs from the first one's of their kind, and crates
/// whose own lacks a line of the root's.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let text_of = |path: &str| tree.sources().find(|source| source.path() == path).map(Source::text);
    let mut findings = Vec::new();
    let root = text_of("clippy.toml").unwrap_or_default();
    let kinds = [("consensus", &PURE[..]), ("node", &SUPERVISED[..])];
    for (first, name) in
        kinds.into_iter().flat_map(|(first, kind)| kind.iter().map(move |name| (first, name)))
    {
        let path = format!("crates/{name}/clippy.toml");
        let text = text_of(&path).unwrap_or_default();
        if text.is_empty() || Some(text) != text_of(&format!("crates/{first}/clippy.toml")) {
            findings.push(Finding::new(&path, 1, format!("is not the one of crates/{first}: copy that")));
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
