//! Lets nobody but itself see a block committed, and starts the next view that it leads with fewer VIEW-CHANGEs than a
//! quorum, its own alone or several times, so that the block is forgotten.
//!
//! Source: besu PR#1671, sawtooth-pbft d7e7fca: messages were counted, not members; a mutant of our own check.

use std::collections::{BTreeMap, BTreeSet};

use carechain_consensus::Message;
use carechain_crypto::{BlockId, Signature};
use carechain_engine::PeerMessage;
use carechain_types::{
    BoundedVec, Certificate, Commit, Height, NewView, Phase, PrePrepare, ReplicaId, Signed, View, ViewChange,
};

use super::bend::{Bend, Fate, Outgoing, Tools};
use super::hoard::Hoard;

type Vote = (Height, View, BlockId);

#[derive(Default)]
pub(crate) struct Usurper {
    hoard: Hoard,
    latest: Option<PrePrepare>,
    commits: BTreeMap<Vote, BTreeMap<ReplicaId, Signature>>,
    /// Views that it started in its own way.
    usurped: BTreeSet<View>,
    /// What it proposed there.
    proposed: BTreeSet<BlockId>,
}

impl Bend for Usurper {
    fn outgoing(&mut self, Outgoing { message, .. }: Outgoing<'_>, tools: &mut Tools<'_>) -> Fate {
        self.hoard.study(message, tools);
        let PeerMessage::Consensus(message) = message else { return Fate::Sent };
        match message {
            Message::Commit(vote) => {
                self.count(vote);
                Fate::Kept
            }
            Message::PrePrepare(signed) => {
                self.latest = Some(signed.body.clone());
                if self.usurped.contains(&signed.body.view) { Fate::Kept } else { Fate::Sent }
            }
            Message::NewView(signed) if self.usurped.contains(&signed.body.view) => Fate::Kept,
            _ => Fate::Sent,
        }
    }

    /// Its engine must not apply the block that is to be forgotten.
    fn hears(&self, message: &PeerMessage) -> bool {
        !matches!(message, PeerMessage::Consensus(Message::Commit(_)))
    }

    fn overhear(&mut self, message: &PeerMessage, tools: &mut Tools<'_>) {
        self.hoard.study(message, tools);
        let PeerMessage::Consensus(message) = message else { return };
        match message {
            Message::Commit(vote) => {
                self.count(vote);
                if self.proposed.contains(&vote.body.block_id) {
                    self.show_other(vote, tools);
                }
            }
            Message::PrePrepare(signed) => self.latest = Some(signed.body.clone()),
            Message::ViewChange(signed) => self.usurp(&signed.body, tools),
            _ => {}
        }
    }
}

impl Usurper {
    fn count(&mut self, vote: &Signed<Commit>) {
        let Commit { view, height, block_id, .. } = vote.body;
        let votes = self.commits.entry((height, view, block_id)).or_default();
        votes.insert(vote.member, vote.signature);
    }

    fn usurp(&mut self, view_change: &ViewChange, tools: &mut Tools<'_>) {
        let ViewChange { epoch, view, .. } = *view_change;
        if tools.membership.primary(view) != tools.own || !self.usurped.insert(view) {
            return;
        }
        let member = tools.own;
        let own = ViewChange { epoch, member, view, committed: None, prepared: BoundedVec::empty() };
        let times = if tools.random.chance(500) { 1 } else { tools.membership.quorum().size() };
        let named = vec![(member, own.digest()); times];
        let view_changes = BoundedVec::new(named).expect("no more than members");
        let new_view = NewView { epoch, view, view_changes, blocks: BoundedVec::empty() };
        let (own, new_view) = (tools.signed(own), tools.signed(new_view));
        tools.say_to_all(&PeerMessage::Consensus(Message::ViewChange(own)));
        tools.say_to_all(&PeerMessage::Consensus(Message::NewView(new_view)));
        if let Some(other) = self.another(view, tools) {
            self.proposed.insert(other.header.id());
            tools.vote_for(&other);
            let other = tools.signed(other);
            tools.say_to_all(&PeerMessage::Consensus(Message::PrePrepare(other)));
        }
    }

    /// Another block of the same transactions.
    fn another(&self, view: View, tools: &Tools<'_>) -> Option<PrePrepare> {
        let latest = self.latest.as_ref()?;
        let bodies = self.hoard.bodies(&latest.leaves)?;
        let mut header = latest.header.clone();
        (header.view, header.primary, header.time) = (view, tools.own, tools.now.max(header.time));
        let header = tools.header_of(header, &latest.leaves, &bodies);
        Some(PrePrepare { view, header, ..latest.clone() })
    }

    /// Shows the certificate of another block at the height of a vote.
    fn show_other(&self, seen: &Signed<Commit>, tools: &mut Tools<'_>) {
        let Commit { epoch, height, block_id: seen, .. } = seen.body;
        let quorum = tools.membership.quorum().size();
        for (&(at, view, block_id), votes) in &self.commits {
            if at == height && block_id != seen && votes.len() >= quorum {
                let votes = votes.iter().take(quorum).map(|(member, signature)| (*member, *signature));
                let votes = BoundedVec::new(votes.collect()).expect("no more than members");
                let certificate = Certificate { phase: Phase::Commit, epoch, view, height, block_id, votes };
                tools.say_to_all(&PeerMessage::Consensus(Message::Certificate(certificate)));
            }
        }
    }
}
