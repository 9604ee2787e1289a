//! An address sealed to one recipient: 129 bytes, bound to everything the ledger says about it.
//!
//! | bytes | field |
//! |---|---|
//! | 1 | kem, 1 = X25519 |
//! | 32 | encapsulation |
//! | 96 | ciphertext of the 80-byte address, with its tag |
//!
//! Associated data, 168 bytes: chain id 32, use u8, EHR id 20, recipient 21, key id 20, author 21, hospital 20,
//! commitment 32, kem u8. HPKE info is empty.

use rand_core::CryptoRng;

use crate::address::{Address, AddressError};
use crate::fixed::{ChainId, Commitment, EhrId, HospitalId, PersonId};
use crate::limits::TAG_BYTES;
use crate::sealed_box::{OpenError, SealError, open_box, seal_box};
use crate::sealing_key::{Agree, KEM_X25519, SealingPublicKey};

/// Bytes of an address sealed by [`KEM_X25519`].
pub const SEALED_ADDRESS_BYTES: usize = 1 + 32 + Address::LENGTH + TAG_BYTES;

const ASSOCIATED_DATA_BYTES: usize = 168;

/// What a sealed address is bound to. In a grant, author and hospital are the record's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SealedAddressContext {
    /// The ledger.
    pub chain_id: ChainId,
    /// Why it is sealed: patient, recovery, guardian, escrow or grant, as their byte.
    pub use_byte: u8,
    /// The record.
    pub ehr: EhrId,
    /// To whom: a party, kind and id.
    pub recipient: [u8; 21],
    /// Who published the record: a party, kind and id.
    pub author: [u8; 21],
    /// The publishing hospital.
    pub hospital: HospitalId,
    /// The record's address commitment.
    pub commitment: Commitment,
    /// Whose record it is; bound by the commitment.
    pub patient: PersonId,
}

/// Why a sealed address does not open.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SealedAddressError {
    /// The bytes are too few or too many.
    #[error("a sealed address has {SEALED_ADDRESS_BYTES} bytes, not {length}")]
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
    /// The box does not open for this key and context.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What was sealed is no address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// What was sealed is not the address the ledger commits to: whoever sealed it lied.
    #[error("the sealed address gives commitment {got:?}, the record has {expected:?}")]
    Commitment {
        /// Commitment of the record.
        expected: Commitment,
        /// Commitment of the address.
        got: Commitment,
    },
    /// Nothing was sealed: the recipient's key is not one to seal to.
    #[error("nothing was sealed: {0}")]
    Seal(SealError),
}

impl SealedAddressContext {
    /// Seals the address to the recipient's key.
    ///
    /// # Errors
    /// [`SealedAddressError::Commitment`] when the address is not this record's, [`SealedAddressError::Seal`].
    pub fn seal(
        &self,
        address: &Address,
        key: &SealingPublicKey,
        random: &mut impl CryptoRng,
    ) -> Result<[u8; SEALED_ADDRESS_BYTES], SealedAddressError> {
        self.check(address)?;
        let sealed = seal_box(key, b"", &self.associated_data(key), address.encode().as_slice(), random)
            .map_err(SealedAddressError::Seal)?;
        let mut bytes = [0; SEALED_ADDRESS_BYTES];
        bytes[0] = KEM_X25519;
        bytes[1..33].copy_from_slice(&sealed.encapsulation);
        bytes[33..].copy_from_slice(&sealed.ciphertext);
        Ok(bytes)
    }

    /// Opens the address and checks that the ledger commits to it.
    ///
    /// # Errors
    /// See [`SealedAddressError`].
    pub fn open(
        &self,
        agree: &(impl Agree + ?Sized),
        key: &SealingPublicKey,
        sealed: &[u8],
    ) -> Result<Address, SealedAddressError> {
        let wrong_length = SealedAddressError::Length { length: sealed.len() };
        let (kem, rest) = sealed.split_first().ok_or(wrong_length)?;
        if *kem != KEM_X25519 {
            return Err(SealedAddressError::Kem { kem: *kem });
        }
        let (encapsulation, ciphertext) = rest.split_first_chunk().ok_or(wrong_length)?;
        if ciphertext.len() != Address::LENGTH + TAG_BYTES {
            return Err(wrong_length);
        }
        let opened = open_box(agree, key, b"", &self.associated_data(key), encapsulation, ciphertext)?;
        let plain = opened.expose().first_chunk().ok_or(wrong_length)?;
        let address = Address::decode(plain)?;
        self.check(&address)?;
        Ok(address)
    }

    fn check(&self, address: &Address) -> Result<(), SealedAddressError> {
        let got = address.commitment(&self.author, &self.patient);
        if got != self.commitment {
            return Err(SealedAddressError::Commitment { expected: self.commitment, got });
        }
        Ok(())
    }

    /// The canonical associated data for a key of the recipient's.
    #[must_use]
    pub fn associated_data(&self, key: &SealingPublicKey) -> [u8; ASSOCIATED_DATA_BYTES] {
        let key_id = key.key_id();
        let parts: [&[u8]; 9] = [
            self.chain_id.get(),
            &[self.use_byte],
            self.ehr.get(),
            &self.recipient,
            key_id.get(),
            &self.author,
            self.hospital.get(),
            self.commitment.get(),
            &[KEM_X25519],
        ];
        let mut bytes = [0; ASSOCIATED_DATA_BYTES];
        let mut rest = bytes.as_mut_slice();
        for part in parts {
            let (field, after) = rest.split_at_mut(part.len());
            field.copy_from_slice(part);
            rest = after;
        }
        debug_assert!(rest.is_empty(), "the fields fill the bytes");
        bytes
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
