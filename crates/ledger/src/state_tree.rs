//! The authenticated state: a binary sparse Merkle tree stored in pages of four levels.
//!
//! The logical tree and its hashes are those of [`carechain_types::state_proof`]. On disk a page holds the sixteen
//! subtrees four levels below its path; only the newest version of a page is kept, so proofs exist at the head alone.
//!
//! ```text
//!   page at path ""          slot 0 .. slot F      a slot is empty, one leaf, or
//!        └── page at path "3"     slot 0 .. slot F     the hash of a page with two leaves or more
//! ```
//!
//! Invariants: entries are written and overwritten, never removed, so a page never disappears; a leaf stands in the
//! highest page in which its slot would hold nothing else.

mod committed;
mod overlay;
mod page;
mod page_path;
mod proof;
mod update;
mod verify;

pub use committed::{CommittedSource, CommittedState, EmptyState};
pub use overlay::StateOverlay;
pub use page::{Page, PageError, Slot};
pub use page_path::PagePath;
pub use proof::prove;
pub use update::{StateUpdate, prepare};

use std::sync::Arc;

use carechain_crypto::{Digest, StateRoot};

use crate::backend::BackendError;

/// Why the state cannot be read. Fatal.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// A page on disk is damaged.
    #[error("state page at path {path} is damaged")]
    Damaged {
        /// Where.
        path: PagePath,
        /// How.
        source: PageError,
    },
    /// A page names a child page that is not there.
    #[error("state page at path {path} is missing")]
    Missing {
        /// Where it should be.
        path: PagePath,
    },
}

/// A version of the state: the committed one, or one that exists only in memory on top of it.
pub trait StateSource {
    /// The page at a path, if there is one.
    ///
    /// # Errors
    /// If the store fails or is damaged.
    fn page(&self, path: &PagePath) -> Result<Option<Arc<Page>>, StateError>;

    /// The value under a key, if there is one.
    ///
    /// # Errors
    /// If the store fails.
    fn value(&self, key: &Digest) -> Result<Option<Vec<u8>>, StateError>;

    /// Root of this version.
    fn root(&self) -> StateRoot;
}

#[cfg(test)]
mod tests;
