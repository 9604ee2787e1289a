//! What an engine wants done, in order. Everything a message rests on is durable before it is given out.

use std::sync::Arc;

use carechain_consensus::{Sin, Suspicion};
use carechain_crypto::TransactionId;
use carechain_types::{Header, Height, Outcome, ReplicaId, View};

use crate::input::Ticket;
use crate::mempool::{MempoolError, SharedSubmission};
use crate::wire::PeerMessage;

/// Where outputs go as soon as they may.
pub type Sink<'a> = dyn FnMut(Output) + 'a;

/// One thing to do.
#[derive(Clone, Debug)]
pub enum Output {
    /// Send to one member.
    Send {
        /// The member.
        to: ReplicaId,
        /// The message.
        message: PeerMessage,
    },
    /// Send to every other member.
    Broadcast(PeerMessage),
    /// Answer a client's call; nothing follows for its ticket.
    Answer {
        /// Names the call.
        ticket: Ticket,
        /// The answer.
        answer: Answer,
    },
    /// A block is committed and applied here.
    Committed(Arc<Committed>),
    /// This replica acts in a view.
    ViewEntered {
        /// The view.
        view: View,
        /// Its primary.
        primary: ReplicaId,
    },
    /// This replica left a view.
    Suspected {
        /// The view.
        view: View,
        /// Its primary.
        primary: ReplicaId,
        /// Why.
        reason: Suspicion,
    },
    /// A member did what no correct member does.
    Evidence {
        /// The member.
        member: ReplicaId,
        /// What.
        sin: Sin,
    },
}

/// A committed block as the node's subscribers see it.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Its header.
    pub header: Header,
    /// Its transactions, in order, complete.
    pub submissions: Vec<SharedSubmission>,
    /// What each gave.
    pub outcomes: Vec<Outcome>,
}

/// What a client's call came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// It is in the ledger; the outcome may be a refusal.
    Committed {
        /// The transaction.
        id: TransactionId,
        /// Height of its block.
        height: Height,
        /// What it gave.
        outcome: Outcome,
    },
    /// It was not admitted, or is includable no longer: its key was ended by a block. It will be in no block.
    NotAdmitted(NotAdmitted),
    /// It expired here without being committed here. It may still be in a block this node has not seen.
    Expired {
        /// The transaction.
        id: TransactionId,
    },
}

/// Why a transaction is not admitted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotAdmitted {
    /// Its life left is too short or too long by this node's clock.
    #[error("the expiry must lie 30 s to 9 min 30 s ahead of this node's clock")]
    Expiry,
    /// Its key is not enrolled for its sender, or it is malformed.
    #[error("not includable: {0}")]
    NotIncludable(#[from] carechain_contract::NotIncludable),
    /// No room.
    #[error(transparent)]
    Mempool(#[from] MempoolError),
    /// Too many clients wait.
    #[error("too many clients wait for outcomes")]
    Busy,
}
