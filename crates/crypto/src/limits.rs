//! Bounds of the formats, each with its reason.

/// Bytes of a record segment in the file, tag included; 16 are one chunk.
pub const SEGMENT_BYTES: usize = 1 << 16;

/// Bytes of a chunk: the unit of the manifest, of packs and of transfers.
pub const CHUNK_BYTES: usize = 1 << 20;

/// Bytes of an authentication tag (Poly1305).
pub const TAG_BYTES: usize = 16;

/// Shortest file: one segment, so that small records have one size.
pub const FILE_BYTES_MIN: u64 = SEGMENT_BYTES as u64;

/// Longest file, 16 TiB: segment and chunk indexes are u32, and no study comes near.
pub const FILE_BYTES_MAX: u64 = 1 << 44;

/// Plaintext bytes of a response frame; only the last frame may be shorter.
pub const FRAME_BYTES: usize = 1 << 16;

/// Sizes a sealed part's plaintext is padded to; the largest keeps a part with its salt below 4 KiB.
pub const PART_PLAINTEXT_BYTES: [usize; 3] = [256, 1024, 2048];

const _: () = assert!(CHUNK_BYTES.is_multiple_of(SEGMENT_BYTES));
const _: () = assert!(FILE_BYTES_MAX / (SEGMENT_BYTES as u64) <= u32::MAX as u64);
const _: () = assert!(FILE_BYTES_MAX / (CHUNK_BYTES as u64) <= u32::MAX as u64);
