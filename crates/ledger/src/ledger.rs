//! The ledger of one node: blocks, state and what derives from them, in one backend.
//!
//! Crash: a block is one batch, so it is there with everything that belongs to it or not at all. Blocks are not synced
//! one by one: the journal carries the certificate until [`Ledger::sync`] confirms a height, and recovery commits again
//! what the backend lost.
//! Invariants: only committed blocks are here, each on its parent; nothing is undone.

mod chain;
mod commit;
mod committed_block;
mod error;
mod founding;
mod parts;
mod position;
mod read;
mod rebuild;
mod rows;
mod seen;
mod state;
mod stored_part;
mod verify;

pub use chain::Ledger;
pub use committed_block::CommittedBlock;
pub use error::LedgerError;
pub use position::Position;
pub use read::StoredTransaction;
pub use state::prepare_on;
pub use stored_part::StoredPart;
pub use verify::{BlockEvidence, VerifyError};

#[cfg(test)]
mod tests;
