//! Which file of a crate imports which.

use std::collections::BTreeMap;

use super::modules::{Modules, is_contents};
use super::paths::{NamedPath, named_in};
use crate::{Source, identifiers};

/// Importing file, imported file, and the line of the first import.
pub(super) type Imports<'a> = BTreeMap<&'a str, BTreeMap<&'a str, usize>>;

/// The imports of one crate's files, tables of contents left out.
pub(super) fn of<'a>(sources: &[&'a Source]) -> Imports<'a> {
    let modules = Modules::of(sources);
    let mut imports: Imports<'a> = BTreeMap::new();
    for (module, source) in modules.iter().filter(|(_, source)| !is_contents(source)) {
        for path in named_in(source.code()).iter().filter(|path| is_used(source, path)) {
            let Some(target) = modules.resolve(module, &path.segments) else { continue };
            if target.path() != source.path() {
                imports.entry(source.path()).or_default().entry(target.path()).or_insert(path.line);
            }
        }
    }
    imports
}

/// A name that a file only passes on is no import; one that it also uses is.
fn is_used(source: &Source, path: &NamedPath) -> bool {
    let Some(name) = &path.exported_as else { return true };
    source.code().lines().flat_map(identifiers::of).filter(|identifier| identifier == name).count() > 1
}
