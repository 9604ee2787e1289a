//! What a turn wants done outside, kept back until what it rests on is durable.
//!
//! Invariants
//! - The only way out is [`Outbox::release`], and only the journal makes the [`Durable`] it asks for. A turn that fails
//!   drops its outbox, so nothing of it is ever seen: no message, no block with its certificate, no answer, no event.

use crate::journal::{Durable, RestsOn};
use crate::output::{Output, Sink};
use crate::wire::PeerMessage;

/// The outputs of one turn, in order.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: Vec<Output>,
}

impl Outbox {
    pub(crate) fn push(&mut self, output: Output) {
        self.waiting.push(output);
    }

    /// What must be durable first; `None` if nothing waits.
    pub(crate) fn rests_on(&self) -> Option<RestsOn> {
        let votes = |output: &Output| {
            matches!(
                output,
                Output::Send { message: PeerMessage::Consensus(_), .. }
                    | Output::Broadcast(PeerMessage::Consensus(_))
            )
        };
        match self.waiting.as_slice() {
            [] => None,
            waiting if waiting.iter().any(votes) => Some(RestsOn::Everything),
            _ => Some(RestsOn::Votes),
        }
    }

    /// Gives everything out, in order.
    pub(crate) fn release(self, _durable: &Durable, sink: &mut Sink<'_>) {
        self.waiting.into_iter().for_each(sink);
    }
}
