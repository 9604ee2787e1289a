//! What reaches members: bytes of others, transactions of clients.

use carechain_engine::{Input, Ticket};
use carechain_types::{ReplicaId, Span};

use super::{Event, World};
use crate::limits::{CLIENT_PATIENCE, TURN_DELAY_MAX};
use crate::member::Member;
use crate::violation::Violation;

impl World {
    /// Bytes reach a member.
    pub(super) fn arrive(&mut self, from: ReplicaId, to: ReplicaId, bytes: &[u8]) -> Result<(), Violation> {
        self.trace.note_bytes(bytes);
        self.watch.delivered();
        let now = self.clock.now();
        // A frozen process finds outside what came meanwhile.
        let found = now.max(self.frozen_until[usize::from(to.get())]);
        let sender_is_correct = self.member(from).correct().is_some();
        let certified = match self.member_mut(to) {
            Member::Byzantine(sinner) => {
                let (sent, certified) = sinner.receive(now, from, bytes);
                self.send_sins(to, sent);
                certified
            }
            Member::Correct(node) => match node.receive(found, from, bytes) {
                Ok(certified) => certified,
                Err(reason) => {
                    self.watch.refused();
                    if sender_is_correct {
                        return Err(Violation::HonestRefused { member: to, sender: from, reason });
                    }
                    None
                }
            },
        };
        if let Some(block) = certified {
            self.watch.certified(to, block)?;
        }
        self.plan_turn_soon(to);
        Ok(())
    }

    /// A member takes a turn a little later: what arrives meanwhile shares it.
    pub(super) fn plan_turn_soon(&mut self, member: ReplicaId) {
        let delay = self.random.span(Span::from_micros(1), TURN_DELAY_MAX);
        self.plan_turn(member, self.clock.now().after(delay));
    }

    /// Tells a member something that is no message.
    pub(super) fn tell(&mut self, member: ReplicaId, input: Input) {
        match self.member_mut(member) {
            Member::Correct(node) => node.tell(input),
            Member::Byzantine(sinner) => sinner.tell(&input),
        }
        self.plan_turn_soon(member);
    }

    /// A client submits its transaction to the next nodes in its order, until it is answered.
    pub(super) fn submit(&mut self, index: usize) {
        let now = self.clock.now();
        let lives: Vec<_> = self.members.iter().map(Member::life).collect();
        let Some((submission, gateways)) = self.clients.ask(index, now, &lives) else { return };
        for (ticket, gateway) in gateways {
            let gateway = ReplicaId::new(u16::try_from(gateway).expect("few members"));
            let (ticket, submission) = (Ticket::new(ticket), submission.clone());
            self.tell(gateway, Input::Submit { ticket, submission });
        }
        self.clock.plan_after(CLIENT_PATIENCE, Event::Client(index));
    }
}
