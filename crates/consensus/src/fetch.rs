//! Fetching what is missing, and serving what is held.
//!
//! What is missing follows from the state: certificates that counted VIEW-CHANGEs name, VIEW-CHANGEs that a NEW-VIEW
//! names, the NEW-VIEW of a view one was pulled to, the leaves of a re-proposed block. Each is asked of one member at a
//! time and of the next one after the re-send interval.

use std::collections::{BTreeMap, BTreeSet};

use carechain_crypto::Digest;
use carechain_types::{Phase, ReplicaId, Signed, ViewChange};

use crate::journal_entry::ViewStart;
use crate::limits::FETCHES_MAX;
use crate::message::{Message, Wanted};
use crate::output::{Output, Outputs};
use crate::pending_new_view::PendingNewView;
use crate::state::{Asked, Mode, Replica, prepared_key, voters};

impl Replica {
    /// Asks for what is missing and was not asked for lately.
    pub(crate) fn fetch_missing(&mut self, outputs: &mut Outputs) {
        let mut missing = Vec::new();
        if self.mode != Mode::Stopped {
            self.missing_for_leading(&mut missing);
            self.missing_for_new_views(&mut missing);
            self.missing_leaves(&mut missing);
        }
        missing.truncate(FETCHES_MAX);
        let known: BTreeSet<_> = missing.iter().map(|(wanted, _)| *wanted).collect();
        self.asked.retain(|wanted, _| known.contains(wanted));
        for (wanted, first) in missing {
            let asked = self.asked.get(&wanted).copied();
            if asked.is_some_and(|asked| self.now < asked.at.after(self.config.timeouts.resend)) {
                continue;
            }
            let times = asked.map_or(0, |asked| asked.times);
            let Some(to) = self.candidate(&first, times) else { continue };
            self.asked.insert(wanted, Asked { at: self.now, times: times + 1 });
            outputs.push(Output::Send { to, message: Message::Fetch(wanted) });
        }
    }

    /// The member to ask at the given turn: those that must have it first, then everybody.
    fn candidate(&self, first: &[ReplicaId], turn: usize) -> Option<ReplicaId> {
        let own = self.config.own;
        let mut candidates: Vec<_> = first.iter().copied().filter(|member| *member != own).collect();
        let named: BTreeSet<_> = first.iter().copied().collect();
        candidates.extend(self.others().filter(|member| !named.contains(member)));
        let count = candidates.len();
        (count > 0).then(|| candidates[turn % count])
    }

    fn missing_for_leading(&self, missing: &mut Vec<(Wanted, Vec<ReplicaId>)>) {
        if self.mode != Mode::Waiting || !self.config.leads(self.view) {
            return;
        }
        for signed in self.view_changes.values().filter(|signed| signed.body.view == self.view) {
            self.missing_certificates(signed, &[], missing);
        }
    }

    fn missing_for_new_views(&self, missing: &mut Vec<(Wanted, Vec<ReplicaId>)>) {
        let mut distinct: BTreeMap<Digest, (&PendingNewView, Vec<ReplicaId>)> = BTreeMap::new();
        for (from, pending) in &self.new_views {
            distinct.entry(pending.digest).or_insert((pending, Vec::new())).1.push(*from);
        }
        // Each different NEW-VIEW gets one share, however many members delivered it. So a NEW-VIEW that names blocks which do
        // not exist takes no share from the others, and one that every member delivers is fetched as fast as if one had.
        let share = FETCHES_MAX / distinct.len().max(1);
        for (pending, deliverers) in distinct.into_values() {
            let view = pending.signed.body.view;
            let mut lacks = Vec::new();
            for (member, digest) in pending.missing() {
                let first = deliverers.iter().copied().chain([member]).collect();
                lacks.push((Wanted::ViewChange { member, view, digest }, first));
            }
            for signed in pending.view_changes.values() {
                self.missing_certificates(signed, &deliverers, &mut lacks);
            }
            lacks.truncate(share);
            missing.extend(lacks);
        }
        let here = self.new_views.values().any(|pending| pending.signed.body.view == self.view);
        if self.mode == Mode::Waiting && !self.config.leads(self.view) && !here {
            let claiming =
                self.claims.iter().filter(|(_, view)| **view >= self.view).map(|(member, _)| *member);
            let first = core::iter::once(self.primary()).chain(claiming).collect();
            missing.push((Wanted::NewView(self.view), first));
        }
    }

    fn missing_certificates(
        &self,
        signed: &Signed<ViewChange>,
        holders: &[ReplicaId],
        missing: &mut Vec<(Wanted, Vec<ReplicaId>)>,
    ) {
        for prepared in &signed.body.prepared {
            let key = prepared_key(self.epoch(), prepared.view, &prepared.header);
            if !self.certificates.contains_key(&key) {
                let first = holders.iter().copied().chain([signed.member]).collect();
                missing.push((Wanted::Certificate(key), first));
            }
        }
    }

    fn missing_leaves(&self, missing: &mut Vec<(Wanted, Vec<ReplicaId>)>) {
        let next = self.committed.height().next();
        let accepted = self.slots.range(next..).map(|(_, slot)| slot.block_id);
        let certified = self.certified.get(&next).map(|certificate| certificate.block_id);
        let wanted: BTreeSet<_> = accepted.chain(certified).collect();
        for block_id in wanted {
            if self.blocks.get(&block_id).is_none_or(|block| block.leaves.is_some()) {
                continue;
            }
            let prepared = self.certificates.iter().filter(|(key, _)| key.block_id == block_id);
            let first = prepared.flat_map(|(_, certificate)| voters(certificate)).collect();
            missing.push((Wanted::Leaves(block_id), first));
        }
    }

    /// A member asks for something: what is held is sent, what is not held is not answered.
    pub(crate) fn on_fetch(&mut self, from: ReplicaId, wanted: Wanted, outputs: &mut Outputs) {
        if from == self.config.own || !self.answers.grants_fetch(from, self.now) {
            return;
        }
        if let Wanted::Committed(height) = wanted {
            if height <= self.committed.height() && height.get() > 0 {
                self.serve_committed(from, height, outputs);
            }
            return;
        }
        if let Some(message) = self.held(wanted) {
            outputs.push(Output::Send { to: from, message });
        }
    }

    fn serve_committed(&self, to: ReplicaId, height: carechain_types::Height, outputs: &mut Outputs) {
        outputs.push(match self.committed.certificate_at(height) {
            Some(certificate) => {
                Output::Send { to, message: Message::Certificate(certificate.as_ref().clone()) }
            }
            None => Output::ServeCommitted { to, height },
        });
    }

    fn held(&self, wanted: Wanted) -> Option<Message> {
        match wanted {
            Wanted::Certificate(key) => {
                let held = match key.phase {
                    Phase::Prepare => self.certificates.get(&key),
                    Phase::Commit => self
                        .committed
                        .certificate_at(key.height)
                        .or_else(|| self.certified.get(&key.height))
                        .filter(|held| held.block_id == key.block_id),
                };
                held.map(|certificate| Message::Certificate(certificate.as_ref().clone()))
            }
            Wanted::Committed(_) => None,
            Wanted::ViewChange { member, view, digest } => self
                .view_changes
                .get(&member)
                .into_iter()
                .chain(self.started_by())
                .chain(self.new_views.values().filter_map(|pending| pending.view_changes.get(&member)))
                .find(|signed| {
                    signed.member == member && signed.body.view == view && signed.body.digest() == digest
                })
                .map(|signed| Message::ViewChange(signed.clone())),
            Wanted::NewView(view) => match &self.start {
                ViewStart::NewView { new_view, .. } if new_view.body.view == view => {
                    Some(Message::NewView(new_view.clone()))
                }
                ViewStart::Certificate { certificate, .. } if certificate.view == view => {
                    Some(Message::Certificate(certificate.clone()))
                }
                _ => None,
            },
            Wanted::Leaves(block_id) => {
                let leaves = self.blocks.get(&block_id)?.leaves.as_ref()?;
                Some(Message::Leaves { block_id, leaves: leaves.as_ref().clone() })
            }
        }
    }
}
