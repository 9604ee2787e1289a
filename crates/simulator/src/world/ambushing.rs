//! An ambush in its three stages: see [`crate::ambush`].

use carechain_consensus::Message;
use carechain_engine::PeerMessage;
use carechain_types::ReplicaId;

use super::{Event, World};
use crate::ambush::{Ambush, Blow};
use crate::member::Member;

impl World {
    /// A correct member has sent a message: the ambush is sprung by the right PREPARE of the victim.
    pub(super) fn watch_victim(&mut self, member: ReplicaId, message: &PeerMessage) {
        let Some(ambush) = &mut self.scenario.ambush else { return };
        let prepares = matches!(message, PeerMessage::Consensus(Message::Prepare(_)));
        if member != ambush.victim || !prepares || ambush.prepares == 0 {
            return;
        }
        ambush.prepares -= 1;
        if ambush.prepares == 0 && self.healed.is_none() {
            let ambush = ambush.clone();
            self.spring(&ambush);
        }
    }

    fn spring(&mut self, ambush: &Ambush) {
        let wakes = self.clock.now().after(ambush.sleeps);
        self.frozen_until[usize::from(ambush.victim.get())] = wakes;
        if let Member::Correct(node) = self.member(ambush.victim) {
            match ambush.blow {
                Blow::Disk { operation, successes } => node.plan_disk_error(operation, successes),
                Blow::Power { boundaries } => node.plan_power_failure(boundaries),
            }
        }
        self.watch.sprung();
        self.network.cut(&ambush.links_between_sides());
        self.clock.plan(wakes, Event::VictimWakes);
    }

    /// The witnesses are alone from now on.
    pub(super) fn close_ambush(&mut self) {
        let Some(ambush) = self.scenario.ambush.clone().filter(|_| self.healed.is_none()) else { return };
        self.network.cut(&ambush.links_to_victim());
        self.clock.plan_after(ambush.lasts, Event::WitnessesReturn);
    }

    /// The witnesses find the others again.
    pub(super) fn end_ambush(&mut self) {
        let Some(ambush) = self.scenario.ambush.clone().filter(|_| self.healed.is_none()) else { return };
        let links = [ambush.links_between_sides(), ambush.links_to_victim()].concat();
        self.network.mend(&links);
        for (left, right) in links.into_iter().filter(|(left, right)| left < right) {
            self.connect(left, right);
        }
    }
}
