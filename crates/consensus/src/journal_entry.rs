//! What must survive a crash: the entries of the replica's journal.
//!
//! Crash: the journal is read back in order, and a torn tail is a missing suffix. So an entry stands behind everything
//! it rests on: the commit certificate before the next PREPARE, the prepared certificate before the COMMIT, the
//! certificates before the VIEW-CHANGE.
//!
//! Truncation: entries at or below the height that the ledger has synced with its certificate may go, except the
//! last [`JournalEntry::Entered`], the last [`JournalEntry::ViewChange`] and the highest votes; see [`retained`].

use carechain_types::{Certificate, Commit, Header, Height, NewView, Prepare, Signed, View, ViewChange};
use serde::{Deserialize, Serialize};

use crate::message::Leaves;

/// One thing that is written before it is acted on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum JournalEntry {
    /// This replica acts in a view from here on.
    Entered {
        /// The view.
        view: View,
        /// What lets it.
        start: ViewStart,
    },
    /// A block is committed. With it the engine makes the block's body and detached parts durable, in the journal's
    /// folder or in the ledger, so that recovery can replay what the ledger lacks.
    Committed {
        /// The commit certificate.
        certificate: Certificate,
    },
    /// An own PREPARE.
    Prepare(Signed<Prepare>),
    /// A block is prepared. With it the engine makes the block's body and every detached part durable.
    Prepared {
        /// The prepared certificate.
        certificate: Certificate,
        /// The block's header.
        header: Header,
        /// Its leaf digests.
        leaves: Leaves,
    },
    /// An own COMMIT.
    Commit(Signed<Commit>),
    /// An own VIEW-CHANGE: no vote below its view from here on.
    ViewChange(Signed<ViewChange>),
}

/// What lets a replica act in a view.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum ViewStart {
    /// View 0 of an epoch needs nothing.
    First,
    /// A NEW-VIEW, with the VIEW-CHANGEs it names and the prepared certificates these name, to serve them.
    NewView {
        /// The NEW-VIEW.
        new_view: Signed<NewView>,
        /// The VIEW-CHANGEs it names, in its order.
        view_changes: Vec<Signed<ViewChange>>,
        /// The prepared certificates they name, each once.
        certificates: Vec<Certificate>,
    },
    /// A commit certificate of this view for a block first proposed in it.
    Certificate {
        /// The certificate.
        certificate: Certificate,
        /// The block's header.
        header: Header,
    },
}

impl JournalEntry {
    /// The height the entry speaks about, if it loses its meaning once that height is committed and synced.
    #[must_use]
    pub fn height(&self) -> Option<Height> {
        match self {
            Self::Committed { certificate } | Self::Prepared { certificate, .. } => Some(certificate.height),
            Self::Prepare(signed) => Some(signed.body.height),
            Self::Commit(signed) => Some(signed.body.height),
            Self::Entered { .. } | Self::ViewChange(_) => None,
        }
    }
}

/// What must stay of a journal once the ledger has synced everything up to `synced`, certificates included.
///
/// Stays: the last view entered, the last VIEW-CHANGE with the certificates it names, the highest vote of each phase,
/// and all above `synced`.
#[must_use]
pub fn retained(entries: Vec<JournalEntry>, synced: Height) -> Vec<JournalEntry> {
    let last = |is: fn(&JournalEntry) -> bool| entries.iter().rposition(is);
    let view_change = last(|entry| matches!(entry, JournalEntry::ViewChange(_)));
    let kept = [
        last(|entry| matches!(entry, JournalEntry::Entered { .. })),
        view_change,
        last(|entry| matches!(entry, JournalEntry::Prepare(_))),
        last(|entry| matches!(entry, JournalEntry::Commit(_))),
    ];
    let named: Vec<_> = match view_change.and_then(|index| entries.get(index)) {
        Some(JournalEntry::ViewChange(signed)) => {
            signed.body.prepared.iter().map(|prepared| prepared.certificate_digest).collect()
        }
        _ => Vec::new(),
    };
    let stays = |index: usize, entry: &JournalEntry| match entry {
        _ if kept.contains(&Some(index)) => true,
        JournalEntry::Prepared { certificate, .. } if named.contains(&certificate.digest()) => true,
        _ => entry.height().is_some_and(|height| height > synced),
    };
    entries
        .iter()
        .enumerate()
        .filter(|(index, entry)| stays(*index, entry))
        .map(|(_, entry)| entry.clone())
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
