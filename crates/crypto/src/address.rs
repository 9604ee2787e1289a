//! The address of a record: what a reader needs, and what others see of it instead.
//!
//! ```text
//! content key ─► opening ─► tag ─┐
//!               (gateway) (holder) ├─► commitment (ledger)
//! root, length, author, patient ─┘
//! ```
//!
//! Plain address, 80 bytes: format u8, suite u8, zeros 6, length u64, root 32, content key 32.

use zeroize::Zeroizing;

use crate::content_key::{ContentKey, SUITE_XCHACHA20_POLY1305};
use crate::fixed::{AddressOpening, AddressShown, AddressTag, Commitment, Nonce, PersonId, Root};
use crate::kdf::{Context, derive, derive_parts};

/// What holders receive in place of the opening.
#[must_use]
pub fn address_tag(opening: &AddressOpening) -> AddressTag {
    AddressTag::new(derive(Context::AddressTag, opening.get()))
}

/// What the ledger shows: pins tag, root and length to an author (a party, 21 bytes) and a patient.
#[must_use]
pub fn address_commitment(
    tag: &AddressTag,
    root: &Root,
    length: u64,
    author: &[u8; 21],
    patient: &PersonId,
) -> Commitment {
    let parts: [&[u8]; 5] = [tag.get(), root.get(), &length.to_le_bytes(), author, patient.get()];
    Commitment::new(derive_parts(Context::AddressCommitment, &parts))
}

/// What a read request says its reader presented, blinded by the request's salt.
#[must_use]
pub fn address_shown(opening: &AddressOpening, root: &Root, length: u64, salt: &Nonce) -> AddressShown {
    let parts: [&[u8]; 4] = [opening.get(), root.get(), &length.to_le_bytes(), salt.get()];
    AddressShown::new(derive_parts(Context::AddressShown, &parts))
}

/// Why bytes are no address. Whoever sealed them runs another version or is hostile.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AddressError {
    /// The format is unknown.
    #[error("address format {format} is unknown")]
    Format {
        /// Format byte.
        format: u8,
    },
    /// The suite is unknown: a newer version may read the record.
    #[error("record suite {suite} is unknown")]
    Suite {
        /// Suite byte.
        suite: u8,
    },
    /// Reserved bytes are set.
    #[error("reserved bytes of the address are set")]
    Reserved,
}

/// Root, length and content key of one record. Always sealed to somebody.
#[derive(Clone, Debug)]
pub struct Address {
    /// Suite of the record file.
    pub suite: u8,
    /// Length of the file in bytes.
    pub length: u64,
    /// BLAKE3 of the file.
    pub root: Root,
    /// What decrypts it.
    pub content_key: ContentKey,
}

impl Address {
    /// Bytes of the plain form.
    pub const LENGTH: usize = 80;

    /// The address of a file in the suite in use.
    #[must_use]
    pub const fn new(length: u64, root: Root, content_key: ContentKey) -> Self {
        Self { suite: SUITE_XCHACHA20_POLY1305, length, root, content_key }
    }

    /// The plain form, to be sealed at once.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<[u8; Self::LENGTH]> {
        let mut bytes = Zeroizing::new([0; Self::LENGTH]);
        bytes[0] = FORMAT;
        bytes[1] = self.suite;
        bytes[8..16].copy_from_slice(&self.length.to_le_bytes());
        bytes[16..48].copy_from_slice(self.root.get());
        bytes[48..].copy_from_slice(self.content_key.expose());
        bytes
    }

    /// Reads the plain form.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn decode(bytes: &[u8; Self::LENGTH]) -> Result<Self, AddressError> {
        let format = bytes[0];
        if format != FORMAT {
            return Err(AddressError::Format { format });
        }
        let suite = bytes[1];
        if suite != SUITE_XCHACHA20_POLY1305 {
            return Err(AddressError::Suite { suite });
        }
        if bytes[2..8] != [0; 6] {
            return Err(AddressError::Reserved);
        }
        let (mut length, mut root, mut key) = ([0; 8], [0; 32], Zeroizing::new([0; 32]));
        length.copy_from_slice(&bytes[8..16]);
        root.copy_from_slice(&bytes[16..48]);
        key.copy_from_slice(&bytes[48..]);
        Ok(Self {
            suite,
            length: u64::from_le_bytes(length),
            root: Root::new(root),
            content_key: ContentKey::new(*key),
        })
    }

    /// What proves knowledge of the content key to a gateway.
    #[must_use]
    pub fn opening(&self) -> AddressOpening {
        self.content_key.opening()
    }

    /// What holders receive in place of the opening.
    #[must_use]
    pub fn tag(&self) -> AddressTag {
        address_tag(&self.opening())
    }

    /// What the ledger shows for this author (a party, 21 bytes) and patient.
    #[must_use]
    pub fn commitment(&self, author: &[u8; 21], patient: &PersonId) -> Commitment {
        address_commitment(&self.tag(), &self.root, self.length, author, patient)
    }

    /// What a read request with this salt says its reader presented.
    #[must_use]
    pub fn shown(&self, salt: &Nonce) -> AddressShown {
        address_shown(&self.opening(), &self.root, self.length, salt)
    }
}

const FORMAT: u8 = 1;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
