//! Packs: append-only files of self-describing records.
//!
//! ```text
//! | head 4,096 | record head 96 | payload | record head 96 | payload | ... | footer, once sealed |
//! ```
//!
//! # Crash
//! What was synced survives. A torn tail is cut when the store opens; damage before the tail is reported and skipped. A
//! pack whose sync failed is cut at its last successful sync and never written again: after an error the system may count
//! bytes as clean that never reached the disk, and the next sync of the same file would succeed.

mod active;
mod appender;
mod commit;
mod decoded;
mod failure;
mod footer;
mod head;
mod medium;
mod open_packs;
mod place;
mod record;
mod scan;
mod unsynced;

pub(crate) use appender::{Appender, PackSettings, Resume};
pub(crate) use commit::GroupCommit;
pub(crate) use decoded::Decoded;
pub use failure::{PackFailure, PackOperation, StoreHealth};
pub(crate) use footer::read_footer;
pub(crate) use head::{PACK_HEAD_BYTES, PackHead, PackId, PackOrigin, pack_path, packs_in};
pub use medium::{Disk, Medium};
pub(crate) use open_packs::OpenPacks;
pub(crate) use place::Place;
pub(crate) use record::{NewRecord, RECORD_HEAD_BYTES, RecordHead, RecordKind};
pub(crate) use scan::{Scan, ScannedRecord, read_payload, scan};
pub(crate) use unsynced::Mark;

#[cfg(test)]
mod tests;
