//! Every bound of the chunk store, each with its reason.

use carechain_types::limits::UPLOAD_CHUNKS_MAX;

/// The version of packs and records that this program reads and writes.
pub const PACK_VERSION: u16 = 1;
/// Bytes of one chunk: 16 sealed segments of 64 KiB, so that the unit of hashing is the unit of transfer.
pub const CHUNK_BYTES_MAX: u32 = 1 << 20;
/// Bytes of a pack before it is sealed: large enough for sequential writes, small enough that the unsealed one is
/// verified at start in well under a second.
pub const PACK_BYTES_DEFAULT: u64 = 256 << 20;
/// Bytes of the greatest pack a setting may ask for.
pub const PACK_BYTES_MAX: u64 = 1 << 30;
/// Bytes of the smallest pack: the head and one record of the greatest chunk.
pub const PACK_BYTES_MIN: u64 = 2 << 20;
/// Bytes of the greatest file: the manifest of an upload has at most so many entries, 32 MiB of them.
pub const FILE_BYTES_MAX: u64 = UPLOAD_CHUNKS_MAX as u64 * CHUNK_BYTES_MAX as u64;
/// Bytes of the payload of the greatest record: the manifest of the greatest file and its binding.
pub const RECORD_BYTES_MAX: u32 = (FILE_BYTES_MAX / CHUNK_BYTES_MAX as u64) as u32 * 32 + 512;
/// Uploads open at once: bounds what clients can leave half done; expired ones are collected.
pub const UPLOADS_OPEN_MAX: usize = 1 << 12;
/// Sealed packs whose file stays open: a quarter of the usual limit of 1,024 descriptors.
pub const PACKS_OPEN_MAX: usize = 256;
/// Damages that one report lists.
pub const FINDINGS_MAX: usize = 1 << 12;
/// Bytes read at once when a damaged region is searched for the next record.
pub const SEARCH_BYTES: usize = 1 << 20;

const _: () = assert!(PACK_BYTES_MIN <= PACK_BYTES_DEFAULT && PACK_BYTES_DEFAULT <= PACK_BYTES_MAX);
const _: () = assert!(PACK_BYTES_MIN > CHUNK_BYTES_MAX as u64 + (8 << 10));
// A record is never split: a pack may exceed its limit by one record and its footer and still count offsets in u32.
const _: () = assert!(PACK_BYTES_MAX + 2 * RECORD_BYTES_MAX as u64 + (256 << 20) < u32::MAX as u64);

/// The settings of one store. They may differ between nodes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StoreLimits {
    /// Bytes at which a pack is sealed and the next begun; held within [`PACK_BYTES_MIN`] and [`PACK_BYTES_MAX`].
    pub pack_bytes: u64,
    /// Bytes of files and open uploads this store may hold in all.
    pub quota_bytes: u64,
    /// Thousandths of the file system that must stay free; below it new uploads are refused.
    pub free_permille_min: u32,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self { pack_bytes: PACK_BYTES_DEFAULT, quota_bytes: u64::MAX, free_permille_min: 100 }
    }
}
