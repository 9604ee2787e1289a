//! The head of a journal: what it is bound to, and which segments it has. The file `journal`, replaced whole by a rename.
//!
//! | bytes | field |
//! |---|---|
//! | 8 | `CCJOURNL` |
//! | 4 | version u32 = 2 |
//! | 4 | zeros |
//! | 32 | chain id |
//! | 32 | node key |
//! | 8 | nonce u64: random, keys the frames' checksums |
//! | 8 | first segment u64 |
//! | 8 | last segment u64 |
//! | 8 | sequence u64 of the first segment's first frame |
//! | 4 | zeros |
//! | 4 | crc32c of the 116 bytes before it |

use carechain_crypto::{ChainId, SigningPublicKey};

use super::{JournalError, Segment};

pub(super) const HEAD_BYTES: usize = 120;

const MAGIC: &[u8; 8] = b"CCJOURNL";
const VERSION: u32 = 2;
const CHECKED_BYTES: usize = HEAD_BYTES - 4;

/// Which ledger and which node key a journal belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct JournalBinding {
    /// The ledger.
    pub chain_id: ChainId,
    /// The key whose votes it holds.
    pub node_key: SigningPublicKey,
}

/// The head: an edit of it is what begins and drops segments.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Head {
    pub(super) binding: JournalBinding,
    pub(super) nonce: u64,
    /// The oldest segment that is still needed.
    pub(super) first: Segment,
    /// The one that is appended to.
    pub(super) last: Segment,
    /// Sequence of the first frame of `first`.
    pub(super) first_sequence: u64,
}

impl Head {
    /// Of a journal that begins.
    pub(super) const fn new(binding: JournalBinding, nonce: u64) -> Self {
        Self { binding, nonce, first: Segment::FIRST, last: Segment::FIRST, first_sequence: 0 }
    }

    pub(super) fn to_bytes(self) -> [u8; HEAD_BYTES] {
        let mut head = [0; HEAD_BYTES];
        head[..8].copy_from_slice(MAGIC);
        head[8..12].copy_from_slice(&VERSION.to_le_bytes());
        head[16..48].copy_from_slice(self.binding.chain_id.as_slice());
        head[48..80].copy_from_slice(self.binding.node_key.as_slice());
        let numbers = [self.nonce, self.first.get(), self.last.get(), self.first_sequence];
        for (field, number) in head[80..112].chunks_exact_mut(8).zip(numbers) {
            field.copy_from_slice(&number.to_le_bytes());
        }
        let sum = crc32c::crc32c(&head[..CHECKED_BYTES]);
        head[CHECKED_BYTES..].copy_from_slice(&sum.to_le_bytes());
        head
    }

    /// The head in these bytes, if they are nothing else and it is bound to `expected`.
    pub(super) fn check(bytes: &[u8], expected: JournalBinding) -> Result<Self, JournalError> {
        let head: &[u8; HEAD_BYTES] = bytes.try_into().map_err(|_| JournalError::Head)?;
        let number = |from: usize| u64::from_le_bytes(head[from..from + 8].try_into().expect("eight bytes"));
        let found = Self {
            binding: JournalBinding {
                chain_id: ChainId::from_slice(&head[16..48]).expect("32 bytes"),
                node_key: SigningPublicKey::from_slice(&head[48..80]).expect("32 bytes"),
            },
            nonce: number(80),
            first: Segment::new(number(88)),
            last: Segment::new(number(96)),
            first_sequence: number(104),
        };
        if found.to_bytes() != *head || found.first > found.last {
            return Err(JournalError::Head);
        }
        let JournalBinding { chain_id, node_key } = found.binding;
        if chain_id != expected.chain_id {
            return Err(JournalError::OtherChain { found: chain_id, expected: expected.chain_id });
        }
        if node_key != expected.node_key {
            return Err(JournalError::OtherKey { found: node_key, expected: expected.node_key });
        }
        Ok(found)
    }
}
