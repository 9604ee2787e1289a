//! Leaving a view: the own VIEW-CHANGE, and what the VIEW-CHANGEs of others must look like.
//!
//! Invariants
//! - After VIEW-CHANGE(w) no new PREPARE or COMMIT below w, ever.
//! - It names the highest commit certificate held and, for every height above it with a prepared certificate in the
//!   journal, the one of highest view; this replica holds and serves all of them.

use carechain_types::{BoundedVec, Prepared, ReplicaId, Signed, View, ViewChange};

use crate::journal_entry::JournalEntry;
use crate::limits::prepared_max;
use crate::message::Message;
use crate::output::{Output, Outputs, Sin, Suspicion};
use crate::planted_bug::PlantedBug;
use crate::state::{Leading, Mode, OwnVotes, Replica, prepared_key};

impl Replica {
    /// Leaves every view below `target`.
    pub(crate) fn start_view_change(&mut self, target: View, reason: Suspicion, outputs: &mut Outputs) {
        if self.mode == Mode::Stopped || target <= self.view || !self.takes_part() {
            return;
        }
        let (view, primary) = (self.view, self.primary());
        outputs.push(Output::Suspected { view, primary, reason });
        let signed = self.sign(self.own_view_change(target));
        outputs.push(Output::Persist(JournalEntry::ViewChange(signed.clone())));
        outputs.push(Output::Broadcast(Message::ViewChange(signed.clone())));
        self.wait_for(signed);
    }

    /// Takes an own VIEW-CHANGE, new or read back, as this replica's standing.
    pub(crate) fn wait_for(&mut self, signed: Signed<ViewChange>) {
        self.view = signed.body.view;
        self.mode = Mode::Waiting;
        self.leading = Leading::No;
        if !self.config.has_planted(PlantedBug::VotesBelowViewChange) {
            self.slots.clear();
            self.own = OwnVotes::default();
        }
        self.proposed.clear();
        self.clock.quorum_waits = None;
        self.clock.resent = self.now;
        self.clock.moved = self.now;
        self.claims.insert(self.config.own, self.view);
        self.view_changes.insert(self.config.own, signed);
        self.forget_old_certificates();
        self.dirty = true;
    }

    fn own_view_change(&self, view: View) -> ViewChange {
        let committed = self.highest_certificate().map(|certificate| certificate.as_ref().clone());
        let above = committed.as_ref().map(|certificate| certificate.height);
        let mut prepared = BoundedVec::empty();
        for (height, block) in &self.prepared {
            // The hole of an earlier wording had two halves: this one cut the report to the window.
            let cut =
                self.config.has_planted(PlantedBug::CommittedNotDurable) && *height > self.high_watermark();
            let forgotten = self.config.has_planted(PlantedBug::ReportsThisViewAlone)
                && self.view_started().is_some_and(|started| block.certificate.view < started);
            if cut || forgotten || above.is_some_and(|above| *height <= above) {
                continue;
            }
            let entry = Prepared {
                header: block.header.clone(),
                view: block.certificate.view,
                certificate_digest: block.certificate.digest(),
            };
            prepared.push(entry).expect("no more heights than the window are prepared");
        }
        ViewChange { epoch: self.epoch(), member: self.config.own, view, committed, prepared }
    }

    /// A VIEW-CHANGE arrived, from its sender or fetched.
    pub(crate) fn on_view_change(
        &mut self,
        from: ReplicaId,
        signed: Signed<ViewChange>,
        outputs: &mut Outputs,
    ) {
        let member = signed.member;
        if member == self.config.own {
            return;
        }
        if !self.is_well_formed(&signed.body) {
            outputs.push(Output::Evidence { member, sin: Sin::BadViewChange });
            return;
        }
        self.claim(member, signed.body.view);
        if let Some(certificate) = &signed.body.committed {
            self.learn_commit_certificate(certificate.clone().into());
        }
        self.supply_view_change(&signed);
        // Fetched ones come from others: only the sender itself is answered.
        if from == member && self.mode == Mode::Active && signed.body.view <= self.view {
            self.answer_with_new_view(member, outputs);
        }
        let newer = self.view_changes.get(&member).is_none_or(|known| known.body.view < signed.body.view);
        if newer {
            self.view_changes.insert(member, signed);
            self.dirty = true;
        }
    }

    fn is_well_formed(&self, body: &ViewChange) -> bool {
        let committed = body.committed.as_ref();
        let height = committed.map_or(0, |certificate| certificate.height.get());
        let certificate_fits = committed.is_none_or(|certificate| {
            certificate.phase == carechain_types::Phase::Commit && certificate.height.get() > 0
        });
        let heights = || body.prepared.iter().map(|prepared| prepared.header.height.get());
        let ascending = heights().zip(heights().skip(1)).all(|(below, above)| below < above);
        certificate_fits
            && body.prepared.len() <= prepared_max(self.config.window.get())
            && ascending
            && heights().all(|at| at > height)
            && body.prepared.iter().all(|prepared| prepared.view < body.view)
    }

    /// Whether this replica holds every certificate that a VIEW-CHANGE names.
    pub(crate) fn holds_all_of(&self, body: &ViewChange) -> bool {
        body.prepared.iter().all(|prepared| {
            self.certificates.contains_key(&prepared_key(self.epoch(), prepared.view, &prepared.header))
        })
    }

    /// Drops prepared certificates that no VIEW-CHANGE, own block or pending NEW-VIEW names.
    pub(crate) fn forget_old_certificates(&mut self) {
        let epoch = self.epoch();
        let mut named: std::collections::BTreeSet<_> =
            self.prepared.values().map(|block| block.certificate.key()).collect();
        let pending = self.new_views.values().flat_map(|pending| pending.view_changes.values());
        for signed in self.view_changes.values().chain(pending).chain(self.started_by()) {
            let keys = signed.body.prepared.iter();
            named.extend(keys.map(|prepared| prepared_key(epoch, prepared.view, &prepared.header)));
        }
        self.certificates.retain(|key, _| named.contains(key));
    }
}
