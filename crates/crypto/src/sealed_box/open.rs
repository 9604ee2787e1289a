//! Opening sealed boxes by agreement, one or many in order.

use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce, Tag};

use super::schedule::{Schedule, decapsulate, key_schedule};
use crate::limits::TAG_BYTES;
use crate::sealing_key::{Agree, AgreeError, SealingPublicKey};
use crate::secret::Secret;

/// Why a box does not open.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OpenError {
    /// There is no shared secret: wrong agent, locked agent or hostile sender.
    #[error(transparent)]
    Agree(#[from] AgreeError),
    /// The bytes are too few to hold a tag. They were cut or are something else.
    #[error("a sealed box of {length} bytes is too short")]
    TooShort {
        /// Bytes there were.
        length: usize,
    },
    /// Bytes, associated data, key or order are not those that were sealed. Nothing of it may be used.
    #[error("sealed box {sequence} is not authentic for this key and context")]
    NotAuthentic {
        /// Position in its context, from 0.
        sequence: u64,
    },
}

/// The receiving end of one encapsulation: opens boxes in the order they were sealed.
pub struct OpeningContext {
    cipher: ChaCha20Poly1305,
    base_nonce: [u8; 12],
    /// Boxes opened so far; a box that fails does not count.
    sequence: u64,
}

impl OpeningContext {
    /// The context of `encapsulation`, made for `key`, whose private half answers behind `agree`.
    ///
    /// # Errors
    /// When there is no agreement.
    pub fn new(
        agree: &(impl Agree + ?Sized),
        key: &SealingPublicKey,
        encapsulation: &[u8; 32],
        info: &[u8],
    ) -> Result<Self, AgreeError> {
        let Schedule { key, base_nonce } = key_schedule(&decapsulate(agree, key, encapsulation)?, info);
        let cipher = ChaCha20Poly1305::new(<&Key>::from(key.expose()));
        Ok(Self { cipher, base_nonce, sequence: 0 })
    }

    /// Opens the next box in place. On an error the buffer holds nothing of use.
    ///
    /// # Errors
    /// [`OpenError::NotAuthentic`].
    pub fn open_in_place(
        &mut self,
        associated_data: &[u8],
        buffer: &mut [u8],
        tag: &[u8; TAG_BYTES],
    ) -> Result<(), OpenError> {
        let nonce = Nonce::from(self.nonce());
        self.cipher
            .decrypt_inout_detached(&nonce, associated_data, buffer.into(), &Tag::from(*tag))
            .map_err(|_| OpenError::NotAuthentic { sequence: self.sequence })?;
        self.sequence = self.sequence.checked_add(1).expect("2^64 boxes are not opened in one context");
        Ok(())
    }

    // §5.2 ComputeNonce.
    fn nonce(&self) -> [u8; 12] {
        let mut nonce = self.base_nonce;
        for (byte, sequence) in nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()) {
            *byte ^= sequence;
        }
        nonce
    }
}

impl core::fmt::Debug for OpeningContext {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "OpeningContext(sequence {})", self.sequence)
    }
}

/// Opens one box: ciphertext with its tag at the end.
///
/// # Errors
/// See [`OpenError`].
pub fn open_box(
    agree: &(impl Agree + ?Sized),
    key: &SealingPublicKey,
    info: &[u8],
    associated_data: &[u8],
    encapsulation: &[u8; 32],
    ciphertext: &[u8],
) -> Result<Secret<Vec<u8>>, OpenError> {
    let (sealed, tag) =
        ciphertext.split_last_chunk().ok_or(OpenError::TooShort { length: ciphertext.len() })?;
    let mut context = OpeningContext::new(agree, key, encapsulation, info)?;
    let mut plaintext = Secret::new(sealed.to_vec());
    context.open_in_place(associated_data, plaintext.expose_mut(), tag)?;
    Ok(plaintext)
}
