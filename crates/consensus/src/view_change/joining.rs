//! Following others into later views.
//!
//! A member's claim is the highest view it signed anything for. f + 1 claims of higher views hold an honest one: they
//! pull this replica to the (f+1)-th highest, and no single member moves it anywhere, whatever number it names.

use carechain_types::{ReplicaId, View};

use crate::output::{Outputs, Suspicion};
use crate::state::{Leading, Mode, Replica};

impl Replica {
    /// Notes that a member signed something for a view.
    pub(crate) fn claim(&mut self, member: ReplicaId, view: View) {
        let claimed = self.claims.entry(member).or_insert(view);
        if *claimed < view {
            *claimed = view;
            self.dirty = true;
        }
    }

    /// Members, this one included, that claim a view or a later one.
    pub(crate) fn claims_of(&self, view: View) -> usize {
        self.claims.values().filter(|claimed| **claimed >= view).count()
    }

    /// f + 1 claims of later views: go to the (f+1)-th highest.
    pub(crate) fn follow_claims(&mut self, outputs: &mut Outputs) {
        let mut views: Vec<_> = self
            .claims
            .iter()
            .filter(|(member, _)| **member != self.config.own)
            .map(|(_, view)| *view)
            .collect();
        views.sort_unstable_by(|left, right| right.cmp(left));
        let Some(target) = views.get(self.config.one_honest() - 1).copied() else { return };
        if target > self.view {
            self.start_view_change(target, Suspicion::OthersLeft, outputs);
        }
    }

    /// Whether this replica leads a view that a member has left alone. That member follows without voting, and nothing but
    /// a later view brings it back. It may be a faulty one that says so for ever: the view must have lasted.
    pub(crate) fn leaves_behind(&self) -> bool {
        let leads = self.mode == Mode::Active && self.leading == Leading::Yes && self.takes_part();
        leads && self.view_changes.values().any(|signed| signed.body.view > self.view)
    }

    /// Whether others go on in an earlier view than the one this replica waits for: in which.
    pub(crate) fn followed(&self) -> Option<View> {
        let waits = self.mode == Mode::Waiting && self.clock.committed > self.clock.moved;
        let certificate = self.committed.certificate().filter(|_| waits)?;
        (certificate.view < self.view).then_some(certificate.view)
    }

    /// The primary of this view wants a later one: it will not lead this one, so go on at once.
    pub(crate) fn follow_primary(&mut self, outputs: &mut Outputs) {
        // Each round ends at a primary that has not left; at most f faulty ones can be passed this way.
        for _ in 0..self.config.membership.members.len() {
            let primary = self.primary();
            let left = self.view_changes.get(&primary).is_some_and(|signed| signed.body.view > self.view);
            if primary == self.config.own || !left || self.mode == Mode::Stopped {
                return;
            }
            self.start_view_change(self.view.next(), Suspicion::PrimaryLeft, outputs);
        }
    }
}
