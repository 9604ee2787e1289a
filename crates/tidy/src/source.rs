//! One file of the repository, split for the rules.

use crate::lexer::{self, Halves};

/// One text file of the repository.
#[derive(Clone, Debug)]
pub struct Source {
    path: String,
    text: String,
    halves: Halves,
}

impl Source {
    /// A file by its path relative to the root, with forward slashes, and its text.
    #[must_use]
    pub fn new(path: &str, text: &str) -> Self {
        let is_rust = has_extension(path, "rs");
        let halves = if is_rust { lexer::split(text) } else { Halves::default() };
        Self { path: path.to_owned(), text: text.to_owned(), halves }
    }

    /// Path relative to the root, with forward slashes.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Everything in the file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Rust without comments and literals; empty for other files.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.halves.code
    }

    /// The comments of a Rust file; empty for other files.
    #[must_use]
    pub fn comments(&self) -> &str {
        &self.halves.comments
    }

    /// Whether this is Rust.
    #[must_use]
    pub fn is_rust(&self) -> bool {
        has_extension(&self.path, "rs")
    }

    /// Whether the extension is this one.
    #[must_use]
    pub fn has_extension(&self, extension: &str) -> bool {
        has_extension(&self.path, extension)
    }

    /// Whether this is test code: `tests.rs`, or below a folder `tests` or `benches`.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.path.split('/').any(|part| matches!(part, "tests" | "benches" | "tests.rs"))
    }

    /// The folder under `crates/`; `node` for the `tests` and `benches` at the top, which belong to it.
    #[must_use]
    pub fn crate_name(&self) -> Option<&str> {
        let mut parts = self.path.split('/');
        match (parts.next()?, parts.next()?, parts.next()) {
            ("crates", name, Some(_)) => Some(name),
            ("tests" | "benches", _, _) => Some("node"),
            _ => None,
        }
    }
}

fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, found)| found == extension)
}
