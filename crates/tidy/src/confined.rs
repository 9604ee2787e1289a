//! Libraries that only some crates or files may name.

use crate::manifest::{crate_of, dependencies};
use crate::{Finding, Source, Tree, identifiers};

/// A library and where it may be named.
#[derive(Clone, Copy, Debug)]
pub struct Confinement {
    /// Name in a manifest; in code its hyphens are underscores.
    pub library: &'static str,
    /// Crates whose manifest and code may name it.
    pub crates: &'static [&'static str],
    /// The one file of those crates that may name it in code, if it is one.
    pub only_file: Option<&'static str>,
    /// Why.
    pub reason: &'static str,
}

/// The table.
pub const CONFINED: [Confinement; 10] = [
    Confinement {
        library: "bincode",
        crates: &["types"],
        only_file: Some("crates/types/src/codec.rs"),
        reason: "it is unmaintained, so that one file can replace it",
    },
    Confinement {
        library: "libp2p",
        crates: &["network"],
        only_file: None,
        reason: "the swarm is one crate's idea",
    },
    Confinement {
        library: "libp2p-stream",
        crates: &["network"],
        only_file: None,
        reason: "the swarm is one crate's idea",
    },
    Confinement {
        library: "rocksdb",
        crates: &["ledger"],
        only_file: None,
        reason: "everything else builds and tests without C++",
    },
    Confinement {
        library: "jmt",
        crates: &["ledger"],
        only_file: None,
        reason: "the physical tree is the ledger's",
    },
    Confinement { library: "hpke", crates: &["crypto"], only_file: None, reason: "sealing is crypto's" },
    Confinement {
        library: "ed25519-dalek",
        crates: &["crypto"],
        only_file: None,
        reason: "keys are crypto's newtypes",
    },
    Confinement {
        library: "x25519-dalek",
        crates: &["crypto"],
        only_file: None,
        reason: "keys are crypto's newtypes",
    },
    Confinement {
        library: "tokio",
        crates: &["api", "network", "process", "pump", "server"],
        only_file: None,
        reason: "pure crates and the client have no runtime",
    },
    Confinement {
        library: "anyhow",
        crates: &["node"],
        only_file: None,
        reason: "libraries have typed errors; only the binary maps them to exit codes",
    },
];

/// Finds manifests and code that name a confined library where they may not.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources() {
        for confinement in &CONFINED {
            check_manifest(source, confinement, &mut findings);
            check_code(source, confinement, &mut findings);
        }
    }
    findings
}

fn check_manifest(source: &Source, confinement: &Confinement, findings: &mut Vec<Finding>) {
    let Some(name) = crate_of(source.path()).filter(|name| !confinement.crates.contains(name)) else {
        return;
    };
    for dependency in dependencies(source.text()) {
        if dependency.name == confinement.library {
            let message = format!(
                "`{}` does not belong in `{name}` ({}): only {:?} may depend on it",
                confinement.library, confinement.reason, confinement.crates
            );
            findings.push(Finding::new(source.path(), dependency.line, message));
        }
    }
}

fn check_code(source: &Source, confinement: &Confinement, findings: &mut Vec<Finding>) {
    let Some(name) = source.crate_name() else { return };
    let is_allowed = match confinement.only_file {
        Some(file) => source.path() == file,
        None => confinement.crates.contains(&name),
    };
    if is_allowed {
        return;
    }
    let identifier = confinement.library.replace('-', "_");
    for (index, line) in source.code().lines().enumerate() {
        if identifiers::of(line).any(|found| found == identifier) {
            let place =
                confinement.only_file.map_or_else(|| format!("{:?}", confinement.crates), str::to_owned);
            let message = format!(
                "`{identifier}` is named outside {place} ({}): call what that exports",
                confinement.reason
            );
            findings.push(Finding::new(source.path(), index + 1, message));
        }
    }
}

#[cfg(test)]
mod tests;
