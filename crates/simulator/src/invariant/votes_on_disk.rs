//! Every vote that anybody may have received is on its sender's disk after its crash; so is every VIEW-CHANGE, and
//! every NEW-VIEW with the entry into its view, and the body of every block that it sent COMMIT for. A vote leaves in a
//! certificate too.
//!
//! Source: design section 5, "Durability"; telcoin-network#934, asonnino/hotstuff core.rs:114. What the ledger holds
//! durably with its certificate may be gone from a journal that was shortened. A vote that left in a certificate alone may
//! be in the ledger alone: a crash can leave the block there that the journal lost the vote for, and it is certified.

use std::collections::{BTreeMap, BTreeSet};

use carechain_consensus::{JournalEntry, Message};
use carechain_crypto::{BlockId, Digest};
use carechain_types::{Certificate, Height, Phase, ReplicaId, View};

use crate::ballot::{Ballot, BallotPhase};
use crate::violation::Violation;

/// What left each correct member.
#[derive(Debug, Default)]
pub(crate) struct VotesOnDisk {
    sent: BTreeMap<ReplicaId, Sent>,
}

#[derive(Debug, Default)]
struct Sent {
    votes: BTreeSet<(Ballot, BlockId)>,
    votes_in_certificates: BTreeSet<(Ballot, BlockId)>,
    view_change: Option<(View, Digest)>,
    new_view: Option<View>,
}

/// What a crash left of a member.
#[derive(Debug)]
pub(crate) struct Survivors<'a> {
    /// The journal's entries.
    pub(crate) entries: &'a [JournalEntry],
    /// Blocks whose bodies are in the journal.
    pub(crate) bodies: &'a BTreeSet<BlockId>,
    /// The ledger's height.
    pub(crate) height: Height,
    /// Whether the journal was ever shortened.
    pub(crate) shortened: bool,
}

impl VotesOnDisk {
    /// A correct member sends something.
    pub(crate) fn sent(&mut self, member: ReplicaId, message: &Message) {
        let sent = self.sent.entry(member).or_default();
        match message {
            Message::ViewChange(signed) if signed.member == member => {
                let latest = (signed.body.view, signed.body.digest());
                if sent.view_change.is_none_or(|(view, _)| view < latest.0) {
                    sent.view_change = Some(latest);
                }
            }
            Message::NewView(signed) if signed.member == member => {
                sent.new_view = sent.new_view.max(Some(signed.body.view));
            }
            message => match Ballot::of_message(message) {
                // A proposal needs no place on disk: a restarted primary proposes nothing in a view it led.
                Some((ballot, block_id)) if ballot.phase != BallotPhase::PrePrepare => {
                    sent.votes.insert((ballot, block_id));
                }
                _ => {}
            },
        }
    }

    /// A correct member sends a certificate, alone or with its block.
    pub(crate) fn sent_certificate(&mut self, member: ReplicaId, certificate: &Certificate) {
        if certificate.votes.iter().all(|(voter, _)| *voter != member) {
            return;
        }
        let Certificate { phase, view, height, block_id, .. } = *certificate;
        let phase = match phase {
            Phase::Prepare => BallotPhase::Prepare,
            Phase::Commit => BallotPhase::Commit,
        };
        let vote = (Ballot { phase, view, height }, block_id);
        self.sent.entry(member).or_default().votes_in_certificates.insert(vote);
    }

    /// A correct member crashed and this is what is left.
    pub(crate) fn crashed(&self, member: ReplicaId, left: &Survivors<'_>) -> Result<(), Violation> {
        let Some(sent) = self.sent.get(&member) else { return Ok(()) };
        let votes: BTreeSet<_> = left.entries.iter().filter_map(Ballot::of_entry).collect();
        let may_be_gone = |height: Height| left.shortened && height <= left.height;
        for vote @ (ballot, block_id) in sent.votes.union(&sent.votes_in_certificates) {
            let in_ledger = !sent.votes.contains(vote) && ballot.height <= left.height;
            if !votes.contains(vote) && !in_ledger && !may_be_gone(ballot.height) {
                let what = if ballot.phase == BallotPhase::Prepare { "PREPARE" } else { "COMMIT" };
                let (view, height) = (ballot.view, ballot.height);
                return Err(Violation::NotOnDisk { member, what, view, height });
            }
            let commit = ballot.phase == BallotPhase::Commit && ballot.height > left.height;
            if commit && !left.bodies.contains(block_id) {
                let (what, view, height) = ("body of what it sent COMMIT for", ballot.view, ballot.height);
                return Err(Violation::NotOnDisk { member, what, view, height });
            }
        }
        let height = left.height;
        if let Some((view, digest)) = sent.view_change
            && !left.entries.iter().any(|entry| is_view_change(entry, view, digest))
        {
            return Err(Violation::NotOnDisk { member, what: "VIEW-CHANGE", view, height });
        }
        if let Some(view) = sent.new_view
            && !left.entries.iter().any(|entry| enters(entry, view))
        {
            return Err(Violation::NotOnDisk { member, what: "NEW-VIEW", view, height });
        }
        Ok(())
    }
}

fn is_view_change(entry: &JournalEntry, view: View, digest: Digest) -> bool {
    match entry {
        JournalEntry::ViewChange(signed) => {
            signed.body.view > view || (signed.body.view == view && signed.body.digest() == digest)
        }
        _ => false,
    }
}

/// Whether an entry holds the entry into a view or a later one: only the last is kept.
fn enters(entry: &JournalEntry, of: View) -> bool {
    matches!(entry, JournalEntry::Entered { view, .. } if *view >= of)
}
