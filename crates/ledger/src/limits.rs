//! Every bound of this crate, with its reason.

/// Shared cache of blocks, indexes and filters of all tables: with fifty nodes on one machine each may take 50 MiB.
#[cfg(feature = "rocks")]
pub(crate) const BLOCK_CACHE_BYTES: usize = 8 << 20;

/// Write buffers of all tables together: full ones are flushed.
#[cfg(feature = "rocks")]
pub(crate) const WRITE_BUFFERS_BYTES: usize = 16 << 20;

/// Write buffer of one table: large enough that a flush at full load comes every few seconds.
#[cfg(feature = "rocks")]
pub(crate) const TABLE_WRITE_BUFFER_BYTES: usize = 8 << 20;

/// Unit in which a write buffer grows: thirteen nearly empty tables cost less than one MiB.
#[cfg(feature = "rocks")]
pub(crate) const ARENA_BLOCK_BYTES: usize = 64 << 10;

/// Write-ahead log before the oldest tables are flushed: bounds the time a restart takes to replay it.
#[cfg(feature = "rocks")]
pub(crate) const WRITE_AHEAD_LOG_BYTES_MAX: u64 = 64 << 20;

/// Threads for flush and compaction: two cores are shared with consensus.
#[cfg(feature = "rocks")]
pub(crate) const BACKGROUND_JOBS: i32 = 2;

/// Open table files: each costs memory and a descriptor.
#[cfg(feature = "rocks")]
pub(crate) const OPEN_FILES_MAX: i32 = 256;

#[cfg(feature = "rocks")]
const _: () = assert!(TABLE_WRITE_BUFFER_BYTES <= WRITE_BUFFERS_BYTES);

/// Depth of the pages kept in memory: 16³ + 16² + 16 + 1 pages of 2.2 KiB at most are 9.5 MiB, reached only by a state
/// of a hundred thousand entries; smaller ones keep fewer.
pub(crate) const CACHED_PAGE_DEPTH_MAX: usize = 3;

/// One journal entry: a block's transactions, its detached parts and a certificate of two hundred votes are below
/// 5 MiB.
pub(crate) const JOURNAL_ENTRY_BYTES_MAX: usize = 16 << 20;

/// Unsynced frames held in memory before they are handed to the system.
pub(crate) const JOURNAL_BUFFER_BYTES_MAX: usize = 1 << 20;

/// Steps in which the journal's file grows: a megabyte of zeros costs a millisecond once in a thousand votes.
pub(crate) const JOURNAL_STEP_BYTES: usize = if cfg!(test) { 4 << 10 } else { 1 << 20 };

const _: () = assert!(JOURNAL_ENTRY_BYTES_MAX > carechain_types::limits::BLOCK_BYTES_MAX * 2);
const _: () = assert!(JOURNAL_ENTRY_BYTES_MAX < u32::MAX as usize);

/// Expired digests one block removes from the seen set: twice what a full block adds, so that it shrinks under full
/// load.
pub(crate) const SEEN_PRUNED_MAX: usize = 4 * carechain_types::limits::BLOCK_TRANSACTIONS_MAX;

/// Blocks whose index rows a rebuild writes in one batch.
pub(crate) const REBUILD_BLOCKS: u64 = 64;

/// Index rows a rebuild removes in one batch.
pub(crate) const REBUILD_ROWS: usize = 10_000;

/// Rows one search may read before it answers with what it has and a place to go on: a few milliseconds.
pub(crate) const SEARCH_ROWS_MAX: usize = 5_000;

/// Rows a search reads at once from one list.
pub(crate) const SEARCH_CHUNK_ROWS: usize = 64;

/// Lists one search may intersect: patient, author, hospital and a record's sixteen keywords, each once.
pub(crate) const SEARCH_LISTS_MAX: usize = 20;
