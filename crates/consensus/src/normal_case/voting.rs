//! Votes: when a PREPARE or COMMIT goes out, and what is journalled before it.
//!
//! Invariants
//! - One PREPARE per (view, height), in height order, never above committed height + window.
//! - COMMIT only for the block PREPAREd there, with the prepared certificate in hand, in height order: the parent (same
//!   id) is committed here, or this replica sent COMMIT for it in this view.
//! - At or below the committed height only a re-proposed block that is the committed one is voted on.
//! - A prepared certificate counts as held, and COMMIT goes out, only for a block that was executed in this run or whose
//!   body the journal has: whoever COMMITs can serve every body and part.

use std::sync::Arc;

use carechain_crypto::{BlockId, Signature};
use carechain_types::{Certificate, CertificateKey, Commit, Height, Phase, Prepare, ReplicaId, Signed, View};

use crate::journal_entry::JournalEntry;
use crate::message::Message;
use crate::output::{Origin, Output, Outputs, Sin};
use crate::planted_bug::PlantedBug;
use crate::state::{Mode, PreparedBlock, Replica, Slot};
use crate::votes::Counted;

impl Replica {
    /// A PREPARE arrived.
    pub(crate) fn on_prepare(&mut self, from: ReplicaId, vote: &Signed<Prepare>, outputs: &mut Outputs) {
        let Prepare { view, height, block_id, .. } = vote.body;
        let key = self.vote_key(Phase::Prepare, view, height, block_id);
        self.on_vote(from, vote.member, &key, vote.signature, outputs);
    }

    /// A COMMIT arrived.
    pub(crate) fn on_commit(&mut self, from: ReplicaId, vote: &Signed<Commit>, outputs: &mut Outputs) {
        let Commit { view, height, block_id, .. } = vote.body;
        let key = self.vote_key(Phase::Commit, view, height, block_id);
        self.on_vote(from, vote.member, &key, vote.signature, outputs);
        self.gather_commits(&key);
    }

    fn on_vote(
        &mut self,
        from: ReplicaId,
        member: ReplicaId,
        key: &CertificateKey,
        signature: Signature,
        outputs: &mut Outputs,
    ) {
        self.claim(member, key.view);
        let counted = if self.votes_matter(key.height) {
            let (book, sin) = match key.phase {
                Phase::Prepare => (&mut self.prepares, Sin::TwoPrepares),
                Phase::Commit => (&mut self.commits, Sin::TwoCommits),
            };
            let counted = book.insert(member, key, signature);
            if counted == Counted::Conflict {
                outputs.push(Output::Evidence { member, sin });
            }
            counted
        } else {
            Counted::Late
        };
        // The last few votes for a block come after it is committed; who repeats one has not heard.
        let late = key.height < self.committed.height()
            || (key.height == self.committed.height() && counted != Counted::New);
        if late {
            self.answer_with_certificate(from, key.height, outputs);
        }
        self.dirty |= counted == Counted::New;
    }

    pub(crate) fn vote_key(
        &self,
        phase: Phase,
        view: View,
        height: Height,
        block_id: BlockId,
    ) -> CertificateKey {
        CertificateKey { phase, epoch: self.epoch(), view, height, block_id }
    }

    /// Casts every vote that the rules allow now, in height order.
    pub(crate) fn cast_votes(&mut self, outputs: &mut Outputs) {
        if !self.votes() {
            return;
        }
        let slots: Vec<_> = self.slots.iter().map(|(height, slot)| (*height, *slot)).collect();
        for (height, slot) in &slots {
            if !self.own.prepares.contains_key(height) && !self.cast_prepare(*height, slot, outputs) {
                break;
            }
        }
        for (height, slot) in &slots {
            self.gather_prepares(*height, slot, outputs);
            self.cast_commit(*height, slot, outputs);
        }
    }

    /// Sends PREPARE for an accepted block if its execution agrees; says whether the next height may be looked at.
    fn cast_prepare(&mut self, height: Height, slot: &Slot, outputs: &mut Outputs) -> bool {
        let may = if height <= self.committed.height() {
            self.is_re_proposed_again(height, slot)
        } else {
            height <= self.high_watermark() && self.blocks.is_valid(&slot.block_id)
        };
        if !may {
            return false;
        }
        let (epoch, view, block_id) = (self.epoch(), self.voting_view(), slot.block_id);
        let vote = self.sign(Prepare { epoch, view, height, block_id });
        if !self.config.has_planted(PlantedBug::VoteNotDurable) {
            outputs.push(Output::Persist(JournalEntry::Prepare(vote.clone())));
        }
        outputs.push(Output::Broadcast(Message::Prepare(vote.clone())));
        let key = self.vote_key(Phase::Prepare, view, height, block_id);
        self.prepares.insert(self.config.own, &key, vote.signature);
        self.own.prepares.insert(height, vote);
        self.dirty = true;
        true
    }

    /// Journals the prepared certificate of a block that this replica PREPAREd, once it is complete.
    fn gather_prepares(&mut self, height: Height, slot: &Slot, outputs: &mut Outputs) {
        let view = self.voting_view();
        // After a restart the PREPARE is in the journal and the bodies may be nowhere.
        let held =
            self.blocks.is_valid(&slot.block_id) || self.config.has_planted(PlantedBug::CommitWithoutBody);
        if height <= self.committed.height() || !held || !self.prepared_here(height, &slot.block_id) {
            return;
        }
        if self.prepared.get(&height).is_some_and(|known| known.certificate.view >= view) {
            return;
        }
        let key = self.vote_key(Phase::Prepare, view, height, slot.block_id);
        let Some(certificate) = self.prepares.certificate(&key, self.config.quorum()) else { return };
        let Some(block) = self.blocks.get(&slot.block_id) else { return };
        let Some(leaves) = &block.leaves else { return };
        let (header, leaves) = (block.header.clone(), leaves.as_ref().clone());
        let entry =
            JournalEntry::Prepared { certificate: certificate.clone(), header: header.clone(), leaves };
        outputs.push(Output::Persist(entry));
        let certificate = Arc::new(certificate);
        self.certificates.insert(key, Arc::clone(&certificate));
        self.prepared.insert(height, PreparedBlock { header, certificate });
        self.dirty = true;
    }

    /// Sends COMMIT if the rules allow it.
    fn cast_commit(&mut self, height: Height, slot: &Slot, outputs: &mut Outputs) {
        let (view, block_id) = (self.voting_view(), slot.block_id);
        if self.own.commits.contains_key(&height) || !self.prepared_here(height, &block_id) {
            return;
        }
        let certified = if height <= self.committed.height() {
            let key = self.vote_key(Phase::Prepare, view, height, block_id);
            self.prepares.certificate(&key, self.config.quorum()).is_some()
        } else {
            self.prepared.get(&height).is_some_and(|known| is_for(&known.certificate, view, &block_id))
        };
        if !certified || !self.may_commit_above_parent(height, slot) {
            return;
        }
        let vote = self.sign(Commit { epoch: self.epoch(), view, height, block_id });
        if !self.config.has_planted(PlantedBug::VoteNotDurable) {
            outputs.push(Output::Persist(JournalEntry::Commit(vote.clone())));
        }
        outputs.push(Output::Broadcast(Message::Commit(vote.clone())));
        let key = self.vote_key(Phase::Commit, view, height, block_id);
        self.commits.insert(self.config.own, &key, vote.signature);
        self.own.commits.insert(height, vote);
        if height > self.committed.height() {
            self.commit_votes.insert(height, block_id);
        }
        self.gather_commits(&key);
        self.dirty = true;
    }

    /// A block committed here that this view re-proposes.
    fn is_re_proposed_again(&self, height: Height, slot: &Slot) -> bool {
        slot.origin == Origin::Reproposed && self.committed.holds(height, &slot.block_id)
    }

    fn prepared_here(&self, height: Height, block_id: &BlockId) -> bool {
        self.own.prepares.get(&height).is_some_and(|vote| vote.body.block_id == *block_id)
    }

    /// COMMITs go out in height order, for the parent's id: a certificate for a block is one for its ancestors.
    fn may_commit_above_parent(&self, height: Height, slot: &Slot) -> bool {
        if height <= self.committed.height() {
            return self.is_re_proposed_again(height, slot);
        }
        let Some(block) = self.blocks.get(&slot.block_id) else { return false };
        let parent = block.header.parent;
        let Some(below) = height.checked_sub(1) else { return false };
        self.committed.holds(below, &parent)
            || self.own.commits.get(&below).is_some_and(|vote| vote.body.block_id == parent)
    }

    /// Makes the commit certificate once q COMMITs are there, of whatever view.
    fn gather_commits(&mut self, key: &CertificateKey) {
        if key.height <= self.committed.height() || self.certified.contains_key(&key.height) {
            return;
        }
        if let Some(certificate) = self.commits.certificate(key, self.config.quorum()) {
            self.learn_commit_certificate(certificate.into());
        }
    }

    /// Whether there are own votes of open heights.
    pub(crate) fn has_open_votes(&self) -> bool {
        let open = |last: Option<&Height>| last.is_some_and(|height| *height > self.committed.height());
        self.mode == Mode::Active
            && (open(self.proposed.keys().next_back())
                || open(self.own.prepares.keys().next_back())
                || open(self.own.commits.keys().next_back()))
    }

    /// Own votes of open heights, to be sent again.
    pub(crate) fn open_votes(&self) -> Vec<Message> {
        if self.mode != Mode::Active {
            return Vec::new();
        }
        let open = |height: &Height| *height > self.committed.height();
        let proposed = self.proposed.iter().filter(|(height, _)| open(height));
        let prepares = self.own.prepares.iter().filter(|(height, _)| open(height));
        let commits = self.own.commits.iter().filter(|(height, _)| open(height));
        proposed
            .map(|(_, signed)| Message::PrePrepare(signed.clone()))
            .chain(prepares.map(|(_, vote)| Message::Prepare(vote.clone())))
            .chain(commits.map(|(_, vote)| Message::Commit(vote.clone())))
            .collect()
    }
}

fn is_for(certificate: &Certificate, view: View, block_id: &BlockId) -> bool {
    certificate.view == view && certificate.block_id == *block_id
}
