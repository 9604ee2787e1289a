//! The chunk store: encrypted files as chunks in append-only packs, with an index that the packs can rebuild.
//!
//! Bytes and nothing else: who must hold what is `custody`'s, who may read what is the contract's. All calls block;
//! a [`ChunkStore`] is shared between threads as it is.
//!
//! Invariants
//! - No byte is served that does not verify against the manifest whose root was checked at completion.
//! - What [`ChunkStore::complete`] or [`ChunkStore::sync`] returned for survives a crash.
//! - The index is rebuilt from the packs at every start.
//! - No pack is appended to after one of its syncs failed.
//!
//! ```text
//!  put_chunk ─► verify ─► append to the active pack ─► list in the index        read ─► index ─► pread ─► verify
//!  complete  ─► manifest gives root, root gives commitment ─► append ─► sync ─► file
//! ```

mod error;
mod index;
pub mod limits;
mod pack;
mod store;
mod upload;
mod values;

pub use error::StoreError;
pub use limits::StoreLimits;
pub use pack::{Disk, Medium, PackFailure, PackOperation, StoreHealth};
pub use store::{
    ChunkStore, CorruptChunk, Damage, OpenReport, Put, ScrubPlace, ScrubStep, StoreStats, UploadState,
};
pub use upload::{Completion, FileBinding, LocalUpload, UploadOpening};
