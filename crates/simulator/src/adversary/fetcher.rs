//! Asks for blocks at the worst moment: with each vote that it hears of, so that its question is taken in the turn in which
//! the block is committed, before that turn has synced.
//!
//! Source: an engine of ours answered such a question ahead of the sync that made its own COMMIT durable; the sync failed,
//! and with the vote forgotten the next view committed another block.

use carechain_consensus::{Message, Wanted};
use carechain_engine::PeerMessage;
use carechain_types::Height;

use super::bend::{Bend, Fate, Outgoing, Tools};

#[derive(Default)]
pub(crate) struct Fetcher {
    highest: Height,
}

impl Bend for Fetcher {
    fn outgoing(&mut self, outgoing: Outgoing<'_>, tools: &mut Tools<'_>) -> Fate {
        // With its own votes too: they may be the ones that complete a certificate.
        if let PeerMessage::Consensus(Message::Commit(vote)) = outgoing.message {
            ask(vote.body.height, tools);
        }
        Fate::Sent
    }

    fn overhear(&mut self, message: &PeerMessage, tools: &mut Tools<'_>) {
        let height = match message {
            PeerMessage::Consensus(Message::Prepare(vote)) => vote.body.height,
            PeerMessage::Consensus(Message::Commit(vote)) => vote.body.height,
            PeerMessage::Consensus(Message::Certificate(certificate)) => certificate.height,
            _ => return,
        };
        self.highest = self.highest.max(height);
        ask(self.highest, tools);
    }
}

/// Asks every member for a block and for its certificate.
fn ask(height: Height, tools: &mut Tools<'_>) {
    let block = PeerMessage::FetchBlocks { from: height, until: height };
    let certificate = PeerMessage::Consensus(Message::Fetch(Wanted::Committed(height)));
    for to in tools.membership.replicas() {
        tools.say(to, block.to_bytes());
        if tools.random.chance(300) {
            tools.say(to, certificate.to_bytes());
        }
    }
}
