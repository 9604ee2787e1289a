//! Proofs that the state holds a value, or none, under a key: what a client checks without a ledger.
//!
//! The state is a binary sparse Merkle tree over 256-bit keys, most significant bit first. A subtree without leaves is
//! [`EMPTY`], one with a single leaf *is* that leaf, every other one is a node of its two halves:
//!
//! | hash | BLAKE3 of |
//! |---|---|
//! | value | value bytes |
//! | leaf | `JMT::LeafNode` ‖ key 32 ‖ value hash 32 |
//! | node | `JMT::IntrnalNode` ‖ left 32 ‖ right 32 |
//! | empty | not hashed: the 32 bytes `SPARSE_MERKLE_PLACEHOLDER_HASH__` |
//!
//! This is the logical tree of the crate jmt 0.12, and differential tests hold it there.

use carechain_crypto::{Digest, StateRoot, hash};
use serde::{Deserialize, Serialize};

use crate::bounded::BoundedVec;
use crate::limits::STATE_PATH_MAX;

/// The hash of a subtree without leaves.
pub const EMPTY: Digest = Digest::new(*b"SPARSE_MERKLE_PLACEHOLDER_HASH__");

const LEAF_DOMAIN: &[u8; 13] = b"JMT::LeafNode";
const NODE_DOMAIN: &[u8; 16] = b"JMT::IntrnalNode";

/// A leaf of the state tree: a key and the hash of its value.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct StateLeaf {
    /// The key.
    pub key: Digest,
    /// BLAKE3 of the value.
    pub value_hash: Digest,
}

impl StateLeaf {
    /// The leaf of a key and its value.
    #[must_use]
    pub fn new(key: Digest, value: &[u8]) -> Self {
        Self { key, value_hash: hash(value) }
    }

    /// Its hash in the tree.
    #[must_use]
    pub fn hash(&self) -> Digest {
        let mut bytes = [0; 77];
        bytes[..13].copy_from_slice(LEAF_DOMAIN);
        bytes[13..45].copy_from_slice(self.key.as_slice());
        bytes[45..].copy_from_slice(self.value_hash.as_slice());
        hash(&bytes)
    }
}

/// The hash of a subtree from its two halves; not for one with a single leaf.
#[must_use]
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [0; 80];
    bytes[..16].copy_from_slice(NODE_DOMAIN);
    bytes[16..48].copy_from_slice(left.as_slice());
    bytes[48..].copy_from_slice(right.as_slice());
    hash(&bytes)
}

/// The bit of `key` that decides at `depth`, 0 = most significant; `true` = right.
#[must_use]
pub const fn key_bit(key: &Digest, depth: usize) -> bool {
    key.get()[depth / 8] >> (7 - depth % 8) & 1 == 1
}

/// Number of leading bits that two keys share.
#[must_use]
pub fn shared_bits(left: &Digest, right: &Digest) -> usize {
    let (left, right) = (left.get(), right.get());
    let equal = left.iter().zip(right).take_while(|(left, right)| left == right).count();
    match (left.get(equal), right.get(equal)) {
        (Some(left), Some(right)) => equal * 8 + (left ^ right).leading_zeros() as usize,
        _ => 256,
    }
}

/// The root over a whole state, computed from nothing: for genesis and for tests, not for every block.
#[must_use]
pub fn root_of<'a>(entries: impl IntoIterator<Item = (Digest, &'a [u8])>) -> StateRoot {
    let mut leaves: Vec<_> = entries.into_iter().map(|(key, value)| StateLeaf::new(key, value)).collect();
    leaves.sort_unstable();
    StateRoot::new(*subtree_hash(&leaves, 0).get())
}

fn subtree_hash(leaves: &[StateLeaf], depth: usize) -> Digest {
    match leaves {
        [] => EMPTY,
        [leaf] => leaf.hash(),
        _ => {
            let (left, right) = leaves.split_at(leaves.partition_point(|leaf| !key_bit(&leaf.key, depth)));
            node_hash(&subtree_hash(left, depth + 1), &subtree_hash(right, depth + 1))
        }
    }
}

/// The path from a key's place to the root.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct StatePath {
    /// For a key without value: the other leaf that stands alone where the key would be; `None` = that place is empty.
    /// Always `None` for a key with a value.
    pub absence_leaf: Option<StateLeaf>,
    /// Hashes of the other halves, from the key's place up to the root.
    pub siblings: BoundedVec<Digest, STATE_PATH_MAX>,
}

/// Why a path proves nothing. Whoever served it is wrong or lies.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StateProofError {
    /// An absence leaf beside a value, or one with the key itself.
    #[error("the path names a leaf that contradicts the claim")]
    Contradiction,
    /// The absence leaf's key leaves the claimed key's path above the end of the path.
    #[error("the absence leaf shares {shared} bits with the key, the path has {siblings}")]
    ForeignLeaf {
        /// Leading bits shared.
        shared: usize,
        /// Length of the path.
        siblings: usize,
    },
    /// The path leads to another root.
    #[error("the path leads to root {computed:?}, not {expected:?}")]
    Root {
        /// Where the path leads.
        computed: StateRoot,
        /// The root of the header.
        expected: StateRoot,
    },
}

impl StatePath {
    /// Checks that under `root` the key has this value, or none.
    ///
    /// # Errors
    /// If the path does not prove exactly that.
    pub fn verify(
        &self,
        root: &StateRoot,
        key: &Digest,
        value: Option<&[u8]>,
    ) -> Result<(), StateProofError> {
        let bottom = match (value, &self.absence_leaf) {
            (Some(value), None) => StateLeaf::new(*key, value).hash(),
            (None, None) => EMPTY,
            (None, Some(leaf)) if leaf.key != *key => {
                let shared = shared_bits(&leaf.key, key);
                if shared < self.siblings.len() {
                    return Err(StateProofError::ForeignLeaf { shared, siblings: self.siblings.len() });
                }
                leaf.hash()
            }
            (Some(_), Some(_)) | (None, Some(_)) => return Err(StateProofError::Contradiction),
        };
        let computed = StateRoot::new(*self.fold(key, bottom).get());
        if computed != *root {
            return Err(StateProofError::Root { computed, expected: *root });
        }
        Ok(())
    }

    /// The path of a key in a whole state, computed from nothing: for tests and vectors, not for serving.
    ///
    /// # Panics
    /// If the entries share more leading bits than a path may have siblings, which no two digests do.
    #[must_use]
    pub fn of(entries: &[(Digest, &[u8])], key: &Digest) -> Self {
        let mut leaves: Vec<_> = entries.iter().map(|(key, value)| StateLeaf::new(*key, value)).collect();
        leaves.sort_unstable();
        let mut rest = leaves.as_slice();
        let mut siblings = Vec::new();
        while rest.len() > 1 {
            let depth = siblings.len();
            let (left, right) = rest.split_at(rest.partition_point(|leaf| !key_bit(&leaf.key, depth)));
            let (own, other) = if key_bit(key, depth) { (right, left) } else { (left, right) };
            siblings.push(subtree_hash(other, depth + 1));
            rest = own;
        }
        siblings.reverse();
        let absence_leaf = rest.first().filter(|leaf| leaf.key != *key).copied();
        Self { absence_leaf, siblings: BoundedVec::new(siblings).expect("one sibling per bit at most") }
    }

    fn fold(&self, key: &Digest, bottom: Digest) -> Digest {
        let depths = (0..self.siblings.len()).rev();
        self.siblings.iter().zip(depths).fold(bottom, |digest, (sibling, depth)| {
            if key_bit(key, depth) { node_hash(sibling, &digest) } else { node_hash(&digest, sibling) }
        })
    }
}

#[cfg(test)]
mod tests;
