//! What a replica is told.

use carechain_crypto::{BlockId, StateRoot};
use carechain_types::{Certificate, Header, ReplicaId, Time, Verified, View};

use crate::message::{SharedLeaves, VerifiedMessage};

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// The engine is ready: the first input of every run, exactly once.
    Start,
    /// A peer sent a message that passed [`crate::Message::verify`].
    Message {
        /// The member whose connection it came over; who signed it stands inside.
        from: ReplicaId,
        /// When it entered this process, by the steady clock: what it says of time is judged for that moment, however long
        /// it waited for its step.
        arrived: Time,
        /// The message.
        message: VerifiedMessage,
    },
    /// The engine's answer to [`crate::Replica::wants_proposal`]: executed, valid, every body and part held.
    Proposal {
        /// View of the slot.
        view: View,
        /// The block's header.
        header: Header,
        /// Its leaf digests.
        leaves: SharedLeaves,
    },
    /// The engine executed a block it was asked to check. A block it cannot judge yet gets no answer yet.
    Checked {
        /// The block.
        block_id: BlockId,
        /// What it found.
        verdict: Verdict,
    },
    /// The engine applied a committed block that it fetched from a peer; one input per block, in height order.
    CaughtUp {
        /// The block's header.
        header: Header,
        /// Its commit certificate.
        certificate: Verified<Certificate>,
    },
    /// The engine's oldest includable transaction changed: appeared, was committed, expired, lost its enrolment, or
    /// was passed over by another block.
    Pending(Option<PendingTransaction>),
    /// A member's connection opened.
    PeerConnected(ReplicaId),
    /// Whether this replica may sign anything but heads. Allowed when a run starts.
    Voting(Voting),
    /// Time passed: see [`crate::Replica::next_wakeup`]. The only input that fires timers: to be given behind all that has
    /// arrived.
    Tick,
}

/// Whether a replica takes part, or only follows what others decide.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Voting {
    /// It does all that its rules allow.
    Allowed,
    /// It proposes nothing, votes for nothing and leaves no view, as if it were down; it still applies what is certified
    /// and says its heads. For a disk on which a vote may soon find no room.
    Withheld,
}

/// The oldest includable transaction that no committed block holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PendingTransaction {
    /// Since when the engine holds it, complete.
    pub since: Time,
    /// Blocks committed in this view without it although they could have held it.
    pub passed_over: u32,
}

/// What executing a block said.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Its transactions are includable, its roots are what execution gives, every body and detached part is held.
    Valid,
    /// Execution gives another state root, or another outcomes root with the same state root.
    StateDiffers {
        /// What our execution gives.
        own: StateRoot,
    },
    /// It holds something that may not be proposed: a duplicate, expired or unenrolled transaction, too many bytes.
    NotIncludable,
}
