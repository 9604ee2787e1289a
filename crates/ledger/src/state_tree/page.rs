//! A page: sixteen subtrees and the hashes of the fourteen subtrees between them and the page's own.
//!
//! On disk, after a version byte: kinds of the sixteen slots u32 little-endian, two bits each from slot 0 up
//! (0 empty, 1 leaf, 2 page), then for every leaf key 32 ‖ value hash 32 and for every page its hash 32, in slot
//! order.

use carechain_crypto::Digest;
use carechain_types::state_proof::{EMPTY, StateLeaf, node_hash};

/// Slots of a page.
pub(super) const SLOTS: usize = 16;

const VERSION: u8 = 1;
const HEAD_BYTES: usize = 5;

/// One of the sixteen subtrees of a page.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Slot {
    /// No leaf.
    #[default]
    Empty,
    /// Exactly one leaf.
    Leaf(StateLeaf),
    /// Two leaves or more: the hash of the page below.
    Page(Digest),
}

/// Why bytes are not a page. Fatal: the disk lost or changed them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PageError {
    /// Another version, or none.
    #[error("unknown version")]
    Version,
    /// A slot kind that does not exist.
    #[error("unknown kind in slot {slot}")]
    Kind {
        /// The slot.
        slot: usize,
    },
    /// Too short or too long for its slots.
    #[error("{bytes} bytes do not fit the slots")]
    Length {
        /// Length of the row.
        bytes: usize,
    },
}

/// A summary of a range of slots, all that hashing the range above needs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Range {
    Empty,
    Leaf(Digest),
    Node(Digest),
}

impl Range {
    const fn digest(self) -> Digest {
        match self {
            Self::Empty => EMPTY,
            Self::Leaf(digest) | Self::Node(digest) => digest,
        }
    }

    fn join(left: Self, right: Self) -> Self {
        match (left, right) {
            (Self::Empty, Self::Empty) => Self::Empty,
            (Self::Leaf(leaf), Self::Empty) | (Self::Empty, Self::Leaf(leaf)) => Self::Leaf(leaf),
            _ => Self::Node(node_hash(&left.digest(), &right.digest())),
        }
    }
}

/// Sixteen slots, with all hashes above them up to the page's own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page {
    slots: [Slot; SLOTS],
    /// A heap: range 1 is the whole page, ranges 2k and 2k + 1 are the halves of k, 16 to 31 are the slots. Always
    /// what [`Range::join`] gives for the slots.
    ranges: [Range; 2 * SLOTS],
}

impl Default for Page {
    fn default() -> Self {
        Self { slots: [Slot::Empty; SLOTS], ranges: [Range::Empty; 2 * SLOTS] }
    }
}

impl Page {
    /// The slots.
    #[must_use]
    pub const fn slots(&self) -> &[Slot; SLOTS] {
        &self.slots
    }

    /// The page's own hash; the top page's is the state root.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.ranges[1].digest()
    }

    /// Fills some slots and hashes what is above them.
    pub fn set(&mut self, changes: &[(usize, Slot)]) {
        let mut touched: u32 = 0;
        for (index, slot) in changes {
            self.slots[*index] = *slot;
            self.ranges[SLOTS + index] = match slot {
                Slot::Empty => Range::Empty,
                Slot::Leaf(leaf) => Range::Leaf(leaf.hash()),
                Slot::Page(digest) => Range::Node(*digest),
            };
            touched |= 1 << ((SLOTS + index) / 2);
        }
        for parent in (1..SLOTS).rev() {
            if touched >> parent & 1 == 1 {
                self.ranges[parent] = Range::join(self.ranges[2 * parent], self.ranges[2 * parent + 1]);
                touched |= 1 << (parent / 2);
            }
        }
    }

    /// Walks from the page's own subtree down to the slot, calling `visit` with the hash of every other half, and
    /// stops above a subtree with at most one leaf: there the walk ends.
    pub fn walk(&self, slot: usize, mut visit: impl FnMut(Digest)) -> Slot {
        let mut range = 1;
        for level in (0..4).rev() {
            if !matches!(self.ranges[range], Range::Node(_)) {
                return self.only_slot(range);
            }
            range = 2 * range + (slot >> level & 1);
            visit(self.ranges[range ^ 1].digest());
        }
        self.slots[slot]
    }

    /// What stands in a range with at most one leaf.
    fn only_slot(&self, range: usize) -> Slot {
        let levels = 4 - range.ilog2();
        let first = (range << levels) - SLOTS;
        let slots = &self.slots[first..first + (1 << levels)];
        slots.iter().find(|slot| **slot != Slot::Empty).copied().unwrap_or_default()
    }

    /// The row.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        let kinds = self.slots.iter().rev().fold(0_u32, |kinds, slot| kinds << 2 | kind(slot));
        bytes.extend_from_slice(&kinds.to_le_bytes());
        for slot in &self.slots {
            match slot {
                Slot::Empty => {}
                Slot::Leaf(leaf) => {
                    bytes.extend_from_slice(leaf.key.as_slice());
                    bytes.extend_from_slice(leaf.value_hash.as_slice());
                }
                Slot::Page(digest) => bytes.extend_from_slice(digest.as_slice()),
            }
        }
        bytes
    }

    /// From its row.
    ///
    /// # Errors
    /// If these are not the bytes of a page.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PageError> {
        let length = PageError::Length { bytes: bytes.len() };
        let (head, mut rest) = bytes.split_at_checked(HEAD_BYTES).ok_or(length)?;
        if head[0] != VERSION {
            return Err(PageError::Version);
        }
        let kinds = u32::from_le_bytes(head[1..].try_into().expect("four bytes"));
        let mut take = || -> Result<Digest, PageError> {
            let (digest, after) = rest.split_first_chunk::<32>().ok_or(length)?;
            rest = after;
            Ok(Digest::new(*digest))
        };
        let mut slots = Vec::with_capacity(SLOTS);
        for index in 0..SLOTS {
            match kinds >> (2 * index) & 3 {
                0 => {}
                1 => slots.push((index, Slot::Leaf(StateLeaf { key: take()?, value_hash: take()? }))),
                2 => slots.push((index, Slot::Page(take()?))),
                _ => return Err(PageError::Kind { slot: index }),
            }
        }
        if !rest.is_empty() {
            return Err(length);
        }
        let mut page = Self::default();
        page.set(&slots);
        Ok(page)
    }
}

const fn kind(slot: &Slot) -> u32 {
    match slot {
        Slot::Empty => 0,
        Slot::Leaf(_) => 1,
        Slot::Page(_) => 2,
    }
}
