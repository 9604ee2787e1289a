//! What an adversary may do: let a message of its engine go or not, and say other things beside it.

use carechain_consensus::Message;
use carechain_crypto::{BlockId, ChainId, Digest};
use carechain_engine::{PeerMessage, SharedSubmission};
use carechain_types::{
    Commit, Header, MemberBody, Membership, PrePrepare, Prepare, ReplicaId, Signed, Time, sign_as_member,
    tree,
};

use crate::node::Node;
use crate::oracle::{Hand, Scheme};
use crate::random::Random;

/// Whether a message of the engine goes out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fate {
    /// As it is.
    Sent,
    /// Not at all.
    Kept,
    /// Not at all; the adversary has said something else in its place.
    Replaced,
}

/// One message of the adversary's own engine, to one member.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outgoing<'a> {
    /// Which of its engines says it, counted from 0.
    pub(crate) twin: usize,
    pub(crate) to: ReplicaId,
    pub(crate) message: &'a PeerMessage,
}

/// What an adversary has at hand.
pub(crate) struct Tools<'a> {
    pub(crate) own: ReplicaId,
    pub(crate) now: Time,
    pub(crate) chain_id: ChainId,
    pub(crate) block_zero: BlockId,
    pub(crate) membership: &'a Membership,
    /// Its own key and no other.
    pub(crate) hand: Hand,
    pub(crate) scheme: Scheme,
    /// Its engine, or one of them.
    pub(crate) node: &'a Node,
    pub(crate) random: &'a mut Random,
    /// What it says beside what its engine says.
    pub(crate) said: &'a mut Vec<(ReplicaId, Vec<u8>)>,
}

impl Tools<'_> {
    /// Says bytes to one member.
    pub(crate) fn say(&mut self, to: ReplicaId, bytes: Vec<u8>) {
        if to != self.own {
            self.said.push((to, bytes));
        }
    }

    /// Says a message to each other member, with a chance of two in three for each.
    pub(crate) fn say_to_some(&mut self, message: &PeerMessage) {
        let bytes = message.to_bytes();
        for to in self.membership.replicas() {
            if self.random.chance(666) {
                self.say(to, bytes.clone());
            }
        }
    }

    /// Says a message to each other member.
    pub(crate) fn say_to_all(&mut self, message: &PeerMessage) {
        let bytes = message.to_bytes();
        for to in self.membership.replicas() {
            self.say(to, bytes.clone());
        }
    }

    /// Votes for a proposal, good or bad.
    pub(crate) fn vote_for(&mut self, proposal: &PrePrepare) {
        let PrePrepare { epoch, view, height, ref header, .. } = *proposal;
        let block_id = header.id();
        let prepare = self.signed(Prepare { epoch, view, height, block_id });
        let commit = self.signed(Commit { epoch, view, height, block_id });
        self.say_to_all(&PeerMessage::Consensus(Message::Prepare(prepare)));
        self.say_to_all(&PeerMessage::Consensus(Message::Commit(commit)));
    }

    /// The header with these transactions; with the roots of what they give on its engine's last block, if its engine
    /// would execute them.
    pub(crate) fn header_of(
        &self,
        mut header: Header,
        leaves: &[Digest],
        bodies: &[SharedSubmission],
    ) -> Header {
        header.transaction_count = u32::try_from(leaves.len()).expect("blocks are bounded");
        header.transactions_root = tree::root(leaves);
        if let Some((state_root, outcomes_root)) = self.node.execute(&header, bodies) {
            (header.state_root, header.outcomes_root) = (state_root, outcomes_root);
        }
        header
    }

    /// Signs with its own key.
    pub(crate) fn signed<B: MemberBody>(&self, body: B) -> Signed<B> {
        sign_as_member(&self.hand.signer(self.scheme), &self.chain_id, self.own, body).into_inner()
    }

    /// Any member.
    pub(crate) fn anybody(&mut self) -> ReplicaId {
        let members: Vec<_> = self.membership.replicas().collect();
        self.random.pick(&members)
    }
}

/// One way to sin.
pub(crate) trait Bend {
    /// How many engines it runs under its one key.
    fn twins(&self) -> usize {
        1
    }

    /// A message of one of its engines is about to go out.
    fn outgoing(&mut self, outgoing: Outgoing<'_>, tools: &mut Tools<'_>) -> Fate;

    /// Whether its engines get a message that arrives.
    fn hears(&self, _message: &PeerMessage) -> bool {
        true
    }

    /// A message arrived.
    fn overhear(&mut self, _message: &PeerMessage, _tools: &mut Tools<'_>) {}
}
