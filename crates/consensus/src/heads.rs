//! Signed heads: where each member stands, said every second, idle or not.

use carechain_types::{Head, Height, ReplicaId, Signed};

use crate::arrival::Arrival;
use crate::member_clocks::{ClockOffset, is_of_the_future, supersedes};
use crate::message::{Message, Wanted};
use crate::output::{Output, Outputs, Sin};
use crate::planted_bug::PlantedBug;
use crate::state::{Mode, Replica};

impl Replica {
    /// Says where this replica stands.
    pub(crate) fn broadcast_head(&mut self, outputs: &mut Outputs) {
        let signed = self.sign_head();
        self.clock.headed = self.now;
        self.heads.insert(self.config.own, signed.clone());
        outputs.push(Output::Broadcast(Message::Head(signed)));
    }

    pub(crate) fn sign_head(&self) -> Signed<Head> {
        self.sign(Head {
            epoch: self.epoch(),
            member: self.config.own,
            view: self.view,
            height: self.committed.height(),
            block_id: self.committed.block_id(),
            voted: self.voted(),
            // Not the greatest ever signed: one signed by a wrong clock is wrong for good, and silence mends nothing.
            time: self.wall,
        })
    }

    /// The greatest height with an own COMMIT that no NEW-VIEW has dropped; at least the committed height.
    fn voted(&self) -> Height {
        let committed = self.committed.height();
        if self.config.has_planted(PlantedBug::HeadHidesCommit) {
            return committed;
        }
        self.commit_votes.last_key_value().map_or(committed, |(height, _)| committed.max(*height))
    }

    /// A HEAD arrived: it counts as a claim of a view, and says who is behind.
    pub(crate) fn on_head(
        &mut self,
        from: ReplicaId,
        arrival: Arrival,
        signed: Signed<Head>,
        outputs: &mut Outputs,
    ) {
        let head = signed.body;
        if signed.member == self.config.own || self.mode == Mode::Stopped {
            return;
        }
        self.claim(signed.member, head.view);
        let of_the_future = is_of_the_future(&head, self.wall);
        if from == signed.member {
            let offset = arrival.offset_of(head.time, self.moment());
            if of_the_future {
                self.refuse_clock(from, offset, outputs);
            } else {
                self.member_clocks.measure(from, offset);
            }
        }
        let held = self.heads.get(&signed.member);
        let newest = !of_the_future && held.is_none_or(|held| supersedes(&head, &held.body, self.wall));
        if newest {
            self.heads.insert(signed.member, signed);
        }
        let own = self.committed.height();
        if head.height < own {
            // The newest certificate: whoever is behind fetches all blocks up to it.
            self.answer_with_certificate(from, own, outputs);
        }
        let certified = self.certified.last_key_value().map_or(own, |(height, _)| *height);
        // Whoever is behind must hear of it also while a clock, perhaps the own, is wrong.
        if head.height > certified && (newest || of_the_future) {
            // A claim only: nothing is believed before the certificate is here.
            outputs.push(Output::Send { to: from, message: Message::Fetch(Wanted::Committed(head.height)) });
        }
    }

    /// What a member said is refused for its time.
    pub(crate) fn refuse_clock(&mut self, member: ReplicaId, offset: ClockOffset, outputs: &mut Outputs) {
        if self.member_clocks.refuse(member) {
            outputs.push(Output::Evidence { member, sin: Sin::ClockOff { offset } });
        }
    }
}
