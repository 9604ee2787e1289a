//! What a replica wants done, in order.
//!
//! Invariants
//! - A [`Output::Persist`] stands ahead of every message that it protects. The engine writes the entries of a turn,
//!   syncs once, and releases a message only after the entries ahead of it are synced. A turn whose last entry has no
//!   message behind it needs no sync of its own: the entry rides with the next one.
//! - [`Output::Commit`]s come in height order, each height once in a run.

use carechain_crypto::{BlockId, StateRoot};
use carechain_types::{Header, Height, ReplicaId, SharedCertificate, View};

use crate::journal_entry::JournalEntry;
use crate::member_clocks::ClockOffset;
use crate::message::{Message, SharedLeaves};

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Append to the journal.
    Persist(JournalEntry),
    /// Send to one member.
    Send {
        /// The member.
        to: ReplicaId,
        /// The message.
        message: Message,
    },
    /// Send to every other member.
    Broadcast(Message),
    /// Fetch the bodies and detached parts of a block, execute it on its parent, answer with
    /// [`crate::Input::Checked`]. Asked again after a restart; the block stays wanted until [`Output::Dropped`].
    Check {
        /// The block.
        block_id: BlockId,
        /// Its header.
        header: Header,
        /// Its leaf digests, which match the header.
        leaves: SharedLeaves,
        /// Members that are likely to hold its bodies.
        holders: Vec<ReplicaId>,
        /// Whether its transactions were judged by other replicas before.
        origin: Origin,
    },
    /// Apply a block that was checked (or proposed) here.
    Commit {
        /// Its height, one above the last.
        height: Height,
        /// The block.
        block_id: BlockId,
        /// Its commit certificate.
        certificate: SharedCertificate,
    },
    /// Fetch the blocks up to a certified one, execute, apply, answer with one [`crate::Input::CaughtUp`] each. A
    /// block whose execution gives another root than its header is answered with [`crate::Input::Checked`].
    CatchUp {
        /// Certifies the block to reach.
        certificate: SharedCertificate,
        /// Members that voted for it.
        holders: Vec<ReplicaId>,
    },
    /// Send the commit certificate of an old height to a member, as [`Message::Certificate`], from the ledger.
    ServeCommitted {
        /// The member.
        to: ReplicaId,
        /// The height.
        height: Height,
    },
    /// These blocks are not wanted any more: drop their overlays, give their transactions back to the mempool.
    Dropped(Vec<BlockId>),
    /// This replica acts in a view.
    ViewEntered {
        /// The view.
        view: View,
        /// Its primary.
        primary: ReplicaId,
    },
    /// This replica left a view.
    Suspected {
        /// The view it left.
        view: View,
        /// The primary of that view.
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
    /// Stop: a quorum certified a state that our own execution does not reach. Nothing follows.
    Fatal {
        /// Height of the block, one above our last.
        height: Height,
        /// The block.
        block_id: BlockId,
        /// Our root.
        own: StateRoot,
        /// The certified root.
        certified: StateRoot,
    },
    /// Stop: a quorum certified a block on another parent than our last block. Nothing follows.
    ForeignParent {
        /// Height of the block, one above our last.
        height: Height,
        /// The block.
        block_id: BlockId,
        /// Its parent.
        parent: BlockId,
    },
}

/// How a block came to be checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// Proposed in the current view: every rule for transactions applies.
    Fresh,
    /// Re-proposed by a NEW-VIEW because it was prepared in an earlier view.
    Reproposed,
}

/// Why a replica left a view.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Suspicion {
    /// Nothing committed for the patience.
    NothingCommits,
    /// Too many blocks that could have held a transaction passed it over.
    PassedOver,
    /// A proposal's state root is not what our execution gives.
    StateDiffers,
    /// A proposal holds what may not be proposed.
    NotIncludable,
    /// Its NEW-VIEW did not come although q members want the view.
    NoNewView,
    /// The primary itself leaves the view.
    PrimaryLeft,
    /// f + 1 members are in later views.
    OthersLeft,
    /// This replica leads the view, and a member that waits in a later one has been left behind.
    LeftBehind,
    /// This replica leads the view, and was restarted or finds that its clock was wrong when it proposed.
    Abdicated,
}

/// What no correct member does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sin {
    /// Two different PRE-PREPAREs for one view and height.
    TwoProposals,
    /// Two different PREPAREs for one view and height.
    TwoPrepares,
    /// Two different COMMITs for one view and height.
    TwoCommits,
    /// A PRE-PREPARE or NEW-VIEW by a member that does not lead the view.
    NotPrimary,
    /// A header that contradicts the message, the chain's rules or its leaves.
    BadHeader,
    /// A proposal that holds one transaction twice.
    RepeatedTransaction,
    /// A proposal or HEAD whose time is too far from this node's clock: one of the two clocks is wrong, or a proposal was
    /// long on its way. Said once until a HEAD of that member is within bounds again.
    ClockOff {
        /// The member's clock beside this node's.
        offset: ClockOffset,
    },
    /// A VIEW-CHANGE that is not well formed.
    BadViewChange,
    /// A NEW-VIEW that does not follow from the VIEW-CHANGEs it names.
    FalseNewView,
    /// Two different NEW-VIEWs for one view.
    TwoNewViews,
}

/// The outputs of one step, in order.
pub type Outputs = Vec<Output>;
