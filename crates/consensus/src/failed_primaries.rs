//! Primaries that failed recently, by committed history: they get a shorter patience.
//!
//! A committed block first proposed in a later view than its parent says that the primaries between them failed. All
//! replicas see the same history, so no false accusation enters. It never changes who the primary is.
//!
//! Each name lives for a while by the steady clock. The time in the block counts only as its age when the block comes, and
//! at most back to now: one of the future, as wrong clocks wrote it, makes no name live longer.

use carechain_types::{Membership, ReplicaId, Span, Time, View};

/// At most f names, the newest last.
#[derive(Clone, Debug, Default)]
pub(crate) struct FailedPrimaries(Vec<(ReplicaId, Time)>);

impl FailedPrimaries {
    /// Learns from a committed block: `parent_view` is the view of its parent's first proposal, `since` when it was
    /// proposed, by the steady clock.
    pub(crate) fn learn(&mut self, membership: &Membership, parent_view: View, view: View, since: Time) {
        let names_max = membership.quorum().faulty_max();
        let skipped = view.get().saturating_sub(parent_view.get());
        // Of many skipped views only the last f can leave a name.
        for back in (1..=skipped.min(names_max as u64)).rev() {
            if let Some(failed) = view.checked_sub(back) {
                let name = membership.primary(failed);
                self.0.retain(|(known, _)| *known != name);
                self.0.push((name, since));
            }
        }
        let recovered = membership.primary(view);
        self.0.retain(|(known, _)| *known != recovered);
        let surplus = self.0.len().saturating_sub(names_max);
        self.0.drain(..surplus);
    }

    /// Whether a member failed within `life` before `now`, by the steady clock.
    pub(crate) fn contains(&self, member: ReplicaId, now: Time, life: Span) -> bool {
        self.0.iter().any(|(name, at)| *name == member && now <= at.after(life))
    }
}
