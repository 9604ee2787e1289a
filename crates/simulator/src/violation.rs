//! A broken promise, with the evidence.

use carechain_crypto::{BlockId, StateRoot, TransactionId};
use carechain_types::{Height, ReplicaId, Span, View};

use crate::ballot::Ballot;

/// What no world may show. Each variant is one invariant's, except where a correct member stops or is not believed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Violation {
    /// Agreement: two blocks at one height.
    #[error(
        "fork at height {height}: member {first} committed {first_block:?}, member {second} {second_block:?}"
    )]
    Fork {
        /// The height.
        height: Height,
        /// Who committed first.
        first: ReplicaId,
        /// What.
        first_block: BlockId,
        /// Who committed something else.
        second: ReplicaId,
        /// What.
        second_block: BlockId,
    },
    /// Two certified blocks at one height, whoever holds the certificates.
    #[error(
        "two certificates at height {height}: member {first} holds {first_block:?}, member {second} {second_block:?}"
    )]
    TwoCertified {
        /// The height.
        height: Height,
        /// Who held the first.
        first: ReplicaId,
        /// Its block.
        first_block: BlockId,
        /// Who holds the other.
        second: ReplicaId,
        /// Its block.
        second_block: BlockId,
    },
    /// A HEAD hid an own COMMIT that may be part of a certificate.
    #[error("a HEAD of member {member} hid its COMMIT at height {height}")]
    HiddenCommit {
        /// Who.
        member: ReplicaId,
        /// The height of the vote.
        height: Height,
    },
    /// Agreement: two states after one height.
    #[error("member {member} has state {own:?} after height {height}, others {others:?}")]
    StateFork {
        /// The height.
        height: Height,
        /// Who differs.
        member: ReplicaId,
        /// Its state.
        own: StateRoot,
        /// The state of the others.
        others: StateRoot,
    },
    /// Validity: a committed block promises other transactions or outcomes than it has.
    #[error("member {member} committed block {height}, whose roots are not those of what it holds")]
    FalseRoot {
        /// Who.
        member: ReplicaId,
        /// The height.
        height: Height,
    },
    /// Validity: a block holds what nobody submitted.
    #[error("block {height} holds transaction {id:?}, which nobody submitted")]
    NeverSubmitted {
        /// The height.
        height: Height,
        /// The transaction.
        id: TransactionId,
    },
    /// Validity: a transaction stands twice in the chain.
    #[error("transaction {id:?} stands at height {first} and again at {second}")]
    Twice {
        /// The transaction.
        id: TransactionId,
        /// Its first height.
        first: Height,
        /// Its second height.
        second: Height,
    },
    /// Validity: a block holds what had expired at its time.
    #[error("block {height} holds transaction {id:?} after its expiry")]
    Expired {
        /// The height.
        height: Height,
        /// The transaction.
        id: TransactionId,
    },
    /// Durability: a client was told of a commit that is not in the chain, or not any more.
    #[error(
        "member {teller} told a client that {id:?} is in block {height}; at member {member} it is at {found:?}"
    )]
    LostAcknowledged {
        /// Who told.
        teller: ReplicaId,
        /// The transaction.
        id: TransactionId,
        /// The height it was told.
        height: Height,
        /// Who has it elsewhere or not at all.
        member: ReplicaId,
        /// Where it has it.
        found: Option<Height>,
    },
    /// No double vote.
    #[error("member {member} signed {phase:?} in view {view} at height {height} for {first:?} and for {second:?}",
        phase = .ballot.phase, view = .ballot.view, height = .ballot.height)]
    DoubleVote {
        /// Who.
        member: ReplicaId,
        /// Which vote.
        ballot: Ballot,
        /// Its first block.
        first: BlockId,
        /// Its second block.
        second: BlockId,
    },
    /// Votes are on disk.
    #[error("after its crash the disk of member {member} lacks its {what} of view {view} at height {height}")]
    NotOnDisk {
        /// Who.
        member: ReplicaId,
        /// Which message.
        what: &'static str,
        /// Its view.
        view: View,
        /// Its height; the member's own where the message names none.
        height: Height,
    },
    /// A restart came back lower than its votes imply.
    #[error("member {member} came back at height {height} although it voted at {voted}: window {window}")]
    BelowOwnVotes {
        /// Who.
        member: ReplicaId,
        /// Its committed height after the restart.
        height: Height,
        /// Its highest vote.
        voted: Height,
        /// The window.
        window: u16,
    },
    /// A vote below an own VIEW-CHANGE.
    #[error("member {member} signed {phase:?} in view {view} after its VIEW-CHANGE for view {left}",
        phase = .ballot.phase, view = .ballot.view)]
    VoteBelowViewChange {
        /// Who.
        member: ReplicaId,
        /// Which vote.
        ballot: Ballot,
        /// The view it had asked for.
        left: View,
    },
    /// Liveness: the faults stopped long ago and something is not settled.
    #[error("{after:?} after the faults stopped {waiting} clients wait; {standing}")]
    Stuck {
        /// How long ago.
        after: Span,
        /// Clients without an answer.
        waiting: usize,
        /// Where each member stands.
        standing: String,
    },
    /// Liveness: a well-formed, unexpired transaction of an enrolled key was not let in.
    #[error("member {member} did not admit {id:?}: {reason}")]
    NotAdmitted {
        /// Who.
        member: ReplicaId,
        /// The transaction.
        id: TransactionId,
        /// What it said.
        reason: String,
    },
    /// A block was sent again and again to a correct member that catches up.
    #[error("block {height} was sent {times} times to member {to} within {within:?}")]
    SentAgain {
        /// To whom.
        to: ReplicaId,
        /// The height.
        height: Height,
        /// How often, by correct members.
        times: u64,
        /// In how long.
        within: Span,
    },
    /// Somebody talks without end.
    #[error("{events} events and no end")]
    Storm {
        /// Events so far.
        events: u64,
    },
    /// A correct member stopped by itself, or does not start again.
    #[error("member {member} stopped: {reason}")]
    Stopped {
        /// Who.
        member: ReplicaId,
        /// What it said.
        reason: String,
    },
    /// A correct member's message was refused at the border of another.
    #[error("member {member} refused a message of correct member {sender}: {reason}")]
    HonestRefused {
        /// Who refused.
        member: ReplicaId,
        /// Who sent.
        sender: ReplicaId,
        /// Why.
        reason: String,
    },
}
