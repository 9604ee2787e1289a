//! One vote as the invariants see it.

use carechain_consensus::{JournalEntry, Message};
use carechain_crypto::BlockId;
use carechain_types::{Height, View};

/// What was signed once and for all: one block for each.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Ballot {
    /// Which kind.
    pub phase: BallotPhase,
    /// Its view.
    pub view: View,
    /// Its height.
    pub height: Height,
}

/// Which message it stands in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum BallotPhase {
    /// A primary's proposal.
    PrePrepare,
    /// A first vote.
    Prepare,
    /// A second vote.
    Commit,
}

impl Ballot {
    /// The vote in a message, and for which block.
    pub(crate) fn of_message(message: &Message) -> Option<(Self, BlockId)> {
        let (phase, view, height, block_id) = match message {
            Message::PrePrepare(signed) => {
                let body = &signed.body;
                (BallotPhase::PrePrepare, body.view, body.height, body.header.id())
            }
            Message::Prepare(signed) => {
                let body = &signed.body;
                (BallotPhase::Prepare, body.view, body.height, body.block_id)
            }
            Message::Commit(signed) => {
                let body = &signed.body;
                (BallotPhase::Commit, body.view, body.height, body.block_id)
            }
            _ => return None,
        };
        Some((Self { phase, view, height }, block_id))
    }

    /// The vote in a journal entry, and for which block.
    pub(crate) fn of_entry(entry: &JournalEntry) -> Option<(Self, BlockId)> {
        match entry {
            JournalEntry::Prepare(signed) => Self::of_message(&Message::Prepare(signed.clone())),
            JournalEntry::Commit(signed) => Self::of_message(&Message::Commit(signed.clone())),
            _ => None,
        }
    }
}
