//! The other sealed parts: index entry, profile, reason, key share.
//!
//! | bytes | field |
//! |---|---|
//! | 1 | kem, 1 = X25519 |
//! | 20 | key id of the recipient |
//! | 32 | encapsulation |
//! | 256, 1,024 or 2,048, and 16 | ciphertext: length u32, canonical bytes, zeros; tag |
//!
//! Associated data, 115 bytes: chain id 32, part kind u8, subject 20, sender 21, hospital 20, key id 20, kem u8.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::fixed::{ChainId, HospitalId, KeyId};
use crate::limits::{PART_PLAINTEXT_BYTES, TAG_BYTES};
use crate::sealed_box::{OpenError, SealError, open_box, seal_box};
use crate::sealing_key::{Agree, KEM_X25519, SealingPublicKey};
use crate::secret::Secret;

/// What a sealed part is bound to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SealedPartContext {
    /// The ledger.
    pub chain_id: ChainId,
    /// Kind byte of the part.
    pub part_kind: u8,
    /// The EHR id; for a reason the patient; else zeros.
    pub subject: [u8; 20],
    /// Sender of the transaction: a party, kind and id.
    pub sender: [u8; 21],
    /// The sender's hospital.
    pub hospital: HospitalId,
}

/// Why a part does not seal or open.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SealedPartError {
    /// The content is longer than the largest part. Shorten it.
    #[error("{length} bytes do not fit a sealed part of {max}")]
    TooLong {
        /// Bytes of content.
        length: usize,
        /// Bytes that fit.
        max: usize,
    },
    /// Nothing was sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The bytes are of no sealed part.
    #[error("{length} bytes are no sealed part")]
    Length {
        /// Bytes there were.
        length: usize,
    },
    /// The KEM is unknown: a newer version may open it.
    #[error("kem {kem} is unknown")]
    Kem {
        /// KEM byte.
        kem: u8,
    },
    /// The part is sealed to another key. Try that one.
    #[error("the part is sealed to key {sealed_to:?}, not {key_id:?}")]
    OtherKey {
        /// Key the part names.
        sealed_to: KeyId,
        /// Key that was tried.
        key_id: KeyId,
    },
    /// The box does not open for this key and context.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The content's length or padding is not the canonical one: the sender's client is broken.
    #[error("the content of the sealed part is not canonical")]
    NotCanonical,
}

const LENGTH_BYTES: usize = 4;
const OVERHEAD_BYTES: usize = 1 + KeyId::LENGTH + 32 + TAG_BYTES;

impl SealedPartContext {
    /// Seals content to a key, padded to the smallest size that holds it.
    ///
    /// # Errors
    /// [`SealedPartError::TooLong`], [`SealedPartError::Seal`].
    pub fn seal(
        &self,
        content: &[u8],
        key: &SealingPublicKey,
        random: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, SealedPartError> {
        let max = PART_PLAINTEXT_BYTES[2] - LENGTH_BYTES;
        let too_long = SealedPartError::TooLong { length: content.len(), max };
        let size = padded_size(content.len()).ok_or(too_long)?;
        let length = u32::try_from(content.len()).map_err(|_| too_long)?;
        let mut plaintext = Zeroizing::new(Vec::with_capacity(size));
        plaintext.extend_from_slice(&length.to_le_bytes());
        plaintext.extend_from_slice(content);
        plaintext.resize(size, 0);
        let sealed = seal_box(key, b"", &self.associated_data(key), &plaintext, random)?;
        let mut bytes = Vec::with_capacity(OVERHEAD_BYTES + size);
        bytes.push(KEM_X25519);
        bytes.extend_from_slice(key.key_id().as_slice());
        bytes.extend_from_slice(&sealed.encapsulation);
        bytes.extend_from_slice(&sealed.ciphertext);
        Ok(bytes)
    }

    /// Opens a part and gives its content.
    ///
    /// # Errors
    /// See [`SealedPartError`].
    pub fn open(
        &self,
        agree: &(impl Agree + ?Sized),
        key: &SealingPublicKey,
        sealed: &[u8],
    ) -> Result<Secret<Vec<u8>>, SealedPartError> {
        let sealed_to = sealed_part_key_id(sealed)?;
        let key_id = key.key_id();
        if sealed_to != key_id {
            return Err(SealedPartError::OtherKey { sealed_to, key_id });
        }
        let (encapsulation, ciphertext) = sealed[1 + KeyId::LENGTH..]
            .split_first_chunk()
            .ok_or(SealedPartError::Length { length: sealed.len() })?;
        let opened = open_box(agree, key, b"", &self.associated_data(key), encapsulation, ciphertext)?;
        content(opened.expose()).map(|content| Secret::new(content.to_vec()))
    }

    /// The canonical associated data for a recipient's key.
    #[must_use]
    pub fn associated_data(&self, key: &SealingPublicKey) -> Vec<u8> {
        let key_id = key.key_id();
        let parts: [&[u8]; 7] = [
            self.chain_id.get(),
            &[self.part_kind],
            &self.subject,
            &self.sender,
            self.hospital.get(),
            key_id.get(),
            &[KEM_X25519],
        ];
        parts.concat()
    }
}

/// To which key a part is sealed, after a look at its length and KEM.
///
/// # Errors
/// [`SealedPartError::Length`], [`SealedPartError::Kem`].
pub fn sealed_part_key_id(sealed: &[u8]) -> Result<KeyId, SealedPartError> {
    let wrong_length = SealedPartError::Length { length: sealed.len() };
    let kem = *sealed.first().ok_or(wrong_length)?;
    if kem != KEM_X25519 {
        return Err(SealedPartError::Kem { kem });
    }
    let size = sealed.len().checked_sub(OVERHEAD_BYTES).ok_or(wrong_length)?;
    if !PART_PLAINTEXT_BYTES.contains(&size) {
        return Err(wrong_length);
    }
    KeyId::from_slice(&sealed[1..1 + KeyId::LENGTH]).ok_or(wrong_length)
}

fn padded_size(length: usize) -> Option<usize> {
    PART_PLAINTEXT_BYTES.into_iter().find(|size| length <= size - LENGTH_BYTES)
}

// One content has one plaintext: the smallest size, and zeros after it.
fn content(plaintext: &[u8]) -> Result<&[u8], SealedPartError> {
    let refused = SealedPartError::NotCanonical;
    let (length, rest) = plaintext.split_first_chunk::<LENGTH_BYTES>().ok_or(refused)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| refused)?;
    let (content, zeros) = rest.split_at_checked(length).ok_or(refused)?;
    if padded_size(length) != Some(plaintext.len()) || zeros.iter().any(|byte| *byte != 0) {
        return Err(refused);
    }
    Ok(content)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
