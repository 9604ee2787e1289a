//! Inside a crate, files import each other in no circle: what two of them share stands in a leaf below both.
//!
//! Precise to the file: `use crate::a::b` is an import of the file of `a::b` if there is one, else of `a`. A name that a
//! file passes on with `pub use` counts as an import of the file it comes from, and for the file that passes it on only
//! when that uses the name too. `lib.rs`, `mod.rs` and tests are in no circle. A `mod` line is no import, a call through
//! the child's name is.

mod imports;
mod modules;
mod paths;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use self::imports::Imports;
use crate::{Finding, Source, Tree};

/// Finds the shortest circle through each file that is in one, each circle once.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut crates: BTreeMap<&str, Vec<&Source>> = BTreeMap::new();
    for source in tree.rust().filter(|source| !source.is_test()) {
        if let Some((folder, _)) = source.path().split_once("/src/") {
            crates.entry(folder).or_default().push(source);
        }
    }
    crates.values().flat_map(|sources| circles(&imports::of(sources))).collect()
}

fn circles(imports: &Imports<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut reported = BTreeSet::new();
    for &file in imports.keys() {
        if reported.contains(file) {
            continue;
        }
        let Some(circle) = shortest_circle(imports, file) else { continue };
        reported.extend(circle.iter().copied());
        let line = imports[file][circle[1]];
        let message = format!(
            "files import each other in a circle, {}: move what they share to a leaf below both",
            circle.join(" -> ")
        );
        findings.push(Finding::new(file, line, message));
    }
    findings
}

/// The files from `start` back to `start`.
fn shortest_circle<'a>(imports: &Imports<'a>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut came_from = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for &target in imports.get(file).into_iter().flat_map(BTreeMap::keys) {
            if target == start {
                let mut circle = vec![start, file];
                while let Some(&previous) = came_from.get(circle.last().expect("it starts with two")) {
                    circle.push(previous);
                }
                circle.dedup();
                circle.reverse();
                circle.dedup();
                return Some(circle);
            }
            if !came_from.contains_key(target) {
                came_from.insert(target, file);
                queue.push_back(target);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
