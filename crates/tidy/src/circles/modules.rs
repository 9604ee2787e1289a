//! The modules of one crate and the files they stand in.

use std::collections::BTreeMap;

use super::paths::{NamedPath, named_in};
use crate::Source;

/// Segments from the crate's root; empty for the root itself.
pub(super) type ModulePath = Vec<String>;

/// The modules of one crate.
pub(super) struct Modules<'a> {
    files: BTreeMap<ModulePath, &'a Source>,
    /// What files pass on, by module and name.
    exports: BTreeMap<(ModulePath, String), Vec<String>>,
}

impl<'a> Modules<'a> {
    pub(super) fn of(sources: &[&'a Source]) -> Self {
        let files: BTreeMap<ModulePath, &Source> =
            sources.iter().map(|source| (module_path(source.path()), *source)).collect();
        let mut exports = BTreeMap::new();
        for (module, source) in &files {
            for NamedPath { segments, exported_as, .. } in named_in(source.code()) {
                if let Some(name) = exported_as {
                    exports.insert((module.clone(), name), segments);
                }
            }
        }
        Self { files, exports }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&ModulePath, &'a Source)> {
        self.files.iter().map(|(module, source)| (module, *source))
    }

    /// The file that a path named in `module` leads to, if it is one of this crate and no table of contents.
    pub(super) fn resolve(&self, module: &[String], segments: &[String]) -> Option<&'a Source> {
        let mut absolute = self.absolute(module, segments)?;
        for _ in 0..EXPORT_DEPTH_MAX {
            let length =
                (0..=absolute.len()).rev().find(|&length| self.files.contains_key(&absolute[..length]))?;
            let source = self.files[&absolute[..length]];
            let name = absolute.get(length).cloned().unwrap_or_default();
            let Some(exported) = self.exports.get(&(absolute[..length].to_vec(), name)) else {
                return (!is_contents(source)).then_some(source);
            };
            let Some(mut next) = self.absolute(&absolute[..length], exported) else { return Some(source) };
            next.extend_from_slice(&absolute[length + 1..]);
            absolute = next;
        }
        None
    }

    fn absolute(&self, module: &[String], segments: &[String]) -> Option<ModulePath> {
        let mut base = module.to_vec();
        let mut rest = segments;
        match segments.first()?.as_str() {
            "crate" => {
                base.clear();
                rest = &segments[1..];
            }
            "self" => rest = &segments[1..],
            "super" => {
                while let Some(("super", after)) =
                    rest.split_first().map(|(first, after)| (first.as_str(), after))
                {
                    base.pop()?;
                    rest = after;
                }
            }
            child => {
                let mut path = base.clone();
                path.push(child.to_owned());
                self.files.get(&path)?;
            }
        }
        base.extend_from_slice(rest);
        Some(base)
    }
}

pub(super) fn is_contents(source: &Source) -> bool {
    matches!(source.path().rsplit('/').next(), Some("lib.rs" | "mod.rs"))
}

fn module_path(path: &str) -> ModulePath {
    let (_, inside) = path.split_once("/src/").expect("the caller takes files below src only");
    let inside = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut segments: ModulePath = inside.split('/').map(str::to_owned).collect();
    if matches!(segments.last().map(String::as_str), Some("lib" | "main" | "mod")) {
        segments.pop();
    }
    segments
}

/// Re-exports of re-exports are followed this far.
const EXPORT_DEPTH_MAX: usize = 8;
