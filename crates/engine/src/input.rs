//! What an engine is told.

use carechain_consensus::Voting;
use carechain_types::{ReplicaId, Time};

use crate::mempool::SharedSubmission;
use crate::wire::VerifiedPeerMessage;

/// Names a client's call until its answer.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Ticket(u64);

impl Ticket {
    /// Wraps a number that the caller never uses twice in one run.
    #[must_use]
    pub const fn new(value: u64) -> Self {
        Self(value)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// One thing that happened.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are consensus messages: a box would cost an allocation each"
)]
pub enum Input {
    /// A message of a member, through the border.
    Peer {
        /// The member whose connection it came over.
        from: ReplicaId,
        /// When it entered this process, by the steady clock.
        arrived: Time,
        /// The message.
        message: VerifiedPeerMessage,
    },
    /// A client of this node submits a transaction.
    Submit {
        /// Names the call.
        ticket: Ticket,
        /// The transaction, complete.
        submission: SharedSubmission,
    },
    /// The client does not wait any more.
    Forget(Ticket),
    /// A member's connection opened.
    PeerConnected(ReplicaId),
    /// Whether this node may vote. To be withheld while its disk is nearly full: it goes on applying blocks and answering.
    Voting(Voting),
    /// Time passed: see [`crate::Engine::next_wakeup`].
    Tick,
}
