//! The PBFT paper's words and no others, and no notes to self.

use crate::{Finding, Source, Tree, identifiers};

/// Where consensus is spoken. Elsewhere numbers may be rounded.
const CONSENSUS_CRATES: [&str; 5] = ["consensus", "contract", "engine", "simulator", "types"];

/// Word, and what the glossary has instead.
const FOREIGN: [(&str, &str); 4] =
    [("round", "view"), ("leader", "primary"), ("follower", "backup"), ("validator", "replica")];

/// Put together at compile time, so that this file does not find itself.
const NOTES: [&str; 4] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];

/// Finds foreign words in identifiers of the crates that speak consensus, and notes to self anywhere.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources() {
        foreign(source, &mut findings);
        notes(source, &mut findings);
    }
    findings
}

fn foreign(source: &Source, findings: &mut Vec<Finding>) {
    if !source.crate_name().is_some_and(|name| CONSENSUS_CRATES.contains(&name)) {
        return;
    }
    for (index, line) in source.code().lines().enumerate() {
        for word in identifiers::of(line).flat_map(identifiers::words) {
            if let Some((_, instead)) = FOREIGN.iter().find(|(banned, _)| *banned == word) {
                let message = format!("`{word}` is not a word of this project: say `{instead}`");
                findings.push(Finding::new(source.path(), index + 1, message));
            }
        }
    }
}

fn notes(source: &Source, findings: &mut Vec<Finding>) {
    for (index, line) in source.text().lines().enumerate() {
        let mut words = line.split(|character: char| !character.is_alphanumeric());
        if let Some(note) = words.find(|word| NOTES.contains(word)) {
            let message =
                format!("`{note}` is a note to self: do it, or write down in docs/ why it is not done");
            findings.push(Finding::new(source.path(), index + 1, message));
        }
    }
}

#[cfg(test)]
mod tests;
