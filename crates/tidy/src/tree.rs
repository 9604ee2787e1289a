//! Every text file of the repository.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Source;

/// Every text file of the repository, in order of path.
#[derive(Clone, Debug)]
pub struct Tree {
    sources: Vec<Source>,
}

impl Tree {
    /// Reads the repository this crate stands in.
    ///
    /// # Panics
    /// When a folder or a text file cannot be read: a check that skips what it cannot read checks nothing.
    #[must_use]
    pub fn of_this_repository() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut paths = Vec::new();
        collect(&root, &mut paths);
        paths.sort();
        let sources = paths.iter().map(|path| {
            let text = fs::read_to_string(path)
                .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
            let relative = path.strip_prefix(&root).expect("collected below the root");
            let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            Source::new(&parts.join("/"), &text)
        });
        Self { sources: sources.collect() }
    }

    /// A made-up tree of (path, text).
    #[must_use]
    pub fn made_of(files: &[(&str, &str)]) -> Self {
        Self { sources: files.iter().map(|(path, text)| Source::new(path, text)).collect() }
    }

    /// All files.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter()
    }

    /// The Rust files.
    pub fn rust(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|source| source.is_rust())
    }

    /// Whether a file is there.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.sources.iter().any(|source| source.path() == path)
    }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("cannot list {}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.unwrap_or_else(|error| panic!("cannot list {}: {error}", folder.display()));
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let kind = entry.file_type().unwrap_or_else(|error| panic!("cannot stat {name}: {error}"));
        if kind.is_dir() && !SKIPPED_FOLDERS.contains(&name.as_ref()) {
            collect(&entry.path(), paths);
        } else if kind.is_file() && is_text(&name) {
            paths.push(entry.path());
        }
    }
}

fn is_text(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| TEXT_EXTENSIONS.contains(&extension)) || name == "run"
}

/// Written by tools, not by us.
const SKIPPED_FOLDERS: [&str; 5] = [".git", ".venv", "__pycache__", "node_modules", "target"];

/// What people here write and read. Fixtures of other kinds are data.
const TEXT_EXTENSIONS: [&str; 6] = ["example", "md", "py", "rs", "sh", "toml"];
