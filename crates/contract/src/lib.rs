//! The BEAS rules as a pure state transition: what a transaction may do, and what it writes.
//!
//! ```text
//! Verified<Transaction> ─► includable ─► may stand in a block: well-formed, enrolled key, unexpired, not seen
//!                      └─► apply ──────► Outcome (0 or a Refusal) + Changes (state writes, digests that count as seen)
//!
//! StateReader (ledger) ◄── Overlay ◄── Changes of the block's earlier transactions
//! ```
//!
//! Invariants
//! - Execution is a function of state, block context and transaction; it sees digests and lengths of detached parts,
//!   never their bytes.
//! - A rule reads what it needs, decides, and returns writes; a refusal writes nothing but what it counts.
//! - A plain publish, request, grant, deny, revoke or read writes at most three keys; an amendment one more.
//! - Unknown, hidden and not-yours give the same refusal.
//! - An `allowed` access entry exists only for a reader whose key, standing, role and grant were in force at that block.

mod actor;
mod admission;
mod answer;
mod apply;
mod block_context;
mod call;
mod changes;
mod effect;
mod includable;
pub mod limits;
mod new_id;
mod overlay;
mod parts;
mod permissions;
mod rules;
mod seen;
mod standing;
mod state_reader;

pub use answer::{Answer, answer_to_reader};
pub use apply::{Execution, apply};
pub use block_context::BlockContext;
pub use changes::Changes;
pub use includable::{NotIncludable, includable};
pub use overlay::Overlay;
pub use permissions::{Capacity, Verb, permits, roles_permit};
pub use seen::seen_digests;
pub use state_reader::{StateFailure, StateReader, read_value};
