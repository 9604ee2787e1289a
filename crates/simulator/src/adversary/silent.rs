//! Says nothing: to anybody, to some, as a primary, or when it should vote.

use carechain_consensus::Message;
use carechain_engine::PeerMessage;
use carechain_types::ReplicaId;

use super::bend::{Bend, Fate, Outgoing, Tools};
use crate::random::Random;

/// About what, or to whom.
#[derive(Clone, Debug)]
enum Silence {
    Everything,
    Proposals,
    NewViews,
    Commits,
    Members(Vec<ReplicaId>),
}

pub(crate) struct Silent {
    silence: Silence,
}

impl Silent {
    pub(crate) fn new(members: usize, random: &mut Random) -> Self {
        let silence = match random.below(5) {
            0 => Silence::Everything,
            1 => Silence::Proposals,
            2 => Silence::NewViews,
            3 => Silence::Commits,
            _ => {
                let count = u16::try_from(members).expect("few members");
                Silence::Members((0..count).map(ReplicaId::new).filter(|_| random.chance(500)).collect())
            }
        };
        Self { silence }
    }
}

impl Bend for Silent {
    fn outgoing(&mut self, Outgoing { to, message, .. }: Outgoing<'_>, _tools: &mut Tools<'_>) -> Fate {
        let silent = match (&self.silence, message) {
            (Silence::Everything, _)
            | (Silence::Proposals, PeerMessage::Consensus(Message::PrePrepare(_)))
            | (Silence::NewViews, PeerMessage::Consensus(Message::NewView(_)))
            | (Silence::Commits, PeerMessage::Consensus(Message::Commit(_) | Message::Certificate(_))) => {
                true
            }
            (Silence::Members(members), _) => members.contains(&to),
            _ => false,
        };
        if silent { Fate::Kept } else { Fate::Sent }
    }
}
