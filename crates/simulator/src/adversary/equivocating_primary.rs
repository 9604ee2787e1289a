//! Two replicas with one key: as a primary two blocks for one height, as a backup two votes, each side sees one of them.
//!
//! Source: Bano et al. 2020, "Twins": valid equivocation needs a real replica behind each story.

use carechain_consensus::Message;
use carechain_engine::PeerMessage;
use carechain_types::ReplicaId;

use super::bend::{Bend, Fate, Outgoing, Tools};
use crate::random::Random;

pub(crate) struct EquivocatingPrimary {
    /// Which twin each member hears.
    sides: Vec<usize>,
    /// How often a vote goes to the other side too, where it shows.
    careless_per_mille: u64,
}

impl EquivocatingPrimary {
    pub(crate) fn new(members: usize, random: &mut Random) -> Self {
        let sides = (0..members).map(|_| random.index(2)).collect();
        Self { sides, careless_per_mille: random.pick(&[0, 100, 1_000]) }
    }

    fn hears(&self, twin: usize, member: ReplicaId) -> bool {
        self.sides[usize::from(member.get())] == twin
    }
}

impl Bend for EquivocatingPrimary {
    fn twins(&self) -> usize {
        2
    }

    fn outgoing(&mut self, Outgoing { twin, to, message }: Outgoing<'_>, tools: &mut Tools<'_>) -> Fate {
        let vote = matches!(
            message,
            PeerMessage::Consensus(Message::PrePrepare(_) | Message::Prepare(_) | Message::Commit(_))
        );
        let careless = vote && tools.random.chance(self.careless_per_mille);
        if self.hears(twin, to) || careless { Fate::Sent } else { Fate::Kept }
    }
}
