//! Blocks that are proposed and not decided: their bodies as they arrive, and what executing them gave.

use std::collections::{BTreeMap, BTreeSet};

use carechain_consensus::SharedLeaves;
use carechain_crypto::{BlockId, ChainId, Digest};
use carechain_types::{BoundedVec, Header, Height, ReplicaId, Time};

use crate::execution::Executed;
use crate::limits::{CANDIDATES_MAX, FETCH_PATIENCE};
use crate::mempool::{Mempool, SharedSubmission};
use crate::wire::PeerMessage;

/// One proposed block.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// Its header.
    pub(crate) header: Header,
    /// Leaf digests of its transactions.
    pub(crate) leaves: SharedLeaves,
    /// What executing it gave; `None` until its bodies and its parent are here.
    pub(crate) executed: Option<Executed>,
    holders: Vec<ReplicaId>,
    bodies: Vec<Option<SharedSubmission>>,
    /// Where each missing body stands; more than once in a block that is to be refused for it.
    missing: BTreeMap<Digest, Vec<usize>>,
    asked: Time,
    asked_count: usize,
}

impl Candidate {
    /// One whose bodies are looked for in the mempool.
    #[must_use]
    pub(crate) fn new(
        header: Header,
        leaves: SharedLeaves,
        holders: Vec<ReplicaId>,
        mempool: &Mempool,
    ) -> Self {
        let bodies: Vec<_> = leaves
            .iter()
            .map(|leaf| mempool.by_leaf(leaf).map(|waiting| waiting.submission.clone()))
            .collect();
        let mut missing: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (index, leaf) in leaves.iter().enumerate().filter(|(index, _)| bodies[*index].is_none()) {
            missing.entry(*leaf).or_default().push(index);
        }
        Self { header, leaves, executed: None, holders, bodies, missing, asked: Time::ZERO, asked_count: 0 }
    }

    /// One that this replica built and executed itself.
    #[must_use]
    pub(crate) fn own(
        header: Header,
        leaves: SharedLeaves,
        submissions: Vec<SharedSubmission>,
        executed: Executed,
    ) -> Self {
        Self {
            header,
            leaves,
            executed: Some(executed),
            holders: Vec::new(),
            bodies: submissions.into_iter().map(Some).collect(),
            missing: BTreeMap::new(),
            asked: Time::ZERO,
            asked_count: 0,
        }
    }

    /// All bodies in order, once they are here.
    #[must_use]
    pub(crate) fn submissions(&self) -> Option<Vec<SharedSubmission>> {
        self.bodies.iter().cloned().collect()
    }

    /// Takes a body if it is one that is missing.
    pub(crate) fn supply(&mut self, leaf: &Digest, submission: &SharedSubmission) {
        for index in self.missing.remove(leaf).into_iter().flatten() {
            self.bodies[index] = Some(submission.clone());
        }
    }

    /// Whom to ask for what is missing, if it is time to: the likely holders in turn, then everybody.
    fn question(
        &mut self,
        block_id: BlockId,
        everybody: &[ReplicaId],
        now: Time,
    ) -> Option<(ReplicaId, PeerMessage)> {
        if self.missing.is_empty() || now < self.asked.after(FETCH_PATIENCE) {
            return None;
        }
        let holders_first = self.asked_count < self.holders.len();
        let from = if holders_first { self.holders.as_slice() } else { everybody };
        let to = *from.get(self.asked_count % from.len().max(1))?;
        self.asked = now;
        self.asked_count += 1;
        let leaves =
            BoundedVec::new(self.missing.keys().copied().collect()).expect("as many as the block has");
        Some((to, PeerMessage::FetchBodies { block_id, leaves }))
    }
}

/// The blocks that are proposed and not decided.
#[derive(Debug)]
pub(crate) struct Candidates {
    chain_id: ChainId,
    by_id: BTreeMap<BlockId, Candidate>,
}

impl Candidates {
    /// None.
    #[must_use]
    pub(crate) const fn new(chain_id: ChainId) -> Self {
        Self { chain_id, by_id: BTreeMap::new() }
    }

    /// Takes one in. Beyond the bound the lowest, then oldest by id, goes: consensus asks again for what it wants.
    pub(crate) fn insert(&mut self, block_id: BlockId, candidate: Candidate) {
        if !self.by_id.contains_key(&block_id) && self.by_id.len() >= CANDIDATES_MAX {
            let lowest = self.by_id.iter().min_by_key(|(_, candidate)| candidate.header.height);
            if let Some(lowest) = lowest.map(|(id, _)| *id) {
                self.by_id.remove(&lowest);
            }
        }
        self.by_id.insert(block_id, candidate);
    }

    /// One of them.
    #[must_use]
    pub(crate) fn get(&self, block_id: &BlockId) -> Option<&Candidate> {
        self.by_id.get(block_id)
    }

    /// One of them, to change.
    pub(crate) fn get_mut(&mut self, block_id: &BlockId) -> Option<&mut Candidate> {
        self.by_id.get_mut(block_id)
    }

    /// Takes one out.
    pub(crate) fn remove(&mut self, block_id: &BlockId) -> Option<Candidate> {
        self.by_id.remove(block_id)
    }

    /// Ids of those that can be executed on `parent`: complete and not executed yet.
    #[must_use]
    pub(crate) fn executable_on(&self, parent: &BlockId) -> Vec<BlockId> {
        self.by_id
            .iter()
            .filter(|(_, candidate)| {
                candidate.header.parent == *parent
                    && candidate.missing.is_empty()
                    && candidate.executed.is_none()
            })
            .map(|(id, _)| *id)
            .collect()
    }

    /// Drops those at or below a committed height.
    pub(crate) fn forget_up_to(&mut self, height: Height) {
        self.by_id.retain(|_, candidate| candidate.header.height > height);
    }

    /// Gives a transaction to every block that lacks it.
    pub(crate) fn supply(&mut self, submission: &SharedSubmission) {
        if self.by_id.values().all(|candidate| candidate.missing.is_empty()) {
            return;
        }
        let leaf = submission.transaction.leaf(&self.chain_id).digest();
        for candidate in self.by_id.values_mut() {
            candidate.supply(&leaf, submission);
        }
    }

    /// Questions for missing bodies that are due.
    pub(crate) fn questions(&mut self, everybody: &[ReplicaId], now: Time) -> Vec<(ReplicaId, PeerMessage)> {
        self.by_id.iter_mut().filter_map(|(id, candidate)| candidate.question(*id, everybody, now)).collect()
    }

    /// When the next question is due.
    #[must_use]
    pub(crate) fn next_question(&self) -> Option<Time> {
        let open = self.by_id.values().filter(|candidate| !candidate.missing.is_empty());
        open.map(|candidate| candidate.asked.after(FETCH_PATIENCE)).min()
    }

    /// The bodies of a block that are here, of those that a member asks for.
    #[must_use]
    pub(crate) fn bodies(
        &self,
        block_id: &BlockId,
        leaves: &BTreeSet<Digest>,
    ) -> BTreeMap<Digest, SharedSubmission> {
        let Some(candidate) = self.by_id.get(block_id) else { return BTreeMap::new() };
        let held = candidate.leaves.iter().zip(&candidate.bodies).filter(|(leaf, _)| leaves.contains(leaf));
        held.filter_map(|(leaf, body)| Some((*leaf, body.clone()?))).collect()
    }
}
