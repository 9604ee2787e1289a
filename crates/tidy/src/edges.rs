//! Which crate may depend on which: arrows point down only, siblings never see each other.
//!
//! A new edge is an architectural change: a decision record in `docs/decisions/` first, then a row here.

use crate::manifest::{crate_of, dependencies};
use crate::{Finding, Tree};

/// Crate, and the crates of ours it may name in its manifest, dev-dependencies included.
pub const ALLOWED: [(&str, &[&str]); 21] = [
    ("crypto", &[]),
    ("schema", &[]),
    ("tidy", &[]),
    ("types", &["crypto"]),
    ("consensus", &["crypto", "types"]),
    ("contract", &["crypto", "types"]),
    ("custody", &["crypto", "types"]),
    ("chunks", &["crypto", "types"]),
    ("ledger", &["crypto", "types"]),
    ("network", &["crypto", "types"]),
    ("engine", &["consensus", "contract", "crypto", "custody", "ledger", "types"]),
    ("api", &["crypto", "schema", "types"]),
    ("client", &["crypto", "disk", "schema", "types"]),
    ("disk", &["crypto"]),
    ("process", &["types"]),
    ("pump", &["api", "chunks", "crypto", "custody", "disk", "network", "process", "schema", "types"]),
    ("setup", &["client", "crypto", "disk", "ledger", "types"]),
    ("testnet", &["client", "crypto", "disk", "schema", "setup", "types"]),
    ("simulator", &["consensus", "contract", "crypto", "custody", "engine", "ledger", "types"]),
    ("server", &SERVER),
    ("node", &NODE),
];

const SERVER: [&str; 14] = [
    "api",
    "chunks",
    "consensus",
    "contract",
    "crypto",
    "disk",
    "engine",
    "ledger",
    "network",
    "process",
    "pump",
    "schema",
    "setup",
    "types",
];

const NODE: [&str; 9] =
    ["client", "crypto", "disk", "process", "schema", "server", "setup", "testnet", "types"];

/// Finds edges that are not in the table, crates without a row, and crates without the workspace's lints.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources() {
        let Some(name) = crate_of(source.path()) else { continue };
        let Some((_, allowed)) = ALLOWED.iter().find(|(row, _)| *row == name) else {
            let message = format!(
                "crate `{name}` has no row: add one to crates/tidy/src/edges.rs with a decision record"
            );
            findings.push(Finding::new(source.path(), 1, message));
            continue;
        };
        if !source.text().contains("[lints]\nworkspace = true") {
            let message = "lints are not the workspace's: add `[lints]` with `workspace = true`".to_owned();
            findings.push(Finding::new(source.path(), 1, message));
        }
        for dependency in dependencies(source.text()) {
            let Some(target) = dependency.name.strip_prefix("carechain-") else { continue };
            if !allowed.contains(&target) {
                let message = format!(
                    "`{name}` may not see `{target}` (it may see {allowed:?}): pass in what it needs, or move it to a \
                     crate below both"
                );
                findings.push(Finding::new(source.path(), dependency.line, message));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests;
