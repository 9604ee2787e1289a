//! Says again what others and itself said: late, out of order, to members it was not meant for.

use carechain_engine::PeerMessage;

use super::bend::{Bend, Fate, Outgoing, Tools};
use crate::limits::REMEMBERED_MAX;

#[derive(Default)]
pub(crate) struct Replayer {
    remembered: Vec<Vec<u8>>,
}

impl Replayer {
    fn remember(&mut self, message: &PeerMessage, tools: &mut Tools<'_>) {
        let bytes = message.to_bytes();
        if self.remembered.len() < REMEMBERED_MAX {
            self.remembered.push(bytes);
        } else {
            // Keeps some of the oldest for ever.
            let place = tools.random.index(REMEMBERED_MAX);
            self.remembered[place] = bytes;
        }
    }

    fn replay(&self, tools: &mut Tools<'_>) {
        while !self.remembered.is_empty() && tools.random.chance(300) {
            let bytes = self.remembered[tools.random.index(self.remembered.len())].clone();
            let to = tools.anybody();
            tools.say(to, bytes);
        }
    }
}

impl Bend for Replayer {
    fn outgoing(&mut self, Outgoing { message, .. }: Outgoing<'_>, tools: &mut Tools<'_>) -> Fate {
        if tools.random.chance(300) {
            self.remember(message, tools);
        }
        Fate::Sent
    }

    fn overhear(&mut self, message: &PeerMessage, tools: &mut Tools<'_>) {
        self.remember(message, tools);
        self.replay(tools);
    }
}
