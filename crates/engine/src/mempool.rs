//! Transactions that wait for a block, first come, first proposed.
//!
//! Limits: bytes and count in all, count per key. What is here was includable in some recent head; it is checked again
//! against the parent state when it is proposed.

use std::collections::BTreeMap;
use std::sync::Arc;

use carechain_crypto::{ChainId, Digest, SigningPublicKey, TransactionId};
use carechain_types::{Submission, Time, Verified, encode};

use crate::fullness::Fullness;
use crate::limits::{
    FULL_BLOCKS_AHEAD_MAX, MEMPOOL_BYTES_MAX, MEMPOOL_BYTES_PER_KEY_MAX, MEMPOOL_COUNT_MAX,
    MEMPOOL_COUNT_PER_KEY_MAX,
};

/// A verified transaction with its parts, shared between mempool, candidates and ledger.
pub type SharedSubmission = Arc<Verified<Submission>>;

/// Why a transaction is not taken in. The client tries another node or waits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MempoolError {
    /// It is here already.
    #[error("the transaction waits here already")]
    Known,
    /// The mempool is full.
    #[error("{count} transactions of {bytes} bytes wait: no room")]
    Full {
        /// Waiting transactions.
        count: usize,
        /// Their bytes.
        bytes: usize,
    },
    /// This key has too many waiting.
    #[error("{count} transactions of {bytes} bytes of this key wait, more are not taken")]
    KeyBusy {
        /// Waiting transactions of the key.
        count: usize,
        /// Their bytes.
        bytes: usize,
    },
}

/// One waiting transaction.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The transaction.
    pub submission: SharedSubmission,
    /// Its id.
    pub id: TransactionId,
    /// Digest of its leaf, under this signature.
    pub leaf: Digest,
    /// Its bytes, parts included.
    pub bytes: usize,
    /// When it arrived here.
    pub arrived: Time,
    /// Blocks committed in this view without it that speak against their primary.
    pub passed_over: u32,
    /// Full blocks committed in this view without it that may have been in front of it.
    pub full_ahead: usize,
    /// When it was last sent to the primary; zero if never.
    pub forwarded: Time,
    /// When it was last sent to all members, and how often; `None` for what others admitted.
    pub broadcast: Option<(Time, u32)>,
}

/// What waits of one key.
#[derive(Clone, Copy, Debug, Default)]
struct OfKey {
    count: usize,
    bytes: usize,
}

/// The waiting transactions in order of arrival.
#[derive(Debug)]
pub struct Mempool {
    chain_id: ChainId,
    by_arrival: BTreeMap<u64, Waiting>,
    arrival_by_id: BTreeMap<TransactionId, u64>,
    arrival_by_leaf: BTreeMap<Digest, u64>,
    by_key: BTreeMap<SigningPublicKey, OfKey>,
    bytes: usize,
    next_arrival: u64,
}

impl Mempool {
    /// An empty one.
    #[must_use]
    pub const fn new(chain_id: ChainId) -> Self {
        Self {
            chain_id,
            by_arrival: BTreeMap::new(),
            arrival_by_id: BTreeMap::new(),
            arrival_by_leaf: BTreeMap::new(),
            by_key: BTreeMap::new(),
            bytes: 0,
            next_arrival: 0,
        }
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_arrival.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_arrival.is_empty()
    }

    /// Bytes of all that wait.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes one in.
    pub fn insert(&mut self, submission: SharedSubmission, now: Time) -> Result<TransactionId, MempoolError> {
        let transaction = &submission.transaction;
        let leaf = transaction.leaf(&self.chain_id);
        if self.arrival_by_id.contains_key(&leaf.id) {
            return Err(MempoolError::Known);
        }
        let bytes = submission_bytes(&submission);
        if self.len() >= MEMPOOL_COUNT_MAX || self.bytes + bytes > MEMPOOL_BYTES_MAX {
            return Err(MempoolError::Full { count: self.len(), bytes: self.bytes });
        }
        let of_key = self.by_key.entry(transaction.body.sender_key).or_default();
        if of_key.count >= MEMPOOL_COUNT_PER_KEY_MAX || of_key.bytes + bytes > MEMPOOL_BYTES_PER_KEY_MAX {
            return Err(MempoolError::KeyBusy { count: of_key.count, bytes: of_key.bytes });
        }
        of_key.count += 1;
        of_key.bytes += bytes;
        let arrival = self.next_arrival;
        self.next_arrival += 1;
        self.bytes += bytes;
        self.arrival_by_id.insert(leaf.id, arrival);
        self.arrival_by_leaf.insert(leaf.digest(), arrival);
        let waiting = Waiting {
            submission,
            id: leaf.id,
            leaf: leaf.digest(),
            bytes,
            arrived: now,
            passed_over: 0,
            full_ahead: 0,
            forwarded: Time::ZERO,
            broadcast: None,
        };
        self.by_arrival.insert(arrival, waiting);
        Ok(leaf.id)
    }

    /// Takes one out: committed, expired or no longer includable.
    pub fn remove(&mut self, id: &TransactionId) -> Option<Waiting> {
        let arrival = self.arrival_by_id.remove(id)?;
        let waiting = self.by_arrival.remove(&arrival)?;
        self.arrival_by_leaf.remove(&waiting.leaf);
        self.bytes -= waiting.bytes;
        let key = waiting.submission.transaction.body.sender_key;
        if let Some(of_key) = self.by_key.get_mut(&key) {
            of_key.count -= 1;
            of_key.bytes -= waiting.bytes;
            if of_key.count == 0 {
                self.by_key.remove(&key);
            }
        }
        Some(waiting)
    }

    /// The one with an id.
    #[must_use]
    pub fn get(&self, id: &TransactionId) -> Option<&Waiting> {
        self.by_arrival.get(self.arrival_by_id.get(id)?)
    }

    /// The one whose leaf has this digest, the same signature included.
    #[must_use]
    pub fn by_leaf(&self, leaf: &Digest) -> Option<&Waiting> {
        self.by_arrival.get(self.arrival_by_leaf.get(leaf)?)
    }

    /// An own client's transaction was sent to all members.
    pub(crate) fn note_broadcast(&mut self, id: &TransactionId, now: Time) {
        let arrival = self.arrival_by_id.get(id);
        if let Some(waiting) = arrival.and_then(|arrival| self.by_arrival.get_mut(arrival)) {
            let times = waiting.broadcast.map_or(0, |(_, times)| times);
            waiting.broadcast = Some((now, times.saturating_add(1)));
        }
    }

    /// All, in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = &Waiting> {
        self.by_arrival.values()
    }

    /// A block was committed without any of these. A full one says nothing, but no more of them than a mempool fills.
    pub(crate) fn note_left_out(&mut self, block: Fullness) {
        for waiting in self.by_arrival.values_mut() {
            if block == Fullness::Full && waiting.full_ahead < FULL_BLOCKS_AHEAD_MAX {
                waiting.full_ahead += 1;
            } else {
                waiting.passed_over = waiting.passed_over.saturating_add(1);
            }
        }
    }

    /// Another primary proposes from here on: what its predecessor left out is not its fault.
    pub(crate) fn forget_left_out(&mut self) {
        for waiting in self.by_arrival.values_mut() {
            (waiting.full_ahead, waiting.passed_over) = (0, 0);
        }
    }

    /// All, in order of arrival, to change their bookkeeping.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Waiting> {
        self.by_arrival.values_mut()
    }
}

/// Bytes of a transaction with its parts as a block counts them.
#[must_use]
pub(crate) fn submission_bytes(submission: &Submission) -> usize {
    encode(&submission.transaction).len() + submission.transaction.body.parts_bytes()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
