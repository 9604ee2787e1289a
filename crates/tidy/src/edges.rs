//! Which crate may depend on which: arrows point down only, siblings never see each other.
//!
//! A new edge is an architectural change: a decision record in `docs/decisions/` first, then a row here.

use crate::manifest::{crate_of, dependencies};
use crate::{Finding, Tree};

/// Crate, and the crates of ours it may name in its manifest, dev-dependencies included.
pub const ALLOWED: [(&str, &[&str]); 15] = [
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
    ("client", &["crypto", "schema", "types"]),
    ("simulator", &["consensus", "contract", "crypto", "custody", "engine", "ledger", "types"]),
    ("node", &NODE),
];

const NODE: [&str; 12] = [
    "api",
    "chunks",
    "client",
    "consensus",
    "contract",
    "crypto",
    "custody",
    "engine",
    "ledger",
    "network",
    "schema",
    "types",
];

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
