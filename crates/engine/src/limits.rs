//! Every bound of this crate, with its reason.

use carechain_types::Span;
use carechain_types::limits::{BLOCK_BYTES_MAX, BLOCK_TRANSACTIONS_MAX, TRANSACTION_BYTES_MAX};

/// Bytes of waiting transactions: sixteen full blocks.
pub const MEMPOOL_BYTES_MAX: usize = 16 * BLOCK_BYTES_MAX;
/// Waiting transactions: eight full blocks.
pub const MEMPOOL_COUNT_MAX: usize = 8 * BLOCK_TRANSACTIONS_MAX;
/// Waiting transactions of one key: one client cannot keep all others out.
pub const MEMPOOL_COUNT_PER_KEY_MAX: usize = BLOCK_TRANSACTIONS_MAX;
/// Transactions proposed at once: their execution stays near 20 ms.
pub const PROPOSAL_COUNT_MAX: usize = 256;
/// A block is full, for the rule on suspicion, at half of either of a proposal's bounds.
pub const BLOCK_FULL_COUNT: usize = PROPOSAL_COUNT_MAX / 2;
/// See [`BLOCK_FULL_COUNT`].
pub const BLOCK_FULL_BYTES: usize = BLOCK_BYTES_MAX / 2;
/// Bytes of one journal record: a full block with its parts.
pub const JOURNAL_RECORD_BYTES_MAX: usize = 16 << 20;
/// Bytes of journal beyond which what the ledger holds durably is dropped: a second of full load, or hours of idling.
pub const JOURNAL_BYTES_MAX: u64 = 64 << 20;
/// Between two looks at expired and overdue transactions.
pub const HOUSEKEEPING: Span = Span::from_millis(100);
/// Overdue transactions passed to the primary in one look.
pub const FORWARDED_MAX: usize = 256;
/// Candidate blocks whose bodies are collected or that are executed and not decided: window, twice, for two views.
pub const CANDIDATES_MAX: usize = 8;
/// Transactions asked for in one message; their answer fits one frame.
pub const FETCH_LEAVES_MAX: usize = BLOCK_TRANSACTIONS_MAX;
/// Committed blocks asked for in one message.
pub const FETCH_BLOCKS_MAX: u64 = 16;
/// Bytes of transactions in one answer; the rest is asked for again.
pub const ANSWER_BYTES_MAX: usize = 4 * TRANSACTION_BYTES_MAX;
/// How long an unanswered question waits before the next peer is asked.
pub const FETCH_PATIENCE: Span = Span::from_millis(250);
/// Clients waiting for the outcome of a transaction.
pub const WAITING_MAX: usize = 65_536;

const _: () = assert!(ANSWER_BYTES_MAX >= TRANSACTION_BYTES_MAX);
const _: () = assert!(PROPOSAL_COUNT_MAX <= BLOCK_TRANSACTIONS_MAX);
