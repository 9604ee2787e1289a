//! The record file: a zip, padded and encrypted once under its own content key, as streams in flat memory.
//!
//! File = segments of 64 KiB, tag included; the last may be shorter, never below 2,048 bytes:
//!
//! ```text
//! segment 0      header 128 | ciphertext 65,392 | tag 16
//! segment i      ciphertext 65,520 | tag 16
//! last segment   ciphertext | tag 16
//! plaintext      zip | zeros | zip length u64
//! ```
//!
//! Invariants: the key commitment is checked before any decryption; one (content key, salt) encrypts one stream once,
//! so a sealer whose writer failed is dead; a reader gives no byte of a segment that did not verify.

mod chunk;
mod error;
mod header;
mod open;
mod padme;
mod reader;
mod seal;
mod segment;
mod verify;

pub use chunk::{ChunkFramer, PlainChunk, RecordEnd, SealedChunk};
pub use error::RecordError;
pub use header::{HEADER_BYTES, RecordHeader};
pub use open::{OpenedSegment, RecordOpener};
pub use padme::{file_length, zip_length_max};
pub use reader::RecordReader;
pub use seal::{RecordSealer, Sealed};
pub use segment::{Position, SegmentCipher, segment_count, segment_length};
pub use verify::{VerifiedRecord, copy_record, verify_record};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
