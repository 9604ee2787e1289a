//! Votes like everybody, and leaves out of its VIEW-CHANGE what it prepared or saw committed: another part to each member.
//!
//! Source: Castro and Liskov 1999, §4.4: of q VIEW-CHANGEs f may lie, and the others still hold every committed block.

use carechain_consensus::Message;
use carechain_engine::PeerMessage;
use carechain_types::{BoundedVec, ViewChange};

use super::bend::{Bend, Fate, Outgoing, Tools};

#[derive(Debug)]
pub(crate) struct Forgetful;

impl Bend for Forgetful {
    fn outgoing(&mut self, Outgoing { to, message, .. }: Outgoing<'_>, tools: &mut Tools<'_>) -> Fate {
        let PeerMessage::Consensus(Message::ViewChange(signed)) = message else { return Fate::Sent };
        if signed.member != tools.own {
            return Fate::Sent;
        }
        let mut body: ViewChange = signed.body.clone();
        if tools.random.chance(800) {
            body.prepared = BoundedVec::empty();
        }
        if tools.random.chance(300) {
            body.committed = None;
        }
        if body == signed.body {
            return Fate::Sent;
        }
        let lie = PeerMessage::Consensus(Message::ViewChange(tools.signed(body)));
        tools.say(to, lie.to_bytes());
        Fate::Replaced
    }
}
