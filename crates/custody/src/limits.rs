//! Every bound of custody, each with its reason.

use carechain_crypto::limits::CHUNK_BYTES;
use carechain_types::Span;

/// Copies of a file unless the ledger's parameter says otherwise: the publishing hospital and two more.
pub const COPIES_DEFAULT: usize = 3;
/// Receipts that an abstract never needs more of, however many may be faulty: what placement can give.
pub const RECEIPTS_REQUIRED_MAX: usize = 3;

/// Bytes on their way to or from one holder: covers 1 Gbit/s at 60 ms.
pub const WINDOW_BYTES_DEFAULT: u64 = 8 << 20;
/// Bytes fetched ahead of what the reader has taken: bounds memory of one read.
pub const AHEAD_BYTES_DEFAULT: u64 = 32 << 20;
/// Chunks asked for in one request: lets a holder read its disk in long strides.
pub const RUN_CHUNKS_DEFAULT: u32 = 4;
/// Holders of one read: more than placement names, with room for those of an earlier epoch.
pub const HOLDERS_MAX: usize = 16;
/// Latencies remembered to estimate the slowest twentieth.
pub const LATENCIES_MAX: usize = 64;
/// Soonest second request for a chunk: below it a slow disk would double all traffic.
pub const HEDGE_AFTER_MIN: Span = Span::from_millis(200);
/// A holder that sends nothing for this long while it owes something has failed.
pub const SILENCE_MAX: Span = Span::from_millis(10_000);
/// Silence of a holder after which an upload begins the next copy beside it: above any hiccup of a disk, below what a
/// person who waits would notice as standing still.
pub const UPLOAD_HEDGE_AFTER: Span = Span::from_millis(2_000);
/// How often the runner of a machine passes it the time.
pub const TICK: Span = Span::from_millis(100);

/// Failures of one holder in a row before an upload turns to the next in rank.
pub const HOLDER_FAILURES_MAX: u32 = 3;
/// Wait before a holder that failed is tried again; doubles up to [`HOLDER_RETRY_MAX`].
pub const HOLDER_RETRY_MIN: Span = Span::from_millis(500);
/// Longest wait before a holder is tried again.
pub const HOLDER_RETRY_MAX: Span = Span::SECOND.times(30);

/// How long a published file is left to its publisher before a holder fetches its copy itself.
pub const COMPLETION_GRACE: Span = Span::SECOND.times(30);
/// First wait after a failed repair; doubles up to [`REPAIR_RETRY_MAX`].
pub const REPAIR_RETRY_MIN: Span = Span::MINUTE;
/// Longest wait between repairs of one file.
pub const REPAIR_RETRY_MAX: Span = Span::MINUTE.times(64);
/// Files fetched for repair at once: repair must not crowd out reads.
pub const REPAIRS_MAX: usize = 2;
/// Files of which a check is asked in one step.
pub const CHECKS_MAX: usize = 64;
/// Files waiting for a check or repair. One more makes the one that is due last give way; it is found again by another
/// sweep over the ledger once half of them are settled.
pub const PENDING_MAX: usize = 1 << 16;

const _: () = assert!(WINDOW_BYTES_DEFAULT >= CHUNK_BYTES as u64);
const _: () = assert!(AHEAD_BYTES_DEFAULT >= WINDOW_BYTES_DEFAULT);
const _: () = assert!(RECEIPTS_REQUIRED_MAX <= COPIES_DEFAULT);
const _: () = assert!(HEDGE_AFTER_MIN.as_micros() < SILENCE_MAX.as_micros());
