//! Consensus, contract and ledger as one deterministic machine; no socket, clock, thread or payload.
//!
//! ```text
//!  peers' bytes ─► border (decode, verify) ─┐                    ┌─► Send, Broadcast   after the sync they rest on
//!  clients' transactions ───────────────────┼─► Machine::turn ───┼─► Answer, Committed
//!  clock ───────────────────────────────────┘   │ drain, step,   └─► Fatal
//!                                               │ apply, one sync
//!                                   replica ◄───┴───► ledger, journal
//! ```
//!
//! Invariants
//! - A message leaves only after every journal record ahead of it is synced; the rule stands in `engine` and nowhere
//!   else.
//! - After a failed turn nothing is answered but its cause; see [`Machine`].
//! - Only what passed the border ([`PeerMessage::verify`]) reaches a turn.
//! - The same turns give the same outputs.

mod admission;
mod answered;
mod applying;
mod candidates;
mod catch_up;
mod committed_block;
mod engine;
mod error;
mod execution;
mod fullness;
mod heads;
mod input;
mod journal;
pub mod limits;
mod machine;
mod mempool;
mod not_proposable;
mod outbox;
mod output;
mod peers;
mod performing;
mod proofs;
mod proposing;
mod recovery;
mod state;
mod stopped;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod undecided;
mod waiting;
mod wire;

pub use engine::Engine;
pub use error::{Fatal, OpenError};
pub use execution::{Executed, Place, execute};
pub use input::{Input, Ticket};
pub use journal::{journalled, journalled_bodies};
pub use machine::Machine;
pub use mempool::{Mempool, MempoolError, SharedSubmission};
pub use not_proposable::NotProposable;
pub use output::{Answer, Committed, NotAdmitted, Output, Sink};
pub use stopped::Stopped;
pub use wire::{
    BorderError, CommittedBlockMessage, Lane, PEER_MESSAGE_BYTES_MAX, PeerMessage, VerifiedBlock,
    VerifiedPeerMessage,
};
