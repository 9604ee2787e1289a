//! Every bound of this crate, with its reason.

use carechain_types::Span;
use carechain_types::limits::{
    ADMISSION_MARGIN, BLOCK_BYTES_MAX, BLOCK_TRANSACTIONS_MAX, CLOCK_SKEW_MAX, TRANSACTION_BYTES_MAX,
};

/// Bytes of waiting transactions: sixteen full blocks.
pub const MEMPOOL_BYTES_MAX: usize = 16 * BLOCK_BYTES_MAX;
/// Waiting transactions: eight full blocks.
pub const MEMPOOL_COUNT_MAX: usize = 8 * BLOCK_TRANSACTIONS_MAX;
/// Waiting transactions of one key: one client cannot keep all others out.
pub const MEMPOOL_COUNT_PER_KEY_MAX: usize = BLOCK_TRANSACTIONS_MAX;
/// Bytes of the waiting transactions of one key, for the same reason: a quarter.
pub const MEMPOOL_BYTES_PER_KEY_MAX: usize = MEMPOOL_BYTES_MAX / 4;
/// Transactions proposed at once: their execution stays near 20 ms.
pub const PROPOSAL_COUNT_MAX: usize = 256;
/// Transactions of a full block: a primary adds the next one as long as there are fewer.
pub const BLOCK_FULL_COUNT: usize = PROPOSAL_COUNT_MAX;
/// Bytes above which a block is full: a primary adds the next transaction as long as it fits, and any fits below this.
pub const BLOCK_FULL_BYTES: usize = BLOCK_BYTES_MAX - TRANSACTION_BYTES_MAX;
/// Full blocks that may come ahead of a waiting transaction: as many as the mempool in front of it fills, by count and by
/// bytes. The order is first come, first proposed, so more of them mean that it is passed over, or that the primary's mempool
/// is always full and never took it: a backup then leaves a primary that is correct and overloaded.
pub const FULL_BLOCKS_AHEAD_MAX: usize =
    MEMPOOL_COUNT_MAX / BLOCK_FULL_COUNT + MEMPOOL_BYTES_MAX / BLOCK_FULL_BYTES;
/// Bytes of one journal record: a full block with its parts.
pub const JOURNAL_RECORD_BYTES_MAX: usize = 16 << 20;
/// Bytes that a segment of the journal grows by: two full blocks and more, or an hour of idling. The ledger is synced
/// behind each, so what one sync writes is bounded by it, too.
pub const JOURNAL_SEGMENT_BYTES_MAX: u64 = if cfg!(test) { 64 << 10 } else { 8 << 20 };
/// Between two looks at expired and overdue transactions.
pub const HOUSEKEEPING: Span = Span::from_millis(100);
/// Overdue transactions passed to the primary in one look: as many as it proposes at once.
pub const FORWARDED_MAX: usize = PROPOSAL_COUNT_MAX;
/// Bytes of them: as many as it proposes at once. The others wait for the next look.
pub const FORWARDED_BYTES_MAX: usize = BLOCK_BYTES_MAX;
/// Own clients' transactions sent to all members again in one look: some get lost, and in a long stall every node has
/// many. Each waits twice as long as the time before.
pub const REBROADCAST_MAX: usize = 4;
/// Life that a transaction must have left to count for the timer: more than any two correct clocks differ, so that the
/// primary could have proposed it for as long as it was waited for.
pub const TIMER_MARGIN: Span = Span::SECOND.times(5);
/// Prepared blocks whose bodies are kept until something is committed at their height: one a view, for several views.
pub const UNDECIDED_MAX: usize = 8;
/// Candidate blocks whose bodies are collected or that are executed and not decided: window, twice, for two views.
pub const CANDIDATES_MAX: usize = 8;
/// Transactions asked for in one message; their answer fits one frame.
pub const FETCH_LEAVES_MAX: usize = BLOCK_TRANSACTIONS_MAX;
/// Committed blocks asked for in one message.
pub const FETCH_BLOCKS_MAX: u64 = 16;
/// Bytes of transactions in one answer; the rest is asked for again.
pub const ANSWER_BYTES_MAX: usize = 4 * TRANSACTION_BYTES_MAX;
/// Questions of one member that are answered in a second: two thousand blocks, several times what is ever committed.
pub const QUESTIONS_PER_SECOND_MAX: u32 = 128;
/// Bytes of answers to one member in a second: below what one link carries.
pub const ANSWER_BYTES_PER_SECOND_MAX: usize = 64 << 20;
/// What looking for one transaction costs its asker, found or not: the hashing and comparing of a digest, several times.
pub const LOOK_UP_BYTES: usize = 256;
/// How long an unanswered question waits before the next peer is asked.
pub const FETCH_PATIENCE: Span = Span::from_millis(250);
/// Bytes of committed blocks that earn an answer that much patience again: 256 KiB a second, less than any line carries
/// that hospitals have.
pub const FETCH_BYTES: usize = 64 << 10;
/// Clients waiting for the outcome of a transaction.
pub const WAITING_MAX: usize = 65_536;

const _: () = assert!(FETCH_LEAVES_MAX * LOOK_UP_BYTES <= ANSWER_BYTES_MAX);
const _: () = assert!(ANSWER_BYTES_MAX >= TRANSACTION_BYTES_MAX);
const _: () = assert!(FORWARDED_BYTES_MAX >= TRANSACTION_BYTES_MAX);
const _: () = assert!(PROPOSAL_COUNT_MAX <= BLOCK_TRANSACTIONS_MAX);
const _: () = assert!(TIMER_MARGIN.as_micros() > 2 * CLOCK_SKEW_MAX.as_micros());
const _: () = assert!(TIMER_MARGIN.as_micros() < ADMISSION_MARGIN.as_micros() / 2);
const _: () = assert!(MEMPOOL_BYTES_PER_KEY_MAX >= BLOCK_BYTES_MAX);
