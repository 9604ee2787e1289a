//! Power failures, restarts, cuts, and their end.

use carechain_consensus::{ClockOffset, Voting};
use carechain_engine::Input;
use carechain_types::{ReplicaId, Span, Time};

use super::{Event, World};
use crate::member::Member;
use crate::node::{Life, RIGHT};
use crate::scenario::Fault;
use crate::violation::Violation;

/// A power failure that meets no boundary strikes after this: an idle member crosses few.
const STRIKES_WITHIN: Span = Span::from_millis(400);

/// Members whose power fails once more soon after they came back.
const FAILS_AGAIN_PER_MILLE: u64 = 300;

impl World {
    /// A planned fault begins.
    pub(super) fn strike(&mut self, index: usize) {
        if self.healed.is_some() {
            return;
        }
        match self.scenario.faults[index].1.clone() {
            Fault::PowerFails { member, boundaries } => {
                let Member::Correct(node) = self.member(member) else { return };
                // A member that is down has few boundaries ahead while it recovers.
                let boundaries = if node.is_running() { boundaries } else { boundaries % 6 };
                node.plan_power_failure(boundaries);
                let life = node.life();
                self.clock.plan_after(STRIKES_WITHIN, Event::PowerFails { member, life });
            }
            Fault::DiskFails { member, operation, successes } => {
                if let Member::Correct(node) = self.member(member) {
                    node.plan_disk_error(operation, successes);
                }
            }
            Fault::Freezes { member, lasts } => {
                self.frozen_until[usize::from(member.get())] = self.clock.now().after(lasts);
                self.watch.frozen();
            }
            Fault::Withholds { member, lasts } => {
                self.tell(member, Input::Voting(Voting::Withheld));
                self.watch.silenced();
                self.clock.plan_after(lasts, Event::Mend(index));
            }
            Fault::ClocksOff { members, offset, lasts } => {
                self.set_clocks(&members, offset);
                self.watch.clocks_set();
                self.clock.plan_after(lasts, Event::Mend(index));
            }
            Fault::Cut { links, lasts } => {
                self.network.cut(&links);
                self.watch.cut();
                self.clock.plan_after(lasts, Event::Mend(index));
            }
        }
    }

    /// The links of a fault carry messages again.
    pub(super) fn mend(&mut self, index: usize) {
        if self.healed.is_some() {
            return;
        }
        match self.scenario.faults[index].1.clone() {
            Fault::Cut { links, .. } => {
                self.network.mend(&links);
                for (from, to) in links.into_iter().filter(|(from, to)| from < to) {
                    self.connect(from, to);
                }
            }
            Fault::Withholds { member, .. } => self.tell(member, Input::Voting(Voting::Allowed)),
            Fault::ClocksOff { members, .. } => self.set_clocks(&members, RIGHT),
            Fault::PowerFails { .. } | Fault::DiskFails { .. } | Fault::Freezes { .. } => {}
        }
    }

    fn set_clocks(&mut self, members: &[ReplicaId], offset: ClockOffset) {
        for member in members {
            if let Member::Correct(node) = self.member_mut(*member) {
                node.set_clock(offset);
            }
        }
    }

    /// A power failure that met no boundary.
    pub(super) fn fail_power(&mut self, member: ReplicaId, life: u64) -> Result<(), Violation> {
        let Member::Correct(node) = self.member(member) else { return Ok(()) };
        if self.healed.is_some() || node.life() != life || !node.is_running() {
            return Ok(());
        }
        self.crash(member)
    }

    /// A correct member's power failed.
    pub(super) fn crash(&mut self, member: ReplicaId) -> Result<(), Violation> {
        let Member::Correct(node) = &mut self.members[usize::from(member.get())] else { return Ok(()) };
        let wreck = node
            .crash(&mut self.random)
            .map_err(|error| Violation::Stopped { member, reason: error.to_string() })?;
        self.trace.note(wreck.entries.len() as u64);
        self.turns[usize::from(member.get())] = None;
        self.watch.crashed(member, &wreck)?;
        let down = self.random.span(Span::from_millis(5), self.scenario.downtime_max);
        let back = self.scenario.power_back(self.clock.now()).after(down);
        self.clock.plan(back, Event::Restart(member));
        Ok(())
    }

    /// A member that is down starts again.
    pub(super) fn restart(&mut self, member: ReplicaId) -> Result<(), Violation> {
        if self.member(member).is_running() {
            return Ok(());
        }
        self.start(member)
    }

    /// A member starts and finds the others.
    pub(super) fn start(&mut self, member: ReplicaId) -> Result<(), Violation> {
        match self.member_mut(member) {
            Member::Byzantine(sinner) => sinner.start(),
            Member::Correct(node) => match node.start() {
                Ok(recovery) => {
                    self.watch.started(member, &recovery)?;
                    self.threaten(member);
                }
                Err(Life::Stopped { reason }) => return Err(Violation::Stopped { member, reason }),
                Err(life) => {
                    if life == Life::DiskFailed {
                        self.watch.disk_failed();
                    }
                    self.watch.crashed_in_recovery();
                    return self.crash(member);
                }
            },
        }
        for other in self.scenario.members().filter(|other| *other != member) {
            self.connect(member, other);
        }
        self.plan_turn_soon(member);
        Ok(())
    }

    /// A member that just came back and catches up may lose its power once more, at any of its next boundaries.
    fn threaten(&mut self, member: ReplicaId) {
        let Member::Correct(node) = &self.members[usize::from(member.get())] else { return };
        if node.life() > 1 && self.healed.is_none() && self.random.chance(FAILS_AGAIN_PER_MILLE) {
            node.plan_power_failure(self.random.below(80));
        }
    }

    /// Two members find each other, if they can.
    pub(super) fn connect(&mut self, left: ReplicaId, right: ReplicaId) {
        let up = |member: ReplicaId| self.member(member).is_running();
        if up(left) && up(right) && self.network.is_open(left, right) {
            self.tell(left, Input::PeerConnected(right));
            self.tell(right, Input::PeerConnected(left));
        }
    }

    /// The faults stop: links are whole, planned failures are off, everybody comes back.
    pub(super) fn heal(&mut self) -> Result<(), Violation> {
        self.healed = Some(self.clock.now());
        self.network.heal();
        for member in self.scenario.members() {
            if let Member::Correct(node) = self.member(member) {
                node.calm();
            }
            self.restart(member)?;
            self.tell(member, Input::Voting(Voting::Allowed));
        }
        self.frozen_until.fill(Time::ZERO);
        let members: Vec<_> = self.scenario.members().collect();
        self.set_clocks(&members, RIGHT);
        for left in self.scenario.members() {
            for right in self.scenario.members().filter(|right| left < *right) {
                self.connect(left, right);
            }
        }
        Ok(())
    }
}
