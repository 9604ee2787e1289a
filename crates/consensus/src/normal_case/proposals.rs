//! Proposals: what the primary sends, what a backup accepts.
//!
//! Invariants
//! - Accepted blocks of a view stand in height order without gaps; each one's parent is the block accepted one below.
//! - A block that contradicts a journalled vote of this view is not accepted.
//! - A fresh block is accepted only above everything that the NEW-VIEW re-proposes.

use std::sync::Arc;

use carechain_crypto::BlockId;
use carechain_types::{Header, Height, PrePrepare, ReplicaId, Signed, View};

use super::header_rules;
use super::timing::{Timing, judge};
use crate::arrival::Arrival;
use crate::block_pool::Check;
use crate::held_proposals::{HeldProposal, Judged};
use crate::input::Verdict;
use crate::limits::proposals_per_member_max;
use crate::message::{Message, SharedLeaves};
use crate::output::{Origin, Output, Outputs, Sin};
use crate::planted_bug::PlantedBug;
use crate::state::{Leading, Mode, ProposalSlot, Replica, Slot};

impl Replica {
    /// Where a block may be proposed now. The engine answers with [`crate::Input::Proposal`] when its mempool has
    /// something, and leaves it otherwise: an idle chain makes no blocks.
    #[must_use]
    pub fn wants_proposal(&self) -> Option<ProposalSlot> {
        if self.mode != Mode::Active || self.leading != Leading::Yes || !self.takes_part() {
            return None;
        }
        let parent_header = self.tip()?.clone();
        let height = parent_header.height.next();
        let parent = parent_header.id();
        let executed = parent == self.committed.block_id() || self.blocks.is_valid(&parent);
        // A certified height above the tip: others are ahead, catch up first.
        let behind = !self.certified.is_empty();
        if height > self.high_watermark() || !executed || behind || self.own.prepares.contains_key(&height) {
            return None;
        }
        Some(ProposalSlot { view: self.view, height, parent, parent_header })
    }

    /// The engine's block for a slot; one that fits no longer is dropped.
    pub(crate) fn on_own_proposal(
        &mut self,
        view: View,
        header: Header,
        leaves: SharedLeaves,
        outputs: &mut Outputs,
    ) {
        let block_id = header.id();
        let height = header.height;
        let body = PrePrepare { epoch: self.epoch(), view, height, header, leaves: leaves.as_ref().clone() };
        let fits = self.wants_proposal().is_some_and(|slot| {
            slot.view == view
                && slot.height == height
                && slot.parent == body.header.parent
                && body.header.time > slot.parent_header.time
        });
        if !fits || !header_rules::is_well_formed(&body, &self.config.chain_id, &self.config.membership) {
            outputs.push(Output::Dropped(vec![block_id]));
            return;
        }
        self.blocks.add(block_id, &body.header, Some(leaves));
        if let Some(block) = self.blocks.get_mut(&block_id) {
            block.check = Check::Done(Verdict::Valid);
        }
        self.accept(height, block_id, Origin::Fresh);
        // Needs no sync of its own: a restarted primary never proposes again in a view it led.
        let signed = self.sign(body);
        outputs.push(Output::Broadcast(Message::PrePrepare(signed.clone())));
        self.proposed.insert(height, signed);
    }

    /// A PRE-PREPARE arrived: judge its header, hold it until it can be accepted.
    pub(crate) fn on_pre_prepare(
        &mut self,
        from: ReplicaId,
        arrival: Arrival,
        signed: Signed<PrePrepare>,
        outputs: &mut Outputs,
    ) {
        let body = &signed.body;
        let (view, height, member) = (body.view, body.height, signed.member);
        if member != self.config.membership.primary(view) {
            outputs.push(Output::Evidence { member, sin: Sin::NotPrimary });
            return;
        }
        self.claim(member, view);
        if height <= self.committed.height() {
            self.answer_with_certificate(from, height, outputs);
            return;
        }
        if view < self.view || member == self.config.own {
            return;
        }
        let block_id = body.header.id();
        let accepted = self.slots.get(&height).filter(|_| view == self.view && self.mode == Mode::Active);
        let first = accepted
            .map(|slot| slot.block_id)
            .or_else(|| self.held.get(member, view, height).map(|held| held.block_id));
        if let Some(first) = first {
            if first != block_id {
                outputs.push(Output::Evidence { member, sin: Sin::TwoProposals });
            }
            return;
        }
        if !header_rules::is_well_formed(body, &self.config.chain_id, &self.config.membership) {
            outputs.push(Output::Evidence { member, sin: Sin::BadHeader });
            return;
        }
        let each_once = header_rules::holds_each_once(&body.leaves);
        if !each_once && !self.config.has_planted(PlantedBug::TransactionTwice) {
            outputs.push(Output::Evidence { member, sin: Sin::RepeatedTransaction });
            return;
        }
        // A block that the journal has a vote for was judged before the restart.
        let voted = view == self.view
            && self.own.prepares.get(&height).is_some_and(|vote| vote.body.block_id == block_id);
        let judged = if voted { Judged::BeforeRestart } else { Judged::Open };
        let leaves = Arc::new(body.leaves.clone());
        let places = proposals_per_member_max(self.config.window.get());
        self.held.insert(HeldProposal { signed, block_id, leaves, arrival, judged }, places);
        self.dirty = true;
    }

    /// Accepts held proposals that have become acceptable, in height order.
    pub(crate) fn accept_held(&mut self, outputs: &mut Outputs) {
        while self.mode == Mode::Active {
            let Some(tip) = self.tip() else { return };
            let (tip, height) = (tip.clone(), tip.height.next());
            if height > self.high_watermark() || !self.is_due(&tip, outputs) {
                return;
            }
            let primary = self.primary();
            let Some(held) = self.held.remove(primary, self.view, height) else { return };
            let header = &held.signed.body.header;
            if header.parent != tip.id() || self.contradicts_own_vote(height, &held.block_id) {
                continue;
            }
            if header.time <= tip.time {
                outputs.push(Output::Evidence { member: primary, sin: Sin::BadHeader });
                continue;
            }
            self.blocks.add(held.block_id, header, Some(held.leaves));
            self.accept(height, held.block_id, Origin::Fresh);
        }
    }

    /// Whether the proposal for the place above `tip` is here and its time lets it be looked at.
    fn is_due(&mut self, tip: &Header, outputs: &mut Outputs) -> bool {
        let (primary, now) = (self.primary(), self.moment());
        let Some(held) = self.held.get_mut(primary, self.view, tip.height.next()) else { return false };
        let header = &held.signed.body.header;
        if held.judged == Judged::BeforeRestart || header.parent != tip.id() || header.time <= tip.time {
            return true;
        }
        match judge(header, tip, held.arrival, now) {
            Timing::Due(due) => due <= now.steady,
            Timing::Off(offset) => {
                // It stays: this clock may be the wrong one, and be set right while the view lasts.
                if core::mem::replace(&mut held.judged, Judged::Refused) != Judged::Refused {
                    self.refuse_clock(primary, offset, outputs);
                }
                false
            }
        }
    }

    /// Whether the journal has a vote of this view for another block at this height.
    pub(crate) fn contradicts_own_vote(&self, height: Height, block_id: &BlockId) -> bool {
        self.own.prepares.get(&height).is_some_and(|vote| vote.body.block_id != *block_id)
            || self.own.commits.get(&height).is_some_and(|vote| vote.body.block_id != *block_id)
    }

    /// Puts a block at its height of this view.
    pub(crate) fn accept(&mut self, height: Height, block_id: BlockId, origin: Origin) {
        self.slots.insert(height, Slot { block_id, origin, accepted: self.now });
        self.dirty = true;
    }
}
