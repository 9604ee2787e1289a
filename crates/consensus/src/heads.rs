//! Signed heads: where each member stands, said every second, idle or not.

use carechain_types::{Head, Height, ReplicaId, Signed};

use crate::message::{Message, Wanted};
use crate::output::{Output, Outputs};
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
            time: self.now,
        })
    }

    /// The greatest height with an own COMMIT that no NEW-VIEW has dropped; at least the committed height.
    fn voted(&self) -> Height {
        let committed = self.committed.height();
        self.commit_votes.last_key_value().map_or(committed, |(height, _)| committed.max(*height))
    }

    /// A HEAD arrived: it counts as a claim of a view, and says who is behind.
    pub(crate) fn on_head(&mut self, from: ReplicaId, signed: Signed<Head>, outputs: &mut Outputs) {
        let head = signed.body;
        if signed.member == self.config.own || self.mode == Mode::Stopped {
            return;
        }
        self.claim(signed.member, head.view);
        let newest = self.heads.get(&signed.member).is_none_or(|known| known.body.time < head.time);
        if newest {
            self.heads.insert(signed.member, signed);
        }
        let own = self.committed.height();
        if head.height < own {
            // The newest certificate: whoever is behind fetches all blocks up to it.
            self.answer_with_certificate(from, own, outputs);
        }
        let certified = self.certified.last_key_value().map_or(own, |(height, _)| *height);
        if head.height > certified && newest {
            // A claim only: nothing is believed before the certificate is here.
            outputs.push(Output::Send { to: from, message: Message::Fetch(Wanted::Committed(head.height)) });
        }
    }
}
