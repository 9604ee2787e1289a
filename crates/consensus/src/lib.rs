//! PBFT as a pure state machine.

mod config;
mod input;
mod journal_entry;
pub mod limits;
mod message;
mod output;
mod planted_bug;
mod recovery;
mod state;
mod status;
mod step;

pub use config::{Config, Timeouts, Window};
pub use input::{Input, PendingTransaction, Verdict};
pub use journal_entry::{JournalEntry, ViewStart, retained};
pub use message::{Leaves, Message, SharedLeaves, VerifiedMessage, Wanted};
pub use output::{Origin, Output, Outputs, Sin, Suspicion};
pub use planted_bug::PlantedBug;
pub use recovery::{CommittedHead, RecoverError};
pub use state::{ProposalSlot, Replica};
pub use status::{Phase, Status};
