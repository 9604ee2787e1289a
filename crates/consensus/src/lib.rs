//! PBFT as a pure state machine (Castro and Liskov 1999): [`Replica::step`] takes an input and says what to do.
//!
//! ```text
//!   messages ──verify──► Input ─┐                     ┌─► Persist, then Send and Broadcast
//!   checked blocks ─────────────┼─► Replica::step ────┼─► Check, Commit, CatchUp
//!   clock ──────────────────────┘    no I/O, no clock └─► Suspected, Evidence, Fatal
//! ```
//!
//! Invariants
//! - Only [`carechain_types::Verified`] messages and certificates come in.
//! - A vote is journalled ahead of the message that carries it; one PREPARE per (view, height); COMMIT only for the block
//!   PREPAREd there, in height order, for the parent's id.
//! - After VIEW-CHANGE(w) no vote below w.
//! - A restart never comes back with a lower committed height than its votes imply.
//!
//! Crash: the journal's entries in order, a torn tail missing, and any older ledger give back a replica that
//! contradicts nothing it sent; see [`JournalEntry`].
//!
//! Limits: everything kept is bounded per member and by the window; see [`limits`].
//!
//! # Deviations from PBFT
//!
//! - A vote names a block, not a digest of a request: header and state root after execution. Replicas execute before
//!   they PREPARE.
//! - A prepared certificate is q PREPAREs, the primary's among them if it sent one; a PRE-PREPARE counts for nothing.
//!   q = ⌈(n+f+1)/2⌉, right for every n.
//! - Blocks form a chain. COMMITs go out in height order for the parent's id, so a certificate covers all ancestors.
//! - NEW-VIEW starts at the highest commit certificate, not at a checkpoint, and follows the chain upwards: among prepared
//!   certificates on the chosen tip the one of highest view. There are no null requests: it stops at the first gap.
//! - NEW-VIEW names VIEW-CHANGEs by digest and blocks by id. What a replica lacks it fetches; re-proposed blocks need no
//!   PRE-PREPARE, their headers stand in the VIEW-CHANGEs and their leaves are fetched from those that prepared them.
//! - A replica votes again for a re-proposed block that it has committed; for nothing else at or below that height.
//! - A primary that leaves its view, or restarts, is followed to the next view at once.
//! - A commit certificate of view w for a block first proposed in w admits to view w without NEW-VIEW.
//! - HEADs, votes and VIEW-CHANGEs all count as claims of a view; f + 1 claims pull to the (f+1)-th highest.
//! - The NEW-VIEW timer starts with q claims; waiting doubles per view without a commit, up to a cap; a primary that failed
//!   recently by committed history gets a quarter. The passed-over rule also waits for the patience, so that
//!   transactions have time to reach the primary.
//! - Certificates answer late votes and heads; there are no periodic state transfers.
//! - Not yet: checkpoints and watermarks, membership change, lost journals. A header with a next membership is refused.
//! - Timers run by a steady clock. The wall clock judges what others say a time of: a fresh proposal, a HEAD.
//! - A window of 1: a wider one is for the tests of these rules only. See [`limits::WINDOW_MAX`].

mod answers;
mod arrival;
mod block_pool;
#[cfg(test)]
mod cluster;
mod committed;
mod config;
mod failed_primaries;
mod fetch;
mod heads;
mod held_proposals;
mod input;
mod journal_entry;
pub mod limits;
mod member_clocks;
mod message;
mod normal_case;
mod output;
mod pending_new_view;
mod planted_bug;
mod recovery;
mod state;
mod status;
mod step;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod table;
mod timers;
mod view_change;
mod votes;
mod withholding;

pub use committed::CommittedHead;
pub use config::{Config, Timeouts, Window};
pub use input::{Input, PendingTransaction, Verdict, Voting};
pub use journal_entry::{JournalEntry, ViewStart, retained};
pub use member_clocks::ClockOffset;
pub use message::{Leaves, Message, SharedLeaves, VerifiedMessage, Wanted};
pub use output::{Origin, Output, Outputs, Sin, Suspicion};
pub use planted_bug::PlantedBug;
pub use recovery::RecoverError;
pub use state::{ProposalSlot, Replica};
pub use status::{Phase, Status};
