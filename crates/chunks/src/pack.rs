//! Packs: append-only files of self-describing records.
//!
//! ```text
//! | head 4,096 | record head 96 | payload | record head 96 | payload | ... | footer, once sealed |
//! ```
//!
//! # Crash
//! What was synced survives. A torn tail is cut when the store opens; damage before the tail is reported and skipped.

mod appender;
mod commit;
mod footer;
mod head;
mod medium;
mod open_packs;
mod place;
mod record;
mod scan;

pub(crate) use appender::{Appender, PackSettings, Resume};
pub(crate) use commit::GroupCommit;
pub(crate) use footer::read_footer;
pub(crate) use head::{PACK_HEAD_BYTES, PackHead, PackId, PackOrigin, pack_path, packs_in};
pub(crate) use medium::{Disk, Medium};
pub(crate) use open_packs::OpenPacks;
pub(crate) use place::Place;
pub(crate) use record::{NewRecord, RECORD_HEAD_BYTES, RecordHead, RecordKind};
pub(crate) use scan::{Scan, ScannedRecord, read_payload, scan};

#[cfg(test)]
mod tests;
