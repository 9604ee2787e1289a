//! The first 128 bytes of a record file.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 4 | "CCR1" |
//! | 4 | 1 | suite, 1 = XChaCha20-Poly1305 |
//! | 5 | 1 | segment_log2, 16 |
//! | 6 | 2 | zeros |
//! | 8 | 19 | nonce prefix |
//! | 27 | 5 | zeros |
//! | 32 | 32 | record salt |
//! | 64 | 32 | key commitment |
//! | 96 | 32 | zeros |

use rand_core::CryptoRng;

use super::error::RecordError;
use crate::content_key::{ContentKey, SUITE_XCHACHA20_POLY1305};
use crate::fixed::{Digest, Salt};
use crate::hash::hash;
use crate::kdf::{Context, derive_secret};
use crate::limits::SEGMENT_BYTES;
use crate::secret::Secret;

/// Bytes of the header.
pub const HEADER_BYTES: usize = 128;

const MAGIC: &[u8; 4] = b"CCR1";
const SEGMENT_LOG2: u8 = SEGMENT_BYTES.ilog2() as u8;

/// Bytes of the nonce that all segments of a file share.
pub(super) const NONCE_PREFIX_BYTES: usize = 19;

/// What a record file says about itself in the clear: nothing but random bytes and a commitment to the content key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RecordHeader {
    nonce_prefix: [u8; NONCE_PREFIX_BYTES],
    record_salt: Salt,
    key_commitment: [u8; 32],
}

impl RecordHeader {
    /// A fresh header for one stream under this key.
    #[must_use]
    pub fn generate(content_key: &ContentKey, random: &mut impl CryptoRng) -> Self {
        let mut nonce_prefix = [0; NONCE_PREFIX_BYTES];
        random.fill_bytes(&mut nonce_prefix);
        let mut salt = [0; Salt::LENGTH];
        random.fill_bytes(&mut salt);
        let record_salt = Salt::new(salt);
        Self { nonce_prefix, record_salt, key_commitment: commitment(content_key, &record_salt) }
    }

    /// The 128 bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..4].copy_from_slice(MAGIC);
        bytes[4] = SUITE_XCHACHA20_POLY1305;
        bytes[5] = SEGMENT_LOG2;
        bytes[8..27].copy_from_slice(&self.nonce_prefix);
        bytes[32..64].copy_from_slice(self.record_salt.get());
        bytes[64..96].copy_from_slice(&self.key_commitment);
        bytes
    }

    /// Reads the 128 bytes; whose key they commit to, [`RecordHeader::check_content_key`] says.
    ///
    /// # Errors
    /// [`RecordError::Magic`], [`RecordError::Suite`], [`RecordError::SegmentSize`], [`RecordError::Reserved`].
    pub fn decode(bytes: &[u8; HEADER_BYTES]) -> Result<Self, RecordError> {
        if !bytes.starts_with(MAGIC) {
            return Err(RecordError::Magic);
        }
        let (suite, segment_log2) = (bytes[4], bytes[5]);
        if suite != SUITE_XCHACHA20_POLY1305 {
            return Err(RecordError::Suite { suite });
        }
        if segment_log2 != SEGMENT_LOG2 {
            return Err(RecordError::SegmentSize { segment_log2 });
        }
        let mut header = Self { nonce_prefix: [0; 19], record_salt: Salt::ZERO, key_commitment: [0; 32] };
        header.nonce_prefix.copy_from_slice(&bytes[8..27]);
        header.key_commitment.copy_from_slice(&bytes[64..96]);
        let mut salt = [0; Salt::LENGTH];
        salt.copy_from_slice(&bytes[32..64]);
        header.record_salt = Salt::new(salt);
        if header.encode() != *bytes {
            return Err(RecordError::Reserved);
        }
        Ok(header)
    }

    /// Whether the header commits to this content key.
    ///
    /// # Errors
    /// [`RecordError::ContentKey`].
    pub fn check_content_key(&self, content_key: &ContentKey) -> Result<(), RecordError> {
        if commitment(content_key, &self.record_salt) == self.key_commitment {
            Ok(())
        } else {
            Err(RecordError::ContentKey)
        }
    }

    pub(super) const fn nonce_prefix(&self) -> &[u8; NONCE_PREFIX_BYTES] {
        &self.nonce_prefix
    }

    pub(super) fn segment_key(&self, content_key: &ContentKey) -> Secret<[u8; 32]> {
        derive_secret(Context::SegmentKey, &[content_key.expose(), self.record_salt.get()])
    }

    /// Associated data of every segment.
    pub(super) fn digest(&self) -> Digest {
        hash(&self.encode())
    }
}

fn commitment(content_key: &ContentKey, record_salt: &Salt) -> [u8; 32] {
    *derive_secret(Context::KeyCommitment, &[content_key.expose(), record_salt.get()]).expose()
}
