//! Proposals that arrived before they can be accepted: their parent, their view or their time is still to come.
//!
//! Limits: a few per member, so that one primary cannot fill another's places.

use std::collections::BTreeMap;

use carechain_crypto::BlockId;
use carechain_types::{Height, PrePrepare, ReplicaId, Signed, View};

use crate::arrival::Arrival;
use crate::message::SharedLeaves;

/// A proposal whose header was checked.
#[derive(Clone, Debug)]
pub(crate) struct HeldProposal {
    pub(crate) signed: Signed<PrePrepare>,
    pub(crate) block_id: BlockId,
    pub(crate) leaves: SharedLeaves,
    /// When it arrived: its time is judged for that moment.
    pub(crate) arrival: Arrival,
    pub(crate) judged: Judged,
}

/// What was said of a held proposal's time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Judged {
    /// Nothing.
    Open,
    /// It was right: the journal has a vote for the block.
    BeforeRestart,
    /// It is too far from the own clock, as that stood then.
    Refused,
}

/// The held proposals, by primary, view and height.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeldProposals(BTreeMap<ReplicaId, BTreeMap<(View, Height), HeldProposal>>);

impl HeldProposals {
    pub(crate) fn get(&self, primary: ReplicaId, view: View, height: Height) -> Option<&HeldProposal> {
        self.0.get(&primary)?.get(&(view, height))
    }

    pub(crate) fn get_mut(
        &mut self,
        primary: ReplicaId,
        view: View,
        height: Height,
    ) -> Option<&mut HeldProposal> {
        self.0.get_mut(&primary)?.get_mut(&(view, height))
    }

    /// Holds a proposal; the first of a view and height stays, and so do the highest views if there are too many.
    pub(crate) fn insert(&mut self, proposal: HeldProposal, per_member_max: usize) {
        let body = &proposal.signed.body;
        let proposals = self.0.entry(proposal.signed.member).or_default();
        let place = (body.view, body.height);
        if proposals.contains_key(&place) {
            return;
        }
        if proposals.len() >= per_member_max {
            // A higher view displaces the lowest one; within a view the lower heights stay, they are due first.
            if proposals.first_key_value().is_none_or(|(lowest, _)| lowest.0 >= place.0) {
                return;
            }
            proposals.pop_first();
        }
        proposals.insert(place, proposal);
    }

    pub(crate) fn remove(&mut self, primary: ReplicaId, view: View, height: Height) -> Option<HeldProposal> {
        self.0.get_mut(&primary)?.remove(&(view, height))
    }

    /// Forgets what cannot be accepted any more.
    pub(crate) fn retain(&mut self, keep: impl Fn(View, Height) -> bool) {
        for proposals in self.0.values_mut() {
            proposals.retain(|(view, height), _| keep(*view, *height));
        }
    }
}
