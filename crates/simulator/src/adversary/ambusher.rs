//! Lies in wait for a victim: helps it to a certificate that only the two of them see, asks for it in the turn in which it
//! comes to be, and votes for whatever else is proposed once that is forgotten.
//!
//! Source: see [`crate::ambush`].

use carechain_consensus::Message;
use carechain_engine::PeerMessage;
use carechain_types::{BoundedVec, Height, ReplicaId, View, ViewChange};

use super::bend::{Bend, Fate, Outgoing, Tools};
use crate::ambush::Ambush;

pub(crate) struct Ambusher {
    victim: ReplicaId,
    others: Vec<ReplicaId>,
    /// The highest view that anybody asked for: from here on it votes for everything.
    asked: View,
}

impl Ambusher {
    pub(crate) fn new(ambush: &Ambush) -> Self {
        Self { victim: ambush.victim, others: ambush.others.clone(), asked: View::ZERO }
    }

    /// What its engine says to everybody, or to the victim and its witnesses, or to nobody.
    fn is_kept(&self, to: ReplicaId, message: &Message) -> bool {
        let view = match message {
            Message::PrePrepare(signed) => signed.body.view,
            Message::Prepare(signed) => signed.body.view,
            Message::Commit(signed) => signed.body.view,
            // Its engine knows what is committed, and the others are not to.
            Message::ViewChange(_) | Message::Certificate(_) | Message::Head(_) => return true,
            Message::NewView(_) | Message::Leaves { .. } | Message::Fetch(_) => return false,
        };
        view >= self.asked && self.others.contains(&to)
    }

    /// Joins whoever leaves a view, and has never seen anything there.
    fn leave_with(&mut self, view_change: &ViewChange, tools: &mut Tools<'_>) {
        if view_change.view <= self.asked {
            return;
        }
        self.asked = view_change.view;
        let body = ViewChange {
            epoch: view_change.epoch,
            member: tools.own,
            view: view_change.view,
            committed: None,
            prepared: BoundedVec::empty(),
        };
        let lie = tools.signed(body);
        tools.say_to_all(&PeerMessage::Consensus(Message::ViewChange(lie)));
    }

    fn ask(&self, height: Height, tools: &mut Tools<'_>) {
        let question = PeerMessage::FetchBlocks { from: height, until: height };
        tools.say(self.victim, question.to_bytes());
    }
}

impl Bend for Ambusher {
    fn outgoing(&mut self, Outgoing { to, message, .. }: Outgoing<'_>, tools: &mut Tools<'_>) -> Fate {
        match message {
            PeerMessage::CommittedBlock(_) => Fate::Kept,
            PeerMessage::Consensus(message) => {
                if let Message::Commit(vote) = message
                    && to == self.victim
                {
                    self.ask(vote.body.height, tools);
                }
                if self.is_kept(to, message) { Fate::Kept } else { Fate::Sent }
            }
            _ => Fate::Sent,
        }
    }

    fn overhear(&mut self, message: &PeerMessage, tools: &mut Tools<'_>) {
        let PeerMessage::Consensus(message) = message else { return };
        match message {
            Message::Commit(vote) => self.ask(vote.body.height, tools),
            Message::ViewChange(signed) => self.leave_with(&signed.body, tools),
            Message::PrePrepare(signed) if self.asked > View::ZERO && signed.body.view >= self.asked => {
                tools.vote_for(&signed.body);
            }
            _ => {}
        }
    }
}
