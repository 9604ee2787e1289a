//! Reads the whole tree and checks the rules no compiler knows: `cargo test -p carechain-tidy`.
//!
//! One rule per file. Each has a `check` that takes a [`Tree`] and gives [`Finding`]s, a test that runs it over this
//! repository, and a test that shows on a few lines of made-up source that it catches what it is for. A finding says
//! `file:line: what is wrong, and what to do`. Function length and arguments are clippy's; see `clippy.toml`.

mod finding;
mod identifiers;
mod lexer;
mod manifest;
mod source;
mod tree;

pub mod casts;
pub mod circles;
pub mod confined;
pub mod documents;
pub mod edges;
pub mod file_names;
pub mod lengths;
pub mod module_docs;
pub mod purity;
pub mod raw_signing;
pub mod root_modules;
pub mod words;
pub mod workplace;

pub use finding::Finding;
pub use source::Source;
pub use tree::Tree;
