//! What a turn wants done outside, kept back until what it rests on is durable.
//!
//! Invariants
//! - The only way out is [`Outbox::release`], and only the journal makes the [`Durable`] it asks for. A turn that fails
//!   drops its outbox, so nothing of it is ever seen: no message, no block with its certificate, no answer, no event. The
//!   one exception is a planted bug, compiled for the simulator's tests alone.

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
        match self.waiting.as_slice() {
            [] => None,
            waiting if waiting.iter().any(is_consensus) => Some(RestsOn::Everything),
            _ => Some(RestsOn::Votes),
        }
    }

    /// Gives out all but the consensus messages with nothing to show that it may, and keeps those.
    #[cfg(feature = "planted-bugs")]
    pub(crate) fn leak(self, sink: &mut Sink<'_>) -> Self {
        let (waiting, leaked) = self.waiting.into_iter().partition(is_consensus);
        Vec::into_iter(leaked).for_each(sink);
        Self { waiting }
    }

    /// Gives everything out, in order.
    pub(crate) fn release(self, _durable: &Durable, sink: &mut Sink<'_>) {
        self.waiting.into_iter().for_each(sink);
    }
}

const fn is_consensus(output: &Output) -> bool {
    matches!(
        output,
        Output::Send { message: PeerMessage::Consensus(_), .. }
            | Output::Broadcast(PeerMessage::Consensus(_))
    )
}
