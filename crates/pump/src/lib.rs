//! The byte pump: uploads with their copies and receipts, reads from several holders at once, completion of copies.
//!
//! The machines of `custody` decide, the chunk store keeps the bytes, this module moves them.
//!
//! ```text
//!  client ─ chunks ─► session ─ Upload machine ─► push link ══ bulk stream ══► push service ─► holder's store ─► receipt
//!                        └─► own store
//!  reader ◄─ bytes ── read ◄─ own store
//!                      └──── fetcher ─ Fetch machine ─► fetch links ══ bulk streams ══► fetch services of the holders
//!  committed abstract ─► completion ─ Repair machine ─► fetcher ─► own store
//! ```
//!
//! Invariants
//! - A receipt is signed only for bytes that came in this upload, whose commitment was recomputed here, after a sync.
//! - No byte leaves for a reader without a committed `allowed` entry in this node's own ledger, looked at again every
//!   `RECHECK_BYTES`.
//! - No byte is passed on that does not verify against a manifest whose root gives the ledger's commitment.
//! - Memory is bounded by windows, never by the length of a file: but for 32 bytes of manifest a chunk.
//!
//! Crash: what was acknowledged to a client lies in packs; the client sends its signed opening again and goes on.

mod access_check;
mod answers;
mod bad_chunk;
mod bulk_service;
mod collection;
mod completion;
mod copies;
mod counts;
mod disk_trouble;
mod fetch_link;
mod fetch_service;
mod fetcher;
mod frame;
mod guests;
mod kept;
mod ledger_view;
mod limits;
mod link_error;
mod local_chunks;
mod message;
mod opening;
mod push_link;
mod push_service;
mod read;
mod receipt;
mod recent_chunks;
mod recovery;
mod repair_right;
mod scrub_pace;
mod scrubbing;
mod serve_error;
mod session;
mod shared;
mod start;
mod store;
mod upload_calls;

pub use copies::Copies;
pub use disk_trouble::DiskTrouble;
pub use ledger_view::{AccessFacts, Asked, Ended, GrantFacts, LedgerHead, LedgerRecord, LedgerView, News};
pub use shared::FilesSettings;
pub use start::{Files, PumpConfig};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
