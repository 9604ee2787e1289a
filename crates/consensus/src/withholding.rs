//! Silence on demand: a replica that withholds its votes is to the others as one that is down.
//!
//! Invariants
//! - Safety needs nothing of it: no rule counts on a vote that was not cast, and what was cast stays in the journal.
//! - The primary says that it leaves before it falls silent, so that nobody waits for it.

use crate::input::Voting;
use crate::output::{Outputs, Suspicion};
use crate::state::{Mode, Replica};

impl Replica {
    /// The engine says whether this replica may vote.
    pub(crate) fn on_voting(&mut self, voting: Voting, outputs: &mut Outputs) {
        if voting == self.voting {
            return;
        }
        if voting == Voting::Withheld && self.mode == Mode::Active && self.config.leads(self.view) {
            self.start_view_change(self.view.next(), Suspicion::Abdicated, outputs);
        }
        self.voting = voting;
        // It did not watch its primary meanwhile.
        self.clock.progress = self.now;
        self.dirty = true;
    }

    /// Whether this replica may propose, vote and leave views.
    pub(crate) fn takes_part(&self) -> bool {
        self.voting == Voting::Allowed
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
