//! A node whose disk is nearly full withholds its votes and goes on serving reads: a journal that cannot be written stops
//! the whole node.

use std::path::PathBuf;
use std::time::Duration;

use carechain_consensus::Voting;
use carechain_engine::Input;
use carechain_process::Supervisor;
use tokio_util::sync::CancellationToken;

use crate::engine_thread::EngineHandle;
use crate::status::free_percent;

/// What is watched, and who is told.
pub(super) struct DiskWatch {
    /// Any folder on the disk.
    pub folder: PathBuf,
    /// Free space below which votes are withheld, percent; 0: never.
    pub reserve: u8,
    /// The engine.
    pub engine: EngineHandle,
}

/// Between two looks: a disk loses a percent in seconds at most.
const LOOK: Duration = Duration::from_secs(1);

impl DiskWatch {
    /// Watches in a thread of its own until the node is told to stop.
    pub(super) fn start(self, supervisor: &Supervisor) -> std::io::Result<()> {
        let stop = supervisor.stop_token();
        supervisor.thread("disk", move || self.run(&stop)).map(drop)
    }

    fn run(&self, stop: &CancellationToken) {
        let mut voting = Voting::Allowed;
        while !stop.is_cancelled() {
            // A disk that does not say how full it is withholds nothing; one that cannot be written stops the node.
            let free = free_percent(&self.folder).unwrap_or(100);
            let next = next(voting, free, u64::from(self.reserve));
            if next != voting {
                tracing::warn!(free_percent = free, reserve = self.reserve, voting = ?next, "free disk space");
                if self.engine.input(Input::Voting(next)).is_err() {
                    return;
                }
                voting = next;
            }
            std::thread::sleep(LOOK);
        }
    }
}

/// Votes come back with a percent to spare, so that they do not come and go.
const fn next(voting: Voting, free: u64, reserve: u64) -> Voting {
    match voting {
        Voting::Allowed if free < reserve => Voting::Withheld,
        Voting::Withheld if free > reserve => Voting::Allowed,
        voting => voting,
    }
}

#[cfg(test)]
mod tests;
