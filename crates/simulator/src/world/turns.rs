//! Turns of members, and where what they say goes.

use std::rc::Rc;

use carechain_engine::{Answer, Output, PeerMessage, Ticket};
use carechain_types::ReplicaId;

use super::{Event, World};
use crate::adversary::Sent;
use crate::invariant::check_admission;
use crate::member::Member;
use crate::node::{Emission, Life};
use crate::violation::Violation;

impl World {
    /// A member takes its turn, if this is the one that is planned.
    pub(super) fn take_turn(&mut self, member: ReplicaId) -> Result<(), Violation> {
        let now = self.clock.now();
        let planned = &mut self.turns[usize::from(member.get())];
        if *planned != Some(now) {
            return Ok(());
        }
        *planned = None;
        let thawed = self.frozen_until[usize::from(member.get())];
        if thawed > now {
            self.plan_turn(member, thawed);
            return Ok(());
        }
        match self.member_mut(member) {
            Member::Byzantine(sinner) => {
                let sent = sinner.turn(now);
                self.send_sins(member, sent);
            }
            Member::Correct(node) => {
                let (emissions, life) = node.turn(now);
                for emission in emissions {
                    self.emit(member, emission)?;
                }
                self.go_on(member, life)?;
            }
        }
        if let Some(due) = self.member(member).next_wakeup() {
            self.plan_turn(member, due);
        }
        Ok(())
    }

    fn go_on(&mut self, member: ReplicaId, life: Life) -> Result<(), Violation> {
        match life {
            Life::Running => Ok(()),
            Life::PowerFailed => self.crash(member),
            Life::DiskFailed => {
                self.watch.disk_failed();
                self.crash(member)
            }
            Life::Stopped { reason } => Err(Violation::Stopped { member, reason }),
        }
    }

    fn emit(&mut self, member: ReplicaId, emission: Emission) -> Result<(), Violation> {
        match emission {
            Emission::Message { to, message } => {
                if to.is_empty() {
                    return Ok(());
                }
                self.watch.sent(member, &message)?;
                self.watch_victim(member, &message);
                self.watch_served(&to, &message)?;
                self.send(member, &to, &message);
                Ok(())
            }
            Emission::Note(output) => self.note(member, output),
        }
    }

    fn watch_served(&mut self, to: &[ReplicaId], message: &PeerMessage) -> Result<(), Violation> {
        let PeerMessage::CommittedBlock(block) = message else { return Ok(()) };
        let now = self.clock.now();
        for to in to {
            if let Member::Correct(node) = &self.members[usize::from(to.get())] {
                self.watch.served((*to, node.life()), block.header.height, now)?;
            }
        }
        Ok(())
    }

    fn note(&mut self, member: ReplicaId, output: Output) -> Result<(), Violation> {
        match output {
            Output::Answer { ticket, answer } => self.answer(member, ticket, answer),
            output => self.watch.noted(member, &output),
        }
    }

    fn answer(&mut self, member: ReplicaId, ticket: Ticket, answer: Answer) -> Result<(), Violation> {
        let Some(index) = self.clients.of_ticket(ticket.get()) else { return Ok(()) };
        match answer {
            Answer::Committed { id, height, outcome } => {
                self.watch.acknowledged(member, id, height, &outcome);
                self.clients.settle(index);
            }
            Answer::NotAdmitted(reason) => {
                check_admission(member, self.clients.id(index), &reason)?;
                self.clients.turned_away(index);
            }
            Answer::Expired { .. } => self.clients.turned_away(index),
        }
        self.clients.give_up_expired(index, self.clock.now());
        Ok(())
    }

    fn send(&mut self, from: ReplicaId, to: &[ReplicaId], message: &PeerMessage) {
        let bytes: Rc<[u8]> = message.to_bytes().into();
        for to in to {
            self.post(from, *to, &bytes);
        }
    }

    /// What a Byzantine member says goes the same way as everything.
    pub(super) fn send_sins(&mut self, from: ReplicaId, sent: Sent) {
        self.watch.sinned(sent.sin, sent.acts);
        for (to, bytes) in sent.messages {
            self.post(from, to, &bytes);
        }
    }

    fn post(&mut self, from: ReplicaId, to: ReplicaId, bytes: &Rc<[u8]>) {
        let arrivals = self.network.arrivals(self.clock.now(), from, to);
        if arrivals[0].is_none() {
            self.watch.lost();
        }
        for at in arrivals.into_iter().flatten() {
            self.clock.plan(at, Event::Arrival { from, to, bytes: Rc::clone(bytes) });
        }
    }
}
