//! Who must hold which file, as pure machines: placement, receipts, uploads, reads and repairs.
//!
//! Ids and sizes, never bytes; time is an argument; the same inputs in the same order give the same outputs on every
//! machine. The bytes are moved by whoever runs a machine and executes its outputs.
//!
//! ```text
//!            client                                   committed block                   reader
//!              │ chunks                                     │                              │ allowed entry
//!              ▼                                            ▼                              ▼
//!  Upload: send to holders, collect receipts    Repair: fetch what is lacking    Fetch: many holders, in order
//!              └───────────────┬────────────────────────────┘                              │
//!                          placement: which hospitals ◄──────────────────────────────────────┘
//! ```
//!
//! Invariants
//! - Placement names hospitals, never nodes, and names the publishing hospital first.
//! - No machine asks one holder for more bytes than its window.
//! - A machine that has ended gives no more outputs.

pub mod fetch;
mod file_shape;
pub mod limits;
mod placement;
mod quota;
mod receipts;
pub mod repair;
pub mod upload;

pub use file_shape::FileShape;
pub use placement::{Candidate, candidates, holders, ranking, responsible};
pub use quota::{Quota, QuotaExceeded, QuotaLimits};
pub use receipts::{ReceiptExpectation, ReceiptProgress, ReceiptRefusal, receipts_required};
