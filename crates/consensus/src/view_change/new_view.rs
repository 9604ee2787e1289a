//! NEW-VIEW: made by the new primary, recomputed by every backup.
//!
//! Invariants
//! - It names exactly q distinct VIEW-CHANGEs of its view, whose certificates the primary holds.
//! - A backup accepts it only with all of them and their certificates in hand, and only if its own choice is the same.
//! - It accepts one of a view, any valid one: a faulty primary may make several. What it cannot complete, or finds false,
//!   keeps out no other, and makes it leave the view by the timer alone.

use std::collections::BTreeMap;

use carechain_crypto::BlockId;
use carechain_types::{BoundedVec, Certificate, NewView, ReplicaId, Signed, View, ViewChange};

use super::choice::choose;
use crate::journal_entry::ViewStart;
use crate::message::Message;
use crate::output::{Output, Outputs, Sin};
use crate::pending_new_view::{Judged, PendingNewView};
use crate::planted_bug::PlantedBug;
use crate::state::{Leading, Mode, Replica, prepared_key};

impl Replica {
    /// The new primary: makes the NEW-VIEW once q VIEW-CHANGEs count.
    pub(crate) fn try_to_lead(&mut self, outputs: &mut Outputs) {
        if self.mode != Mode::Waiting || !self.config.leads(self.view) || !self.takes_part() {
            return;
        }
        let counted: Vec<_> = self
            .view_changes
            .values()
            .filter(|signed| signed.body.view == self.view && self.holds_all_of(&signed.body))
            .take(self.config.quorum())
            .cloned()
            .collect();
        if counted.len() < self.config.quorum() {
            return;
        }
        let named = counted.iter().map(|signed| (signed.member, signed.body.digest())).collect();
        let body = NewView {
            epoch: self.epoch(),
            view: self.view,
            view_changes: BoundedVec::new(named).expect("a quorum has no more members than the membership"),
            blocks: self.re_proposed(&counted),
        };
        let signed = self.sign(body);
        let start = self.view_start(signed.clone(), counted);
        self.enter(self.view, start, Leading::Yes, outputs);
        outputs.push(Output::Broadcast(Message::NewView(signed)));
    }

    /// Ids of the blocks that follow from these VIEW-CHANGEs.
    fn re_proposed<const MAX: usize>(&self, counted: &[Signed<ViewChange>]) -> BoundedVec<BlockId, MAX> {
        if self.config.has_planted(PlantedBug::WrongChoice) {
            return BoundedVec::empty();
        }
        let bodies: Vec<_> = counted.iter().map(|signed| &signed.body).collect();
        let choice = choose(self.config.genesis, &bodies);
        let ids = choice.blocks.into_iter().map(carechain_types::Header::id).take(MAX).collect();
        BoundedVec::new(ids).expect("no more were taken")
    }

    fn view_start(&self, new_view: Signed<NewView>, view_changes: Vec<Signed<ViewChange>>) -> ViewStart {
        let mut certificates: BTreeMap<_, Certificate> = BTreeMap::new();
        for prepared in view_changes.iter().flat_map(|signed| signed.body.prepared.iter()) {
            let key = prepared_key(self.epoch(), prepared.view, &prepared.header);
            if let Some(certificate) = self.certificates.get(&key) {
                certificates.insert(key, certificate.as_ref().clone());
            }
        }
        ViewStart::NewView { new_view, view_changes, certificates: certificates.into_values().collect() }
    }

    /// A NEW-VIEW arrived, from its primary, or from a member that accepted it.
    pub(crate) fn on_new_view(&mut self, from: ReplicaId, signed: Signed<NewView>, outputs: &mut Outputs) {
        let (member, view) = (signed.member, signed.body.view);
        if member == self.config.own {
            return;
        }
        let named = &signed.body.view_changes;
        let ascending = named.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if member != self.config.membership.primary(view) {
            outputs.push(Output::Evidence { member, sin: Sin::NotPrimary });
            return;
        }
        let is_quorum = named.len() == self.config.quorum() && ascending;
        if !is_quorum && !self.config.has_planted(PlantedBug::NewViewOfFewer) {
            outputs.push(Output::Evidence { member, sin: Sin::FalseNewView });
            return;
        }
        self.claim(member, view);
        let wanted = view > self.view || (view == self.view && self.mode == Mode::Waiting);
        let mut pending = PendingNewView::new(signed);
        if !wanted || self.new_views.get(&from).is_some_and(|known| !pending.supersedes(known)) {
            return;
        }
        let differs =
            |other: &PendingNewView| other.signed.body.view == view && other.digest != pending.digest;
        if self.new_views.values().any(differs) {
            outputs.push(Output::Evidence { member, sin: Sin::TwoNewViews });
        }
        for known in self.view_changes.values() {
            pending.supply(known);
        }
        self.new_views.insert(from, pending);
        self.dirty = true;
    }

    /// Gives a VIEW-CHANGE to the NEW-VIEWs that wait for it.
    pub(crate) fn supply_view_change(&mut self, signed: &Signed<ViewChange>) {
        for pending in self.new_views.values_mut() {
            self.dirty |= pending.supply(signed);
        }
    }

    /// A backup: accepts a NEW-VIEW that is complete and true.
    pub(crate) fn try_new_views(&mut self, outputs: &mut Outputs) {
        self.new_views.retain(|_, pending| {
            let view = pending.signed.body.view;
            view > self.view || (view == self.view && self.mode == Mode::Waiting)
        });
        while let Some(from) = self.complete_new_view() {
            let Some(pending) = self.new_views.get(&from) else { return };
            let signed = pending.signed.clone();
            let view = signed.body.view;
            let view_changes: Vec<_> = pending.view_changes.values().cloned().collect();
            if self.re_proposed(&view_changes) == signed.body.blocks {
                let start = self.view_start(signed, view_changes);
                self.enter(view, start, Leading::No, outputs);
                return;
            }
            // To leave the view for it would let a faulty primary send one replica out of a view that all others are in.
            outputs.push(Output::Evidence { member: signed.member, sin: Sin::FalseNewView });
            if let Some(pending) = self.new_views.get_mut(&from) {
                pending.refuse();
            }
        }
    }

    /// Who delivered a NEW-VIEW that can be judged: of several the one of the latest view, an earlier one is over.
    fn complete_new_view(&self) -> Option<ReplicaId> {
        let complete = self.new_views.iter().filter(|(_, pending)| {
            pending.judged == Judged::Open
                && pending.missing().next().is_none()
                && pending.view_changes.values().all(|signed| self.holds_all_of(&signed.body))
        });
        complete.max_by_key(|(_, pending)| pending.signed.body.view).map(|(from, _)| *from)
    }

    /// Sends what let this replica into its view to a member that has not arrived there.
    pub(crate) fn answer_with_new_view(&mut self, to: ReplicaId, outputs: &mut Outputs) {
        if !self.answers.grants_new_view(to, self.now, self.config.timeouts.resend.half()) {
            return;
        }
        let message = match &self.start {
            ViewStart::First => return,
            ViewStart::NewView { new_view, .. } => Message::NewView(new_view.clone()),
            ViewStart::Certificate { certificate, .. } => Message::Certificate(certificate.clone()),
        };
        outputs.push(Output::Send { to, message });
    }

    /// The view that was started last by NEW-VIEW or certificate; `None` in the first.
    pub(crate) const fn view_started(&self) -> Option<View> {
        match &self.start {
            ViewStart::First => None,
            ViewStart::NewView { new_view, .. } => Some(new_view.body.view),
            ViewStart::Certificate { certificate, .. } => Some(certificate.view),
        }
    }

    /// The VIEW-CHANGEs that started this view.
    pub(crate) fn started_by(&self) -> &[Signed<ViewChange>] {
        match &self.start {
            ViewStart::NewView { view_changes, .. } => view_changes,
            ViewStart::First | ViewStart::Certificate { .. } => &[],
        }
    }
}
