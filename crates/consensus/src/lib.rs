//! PBFT as a pure state machine.

mod answers;
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
mod message;
mod normal_case;
mod output;
mod planted_bug;
mod recovery;
mod state;
mod status;
mod step;
mod timers;
mod view_change;
mod votes;

pub use committed::CommittedHead;
pub use config::{Config, Timeouts, Window};
pub use input::{Input, PendingTransaction, Verdict};
pub use journal_entry::{JournalEntry, ViewStart, retained};
pub use message::{Leaves, Message, SharedLeaves, VerifiedMessage, Wanted};
pub use output::{Origin, Output, Outputs, Sin, Suspicion};
pub use planted_bug::PlantedBug;
pub use recovery::RecoverError;
pub use state::{ProposalSlot, Replica};
pub use status::{Phase, Status};
