//! The store: one file an operation, around what they share.

mod chunk_store;
mod erase;
mod locked;
mod open;
mod open_report;
mod read;
mod recover;
mod report;
mod reserve;
mod room;
mod scrub;
mod uploads;
mod write;

pub use chunk_store::ChunkStore;
pub use open_report::{Damage, OpenReport};
pub use report::{StoreStats, UploadState};
pub use scrub::{CorruptChunk, ScrubPlace, ScrubStep};
pub use write::Put;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
