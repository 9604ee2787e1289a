//! Copies after publishing: every holder that placement names sees to its own.
//!
//! A committed abstract names the file; when its publisher has not brought this hospital's copy within the grace, this
//! hospital fetches it from any that has it. So any surviving holder completes the copies, and a corrupt or missing
//! chunk is fetched the same way. A failing file waits, longer each time, and never holds up another: where there is no
//! room, the one that is due last makes way, and the runner is told.
//!
//! The runner answers [`RepairOutput::Check`] from its store, executes fetches, and keeps what
//! [`RepairOutput::Save`] says across restarts. A sweep that passes every file of the ledger through
//! [`RepairInput::Published`] now and then finds what was forgotten.

mod file;
mod input;
mod output;
mod state;
mod step;

pub use file::{HeldFile, Lacking, OtherCopies, Retry};
pub use input::RepairInput;
pub use output::RepairOutput;
pub use state::{BelowPolicy, Repair, RepairSettings};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
