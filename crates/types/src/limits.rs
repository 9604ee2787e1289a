//! Every bound of the formats, with its reason.

use crate::time::Span;

/// Members of one epoch: the quadratic messages of 200 replicas are the most that was considered.
pub const REPLICAS_MAX: usize = 200;
/// Prepared blocks in one VIEW-CHANGE: the greatest window a cluster may set.
pub const PREPARED_MAX: usize = 64;
/// Governance keys of a hospital.
pub const GOVERNANCE_KEYS_MAX: usize = 16;
/// Registrar keys of a hospital.
pub const REGISTRAR_KEYS_MAX: usize = 16;
/// Bytes of a hospital's or ledger's name.
pub const NAME_BYTES_MAX: usize = 128;
/// Bytes of `host:port`: a host name has at most 253.
pub const ENDPOINT_BYTES_MAX: usize = 260;
/// Bytes of a sealing key: X-Wing, the largest suite foreseen, has 1,216.
pub const SEALING_KEY_BYTES_MAX: usize = 1_216;
/// Signing keys of one person in one transaction.
pub const SIGNING_KEYS_MAX: usize = 4;
/// Sealing keys of one person or department in one transaction.
pub const SEALING_KEYS_MAX: usize = 8;
/// Signing or sealing keys of one subject in state, ended ones included.
pub const KEY_PERIODS_MAX: usize = 32;
/// Roles of one person.
pub const ROLES_MAX: usize = 8;

/// Bytes of a transaction's public part.
pub const PUBLIC_PART_BYTES_MAX: usize = 16 * 1_024;
/// Detached parts of one transaction: 256 lines of a grant and some.
pub const PARTS_MAX: usize = 264;
/// Bytes of one detached part with its salt.
pub const PART_BYTES_MAX: usize = 4 * 1_024;
/// Bytes of a transaction with its parts.
pub const TRANSACTION_BYTES_MAX: usize = 1_024 * 1_024;
/// Bytes of a transaction without its parts: body, 264 part heads of 37 bytes, signature.
pub const TRANSACTION_BODY_BYTES_MAX: usize = PUBLIC_PART_BYTES_MAX + 37 * PARTS_MAX + 1_024;
/// Transactions of one block.
pub const BLOCK_TRANSACTIONS_MAX: usize = 4_096;
/// Bytes of the transactions of one block, parts included.
pub const BLOCK_BYTES_MAX: usize = 4 * 1_024 * 1_024;
/// Bytes of an outcome's result.
pub const OUTCOME_RESULT_BYTES_MAX: usize = 128;

/// Lines of a grant, EHR ids of a request.
pub const GRANT_LINES_MAX: usize = 256;
/// Recipients of a published record: the patient and three more.
pub const RECIPIENTS_MAX: usize = 4;
/// Receipts in an abstract.
pub const RECEIPTS_MAX: usize = 16;
/// Receipts that one signature may cover.
pub const RECEIPT_BATCH_MAX: u32 = 1_024;
/// Path of a receipt in a batch: log2 of [`RECEIPT_BATCH_MAX`].
pub const RECEIPT_PATH_MAX: usize = 10;

/// Keywords of an index entry.
pub const INDEX_KEYWORDS_MAX: usize = 16;
/// Bytes of a keyword or of a staff name.
pub const INDEX_WORD_BYTES_MAX: usize = 64;
/// Bytes of a record's title.
pub const INDEX_TITLE_BYTES_MAX: usize = 128;
/// Staff names of an index entry; all of it together stays below the largest sealed part.
pub const INDEX_STAFF_MAX: usize = 4;
/// Bytes of the text of a reason: with 16 keywords it stays below the largest sealed part.
pub const REASON_TEXT_BYTES_MAX: usize = 512;

/// Longest life of a transaction: how long its id must be remembered.
pub const TRANSACTION_LIFE_MAX: Span = Span::MINUTE.times(10);
/// Life a client gives its transactions.
pub const TRANSACTION_LIFE_DEFAULT: Span = Span::MINUTE.times(5);
/// What a node wants left of a life, by its own clock, to admit a transaction.
pub const ADMISSION_MARGIN: Span = Span::SECOND.times(30);
/// How far a proposal's time may be from a backup's clock.
pub const CLOCK_SKEW_MAX: Span = Span::SECOND.times(2);
/// How long a role lasts at most: a year.
pub const ROLE_LIFE_MAX: Span = Span::DAY.times(366);
/// How long a committed `allowed` entry opens files.
pub const READ_ENTRY_LIFE: Span = Span::MINUTE.times(10);
/// How long a revocation of an unknown grant is remembered.
pub const TOMBSTONE_LIFE: Span = TRANSACTION_LIFE_MAX;
/// Refused reads of one reader, record and hour that get an entry each; later ones share an aggregate.
pub const REFUSED_SINGLE_MAX: u32 = 5;

/// Bytes of a proof file.
pub const PROOF_BYTES_MAX: usize = 8 * 1_024 * 1_024;
/// Epochs that one proof may walk through.
pub const PROOF_EPOCHS_MAX: usize = 1_024;
/// State claims in one proof.
pub const PROOF_CLAIMS_MAX: usize = 4_096;
/// Keys of one state query: the records of one grant and some.
pub const STATE_QUERY_KEYS_MAX: usize = 1_024;
/// Chunks of one upload: a file of 1 TiB, the manifest of which has 32 MiB.
pub const UPLOAD_CHUNKS_MAX: usize = 1 << 20;
/// Siblings of a state path: one per bit of the key.
pub const STATE_PATH_MAX: usize = 256;
/// Siblings of a path in a block's trees: log2 of the transactions.
pub const BLOCK_PATH_MAX: usize = 12;
/// Bytes of one state value: a grant with 256 lines and some.
pub const STATE_VALUE_BYTES_MAX: usize = 64 * 1_024;

const _: () = assert!(1 << BLOCK_PATH_MAX >= BLOCK_TRANSACTIONS_MAX);
const _: () = assert!(1 << RECEIPT_PATH_MAX >= RECEIPT_BATCH_MAX);
const _: () = assert!(TRANSACTION_BODY_BYTES_MAX < TRANSACTION_BYTES_MAX);
const _: () = assert!(TRANSACTION_BYTES_MAX < BLOCK_BYTES_MAX);
