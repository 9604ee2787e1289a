//! Merkle trees over lists: the shape of RFC 6962 with BLAKE3.
//!
//! Leaf hash = BLAKE3(0 ‖ bytes), node = BLAKE3(1 ‖ left ‖ right), empty root = BLAKE3(""). A path needs its leaf index
//! and the leaf count.

use carechain_crypto::{Digest, hash_parts};

const LEAF: &[u8] = &[0];
const NODE: &[u8] = &[1];

/// Hash of one leaf's bytes.
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> Digest {
    hash_parts(&[LEAF, bytes])
}

fn node_hash(left: &Digest, right: &Digest) -> Digest {
    hash_parts(&[NODE, left.as_slice(), right.as_slice()])
}

/// Greatest power of two below `count`; `count` ≥ 2.
fn split(count: usize) -> usize {
    1 << (usize::BITS - 1 - (count - 1).leading_zeros())
}

/// Root over leaf hashes.
#[must_use]
pub fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => hash_parts(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// Path of the leaf at `index`, nearest sibling first; `None` outside the list.
#[must_use]
pub fn path(leaves: &[Digest], index: usize) -> Option<Vec<Digest>> {
    if index >= leaves.len() {
        return None;
    }
    let mut siblings = Vec::new();
    collect_path(leaves, index, &mut siblings);
    Some(siblings)
}

fn collect_path(leaves: &[Digest], index: usize, siblings: &mut Vec<Digest>) {
    if leaves.len() < 2 {
        return;
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    if index < left.len() {
        collect_path(left, index, siblings);
        siblings.push(root(right));
    } else {
        collect_path(right, index - left.len(), siblings);
        siblings.push(root(left));
    }
}

/// The root that a leaf hash and its path give; `None` if the path does not fit index and count.
#[must_use]
pub fn root_from_path(leaf: Digest, index: u64, count: u64, siblings: &[Digest]) -> Option<Digest> {
    if index >= count {
        return None;
    }
    let (Ok(index), Ok(count)) = (usize::try_from(index), usize::try_from(count)) else { return None };
    let (digest, rest) = fold_path(leaf, index, count, siblings)?;
    rest.is_empty().then_some(digest)
}

fn fold_path(leaf: Digest, index: usize, count: usize, siblings: &[Digest]) -> Option<(Digest, &[Digest])> {
    if count < 2 {
        return Some((leaf, siblings));
    }
    let left_count = split(count);
    if index < left_count {
        let (digest, rest) = fold_path(leaf, index, left_count, siblings)?;
        let (sibling, rest) = rest.split_first()?;
        Some((node_hash(&digest, sibling), rest))
    } else {
        let (digest, rest) = fold_path(leaf, index - left_count, count - left_count, siblings)?;
        let (sibling, rest) = rest.split_first()?;
        Some((node_hash(sibling, &digest), rest))
    }
}

#[cfg(test)]
mod tests;
