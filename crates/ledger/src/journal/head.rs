//! The head of a journal file: what it is bound to.
//!
//! | bytes | field |
//! |---|---|
//! | 8 | `CCJOURNL` |
//! | 4 | version u32 = 1 |
//! | 4 | zeros |
//! | 32 | chain id |
//! | 32 | node key |
//! | 8 | nonce u64: random, keys the frames' checksums |
//! | 4 | zeros |
//! | 4 | crc32c of the 92 bytes before it |

use carechain_crypto::{ChainId, SigningPublicKey};

use super::JournalError;

pub(super) const HEAD_BYTES: usize = 96;

const MAGIC: &[u8; 8] = b"CCJOURNL";
const VERSION: u32 = 1;
const CHECKED_BYTES: usize = HEAD_BYTES - 4;

/// Which ledger and which node key a journal belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct JournalBinding {
    /// The ledger.
    pub chain_id: ChainId,
    /// The key whose votes it holds.
    pub node_key: SigningPublicKey,
}

impl JournalBinding {
    pub(super) fn to_head(self, nonce: u64) -> [u8; HEAD_BYTES] {
        let mut head = [0; HEAD_BYTES];
        head[..8].copy_from_slice(MAGIC);
        head[8..12].copy_from_slice(&VERSION.to_le_bytes());
        head[16..48].copy_from_slice(self.chain_id.as_slice());
        head[48..80].copy_from_slice(self.node_key.as_slice());
        head[80..88].copy_from_slice(&nonce.to_le_bytes());
        let sum = crc32c::crc32c(&head[..CHECKED_BYTES]);
        head[CHECKED_BYTES..].copy_from_slice(&sum.to_le_bytes());
        head
    }

    /// Checks that `bytes` start with the head of a journal bound to this; gives its nonce.
    pub(super) fn check_head(&self, bytes: &[u8]) -> Result<u64, JournalError> {
        let head = bytes.first_chunk::<HEAD_BYTES>().ok_or(JournalError::Head)?;
        let found = Self {
            chain_id: ChainId::from_slice(&head[16..48]).expect("32 bytes"),
            node_key: SigningPublicKey::from_slice(&head[48..80]).expect("32 bytes"),
        };
        let nonce = u64::from_le_bytes(head[80..88].try_into().expect("eight bytes"));
        if found.to_head(nonce) != *head {
            return Err(JournalError::Head);
        }
        if found.chain_id != self.chain_id {
            return Err(JournalError::OtherChain { found: found.chain_id, expected: self.chain_id });
        }
        if found.node_key != self.node_key {
            return Err(JournalError::OtherKey { found: found.node_key, expected: self.node_key });
        }
        Ok(nonce)
    }
}
