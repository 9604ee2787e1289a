//! A primary whose proposals lie well: everything in them fits together, but for one promise.
//!
//! Source: mutants of our own checks that nothing but a unit test noticed: other outcomes than the contract gives, a
//! transaction twice in a block, a transaction of an earlier block again.

use std::collections::BTreeMap;

use carechain_consensus::Message;
use carechain_crypto::Digest;
use carechain_engine::PeerMessage;
use carechain_types::{BoundedVec, Height, PrePrepare, Signed, View};

use super::bend::{Bend, Fate, Outgoing, Tools};
use super::hoard::Hoard;

#[derive(Default)]
pub(crate) struct LyingPrimary {
    hoard: Hoard,
    /// What it says in place of its engine's proposals; `None` where it says the truth.
    lies: BTreeMap<(View, Height), Option<Signed<PrePrepare>>>,
}

impl Bend for LyingPrimary {
    fn outgoing(&mut self, Outgoing { to, message, .. }: Outgoing<'_>, tools: &mut Tools<'_>) -> Fate {
        self.hoard.study(message, tools);
        let PeerMessage::Consensus(message) = message else { return Fate::Sent };
        match message {
            Message::PrePrepare(signed) if signed.body.header.view == signed.body.view => {
                self.propose(&signed.body, tools);
                let lie = self.lies.get(&(signed.body.view, signed.body.height));
                let Some(Some(lie)) = lie else { return Fate::Sent };
                tools.say(to, PeerMessage::Consensus(Message::PrePrepare(lie.clone())).to_bytes());
                Fate::Replaced
            }
            // Its engine votes for what it would have proposed.
            Message::Prepare(vote) if self.lies_about(vote.body.view, vote.body.height) => Fate::Kept,
            Message::Commit(vote) if self.lies_about(vote.body.view, vote.body.height) => Fate::Kept,
            _ => Fate::Sent,
        }
    }

    fn overhear(&mut self, message: &PeerMessage, tools: &mut Tools<'_>) {
        self.hoard.study(message, tools);
        self.hoard.answer(message, tools);
    }
}

impl LyingPrimary {
    fn lies_about(&self, view: View, height: Height) -> bool {
        matches!(self.lies.get(&(view, height)), Some(Some(_)))
    }

    /// Decides once what to say to everybody.
    fn propose(&mut self, truth: &PrePrepare, tools: &mut Tools<'_>) {
        let slot = (truth.view, truth.height);
        if self.lies.contains_key(&slot) {
            return;
        }
        let lie = self.lie(truth, tools);
        if let Some(lie) = &lie {
            tools.vote_for(lie);
        }
        self.lies.insert(slot, lie.map(|lie| tools.signed(lie)));
    }

    fn lie(&self, truth: &PrePrepare, tools: &mut Tools<'_>) -> Option<PrePrepare> {
        match tools.random.below(4) {
            0 => None,
            1 => {
                let mut lie = truth.clone();
                lie.header.outcomes_root = Digest::new(tools.random.bytes());
                Some(lie)
            }
            2 => self.with_leaf(truth, *truth.leaves.first()?, tools),
            _ => {
                let committed = self.hoard.find(|id| tools.node.find(id).is_some(), tools)?;
                self.with_leaf(truth, committed, tools)
            }
        }
    }

    /// With one transaction more, and the roots that follow from it.
    fn with_leaf(&self, truth: &PrePrepare, leaf: Digest, tools: &Tools<'_>) -> Option<PrePrepare> {
        let mut leaves = truth.leaves.to_vec();
        leaves.push(leaf);
        let bodies = self.hoard.bodies(&leaves)?;
        let header = tools.header_of(truth.header.clone(), &leaves, &bodies);
        Some(PrePrepare { header, leaves: BoundedVec::new(leaves).ok()?, ..truth.clone() })
    }
}
