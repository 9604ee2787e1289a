//! Helps who lags with another block than the one whose certificate comes with it.
//!
//! Source: CometBFT ASA-2025-001; a mutant of our own checks that no seed noticed.

use carechain_engine::{CommittedBlockMessage, PeerMessage};
use carechain_types::{Certificate, Span};

use super::bend::{Bend, Fate, Outgoing, Tools};

#[derive(Default)]
pub(crate) struct Misleader {
    /// A certificate of another height.
    other: Option<Certificate>,
}

impl Bend for Misleader {
    fn outgoing(&mut self, Outgoing { to, message, .. }: Outgoing<'_>, tools: &mut Tools<'_>) -> Fate {
        let PeerMessage::CommittedBlock(block) = message else { return Fate::Sent };
        let mut lie: CommittedBlockMessage = block.as_ref().clone();
        match self.other.replace(block.certificate.clone()) {
            Some(other) if other.height != block.header.height && tools.random.chance(300) => {
                lie.certificate = other;
            }
            _ => lie.header.time = lie.header.time.after(Span::from_micros(1)),
        }
        tools.say(to, PeerMessage::CommittedBlock(Box::new(lie)).to_bytes());
        Fate::Replaced
    }
}
