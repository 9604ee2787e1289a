//! Votes and proposes like everybody, and keeps to itself the bodies, parts and certificates this rests on, or gives them
//! to a few only.

use carechain_consensus::Message;
use carechain_engine::PeerMessage;
use carechain_types::ReplicaId;

use super::bend::{Bend, Fate, Outgoing, Tools};
use crate::random::Random;

pub(crate) struct Withholder {
    /// Who gets everything.
    friends: Vec<ReplicaId>,
}

impl Withholder {
    pub(crate) fn new(members: usize, random: &mut Random) -> Self {
        let count = u16::try_from(members).expect("few members");
        Self { friends: (0..count).map(ReplicaId::new).filter(|_| random.chance(300)).collect() }
    }
}

impl Bend for Withholder {
    fn outgoing(&mut self, Outgoing { to, message, .. }: Outgoing<'_>, _tools: &mut Tools<'_>) -> Fate {
        let content = match message {
            PeerMessage::Transaction(_)
            | PeerMessage::Bodies { .. }
            | PeerMessage::CommittedBlock(_)
            | PeerMessage::Consensus(Message::Certificate(_) | Message::Leaves { .. }) => true,
            PeerMessage::Consensus(_) | PeerMessage::FetchBodies { .. } | PeerMessage::FetchBlocks { .. } => {
                false
            }
        };
        if content && !self.friends.contains(&to) { Fate::Kept } else { Fate::Sent }
    }
}
