//! Every bound of the byte pump, with its reason.

use std::time::Duration;

use carechain_crypto::SubtreeValue;
use carechain_crypto::limits::CHUNK_BYTES;
use carechain_types::Span;
use carechain_types::limits::UPLOAD_CHUNKS_MAX;

/// Bytes of a control frame: a read request with a hybrid reply key has about 2 KiB.
pub(super) const CONTROL_BYTES_MAX: usize = 16 << 10;
/// Bytes of a chunk's frame: index and bytes.
pub(super) const CHUNK_FRAME_BYTES_MAX: usize = 4 + CHUNK_BYTES;
/// Bytes of the frame of a chunk of an upload: index, subtree value and bytes.
pub(super) const PUSH_CHUNK_FRAME_BYTES_MAX: usize = CHUNK_FRAME_BYTES_MAX + SubtreeValue::LENGTH;
/// Bytes of a bitmap of chunks.
pub(super) const BITMAP_BYTES_MAX: usize = UPLOAD_CHUNKS_MAX / 8;
/// Bytes of a manifest: 32 a chunk.
pub(super) const MANIFEST_BYTES_MAX: usize = 32 * UPLOAD_CHUNKS_MAX;

/// Uploads of own clients in memory; one more is `busy`.
pub(super) const SESSIONS_MAX: usize = 1_024;
/// Longest life of an opened upload: a large study over a slow line, with a weekend in between.
pub(super) const UPLOAD_LIFE_MAX: Span = Span::DAY.times(7);
/// An upload whose client sends nothing for so long gives its streams back; the same opening takes it up again.
pub(super) const CLIENT_IDLE_MAX: Duration = Duration::from_secs(120);
/// How long `complete` waits for receipts: below what the HTTP border waits.
pub(super) const RECEIPTS_WAIT: Duration = Duration::from_secs(9);
/// Orders of clients that wait for one upload's machine.
pub(super) const ORDERS_MAX: usize = 64;
/// Events of holders that wait for one machine; beyond it the links are not read.
pub(super) const EVENTS_MAX: usize = 64;
/// How often the machine of an upload that waits for nothing but its publishing looks at the time.
pub(super) const SLOW_TICK: Duration = Duration::from_secs(1);

/// Bytes of chunks just stored that stay in memory for the copies on their way, over all uploads.
pub(super) const RECENT_BYTES_MAX: usize = 32 << 20;

/// Buffers of a chunk that are kept while nobody uses them: what one upload or one read has on its way.
pub(super) const SPARE_BUFFERS_MAX: usize = 48;

/// Bulk services at once that every member can count on, whatever the others do; one more is told to come again.
pub(super) const SERVICES_OWN: usize = 2;
/// Bulk services at once beyond those, for all members together.
pub(super) const SERVICES_COMMON: usize = 64;
/// Chunks in the memory of all push services together: 64 MiB.
pub(super) const SERVICE_CHUNKS_MAX: usize = 64;
/// Chunks of one push service being stored at once: the disk and the hash work while the next arrives.
pub(super) const STORING_MAX: usize = 4;
/// Chunks of one fetch service read ahead of what is written.
pub(super) const READING_MAX: usize = 2;
/// Chunks asked of one fetch service and not sent; an asker's window is far below.
pub(super) const ASKED_MAX: usize = 256;
/// Until the first frame of a stream.
pub(super) const FIRST_FRAME_WAIT: Duration = Duration::from_secs(10);
/// Until an answer to a first frame.
pub(super) const ANSWER_WAIT: Duration = Duration::from_secs(10);
/// Until a frame has arrived or was taken whole: 1 MiB over the slowest line in use.
pub(super) const PAYLOAD_WAIT: Duration = Duration::from_secs(30);
/// Silence after which a service ends; the asker opens another stream when it needs one.
pub(super) const SERVICE_IDLE_MAX: Duration = Duration::from_secs(300);

/// How long a holder waits for a block that the asker has already.
pub(super) const HEIGHT_WAIT: Duration = Duration::from_secs(2);
/// Bytes after which window and revocation are looked at again.
pub(super) const RECHECK_BYTES: u64 = 16 << 20;
/// Time after which they are looked at again before the next byte: a slow reader must not stretch what was revoked.
pub(super) const RECHECK_AGE: Duration = Duration::from_secs(10);

/// Bytes that all reads together hold ahead of their readers, shared out when a read begins.
pub(super) const AHEAD_BYTES_ALL: u64 = 128 << 20;
/// Bytes ahead of one reader, at most.
pub(super) const AHEAD_BYTES_MAX: u64 = 24 << 20;
/// Bytes ahead of one reader, at least.
pub(super) const AHEAD_BYTES_MIN: u64 = 2 << 20;
/// Streams to one holder that all reads share, of the 16 the network gives: the more reads, the fewer each has.
pub(super) const LINKS_ALL: u64 = 15;
/// Chunks of the own store read ahead of one reader.
pub(super) const LOCAL_AHEAD: usize = 2;
/// How long one read may take from end to end: an entry opens its file for 10 minutes, the rest is signed for anew.
pub(super) const READ_WAIT: Duration = Duration::from_secs(660);
/// How long a reader may take over one piece; then its place goes to others.
pub(super) const READER_WAIT: Duration = Duration::from_secs(120);
/// Pieces waiting for one reader.
pub(super) const PIECES_MAX: usize = 1;
/// Times a read begins anew with other holders after all failed, before it gives up.
pub(super) const FETCH_ROUNDS_MAX: u32 = 3;

/// Life of a signed repair fetch.
pub(super) const REPAIR_FETCH_LIFE: Span = Span::MINUTE.times(5);
/// Repairs served at once that every member can count on.
pub(super) const REPAIR_SERVICES_OWN: usize = 1;
/// Repairs served at once beyond those, over all members.
pub(super) const REPAIR_SERVICES_COMMON: usize = 3;
/// Bytes a second of one repair service: repair must not crowd out reads.
pub(super) const REPAIR_BYTES_PER_SECOND: u64 = 64 << 20;
/// How long a file being repaired may stay incomplete before its parts are collected.
pub(super) const REPAIR_LIFE: Span = Span::DAY;
/// Blocks looked through for abstracts before others may ask the ledger.
pub(super) const SWEEP_BLOCKS: usize = 16;
/// Pause after so many blocks.
pub(super) const SWEEP_PAUSE: Duration = Duration::from_millis(20);
/// Files pending and not tried yet above which the sweep waits; those nobody gives must not hold it up.
pub(super) const SWEEP_PENDING_MAX: usize = 1_024;
/// In which everything stored is read once, to find what rots while others still have it.
pub(super) const SCRUB_PERIOD: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How often some of it is read.
pub(super) const SCRUB_ROUND: Duration = Duration::from_secs(1);
/// Bytes a second that a scrub reads at most, a tenth of what a slow disk gives: 20 TB in a period, beyond which a pass
/// takes longer.
pub(super) const SCRUB_BYTES_PER_SECOND: u64 = 8 << 20;
/// How often at most the place of a scrub is written to disk: a restart reads so much again.
pub(super) const SCRUB_SAVE_INTERVAL: Duration = Duration::from_secs(60);
/// How often the store is asked whether a sync failed: uploads are refused for so long at least.
pub(super) const RECOVERY_TICK: Duration = Duration::from_secs(1);
/// Uploads looked at in one round of collection.
pub(super) const COLLECTED_MAX: usize = 256;
/// Corrupt chunks looked at in one round.
pub(super) const CORRUPT_MAX: usize = 256;

const _: () = assert!(AHEAD_BYTES_MIN >= CHUNK_BYTES as u64 && AHEAD_BYTES_MAX >= AHEAD_BYTES_MIN);
const _: () = assert!(UPLOAD_CHUNKS_MAX.is_multiple_of(8));
