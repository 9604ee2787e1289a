//! Sealing boxes to a public key, one or many in order.

use hpke::aead::{AeadCtxS, ChaCha20Poly1305};
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, Kem, OpModeS, Serializable as _};
use rand_core::CryptoRng;

use crate::limits::TAG_BYTES;
use crate::sealing_key::{SealingKeyError, SealingPublicKey, check_sealing_key};

/// Why nothing was sealed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SealError {
    /// The recipient's key is not one to seal to.
    #[error(transparent)]
    Key(#[from] SealingKeyError),
    /// The library refused. Use a new context.
    #[error("the box for {key:?} could not be sealed")]
    Refused {
        /// The recipient's key.
        key: SealingPublicKey,
    },
}

/// One sealed box: what is sent beside each other.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SealedBox {
    /// The ephemeral public key.
    pub encapsulation: [u8; 32],
    /// Ciphertext with its tag at the end.
    pub ciphertext: Vec<u8>,
}

type Sender = AeadCtxS<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>;

/// The sending end of one encapsulation: seals boxes that open in the same order.
pub struct SealingContext {
    recipient: SealingPublicKey,
    sender: Sender,
}

impl SealingContext {
    /// A fresh context for `recipient`, with the encapsulation to send ahead.
    ///
    /// # Errors
    /// When the key fails [`check_sealing_key`].
    pub fn new(
        recipient: &SealingPublicKey,
        info: &[u8],
        random: &mut impl CryptoRng,
    ) -> Result<([u8; 32], Self), SealError> {
        check_sealing_key(recipient)?;
        let refused = SealError::Refused { key: *recipient };
        let key = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(recipient.get()).map_err(|_| refused)?;
        let (encapsulated, sender): (_, Sender) =
            hpke::setup_sender_with_rng(&OpModeS::Base, &key, info, random).map_err(|_| refused)?;
        let mut encapsulation = [0; 32];
        encapsulation.copy_from_slice(&encapsulated.to_bytes());
        Ok((encapsulation, Self { recipient: *recipient, sender }))
    }

    /// Seals the next box in place and gives its tag.
    ///
    /// # Errors
    /// [`SealError::Refused`] after 2^64 boxes.
    pub fn seal_in_place(
        &mut self,
        associated_data: &[u8],
        buffer: &mut [u8],
    ) -> Result<[u8; TAG_BYTES], SealError> {
        let tag = self
            .sender
            .seal_inout_detached(buffer.into(), associated_data)
            .map_err(|_| SealError::Refused { key: self.recipient })?;
        let mut bytes = [0; TAG_BYTES];
        bytes.copy_from_slice(&tag.to_bytes());
        Ok(bytes)
    }
}

impl core::fmt::Debug for SealingContext {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "SealingContext({:?})", self.recipient)
    }
}

/// Seals one box.
///
/// # Errors
/// When the key fails [`check_sealing_key`].
pub fn seal_box(
    recipient: &SealingPublicKey,
    info: &[u8],
    associated_data: &[u8],
    plaintext: &[u8],
    random: &mut impl CryptoRng,
) -> Result<SealedBox, SealError> {
    let (encapsulation, mut context) = SealingContext::new(recipient, info, random)?;
    let mut ciphertext = Vec::with_capacity(plaintext.len() + TAG_BYTES);
    ciphertext.extend_from_slice(plaintext);
    let tag = context.seal_in_place(associated_data, &mut ciphertext)?;
    ciphertext.extend_from_slice(&tag);
    Ok(SealedBox { encapsulation, ciphertext })
}
