//! No Rust file is longer than one idea needs.

use crate::{Finding, Tree};

/// Aim at 200 lines; here a file must be split.
pub const LINES_MAX: usize = 500;

/// Finds Rust files above the bound, tests included.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let too_long = tree.rust().filter_map(|source| {
        let count = source.text().lines().count();
        let message = format!("{count} lines, at most {LINES_MAX}: split it into files of one idea each");
        (count > LINES_MAX).then(|| Finding::new(source.path(), count, message))
    });
    too_long.collect()
}

#[cfg(test)]
mod tests;
