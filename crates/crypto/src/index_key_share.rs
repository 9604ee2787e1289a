//! The private half of the index key, sealed to one node inside genesis: 80 bytes.
//!
//! encapsulation 32 ‖ ciphertext of the 32 private bytes ‖ tag 16. Genesis is older than the chain id, so associated
//! data = zeros 32 ‖ hospital id 20 ‖ node key 32 ‖ index key 32.

use rand_core::CryptoRng;

use crate::fixed::{ChainId, HospitalId, SigningPublicKey};
use crate::limits::TAG_BYTES;
use crate::sealed_box::{OpenError, SealError, open_box, seal_box};
use crate::sealing_key::{Agree, SealingKeyPair, SealingPublicKey};
use crate::secret::Secret;

/// Bytes of a share.
pub const INDEX_KEY_SHARE_BYTES: usize = 32 + 32 + TAG_BYTES;

/// What a share is bound to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IndexKeyShareContext {
    /// The node's hospital.
    pub hospital: HospitalId,
    /// The node's signing key.
    pub node: SigningPublicKey,
    /// Public half of the index key.
    pub index_key: SealingPublicKey,
}

/// Why a share does not open. The genesis file is wrong or not for this node.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IndexKeyShareError {
    /// The box does not open for this node.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What was sealed is not the private half of the index key.
    #[error("the share's private half gives {got:?}, the index key is {expected:?}")]
    OtherKey {
        /// The index key.
        expected: SealingPublicKey,
        /// What the private half gives.
        got: SealingPublicKey,
    },
}

impl IndexKeyShareContext {
    /// Seals the index key's private half to a node's sealing key.
    ///
    /// # Errors
    /// When the node's key is not one to seal to.
    ///
    /// # Panics
    /// When `index_key` is not the pair of this context.
    pub fn seal(
        &self,
        index_key: &SealingKeyPair,
        node_sealing_key: &SealingPublicKey,
        random: &mut impl CryptoRng,
    ) -> Result<[u8; INDEX_KEY_SHARE_BYTES], SealError> {
        assert_eq!(index_key.public(), self.index_key, "the share is of the context's key");
        let private = index_key.private();
        let sealed = seal_box(node_sealing_key, b"", &self.associated_data(), private.expose(), random)?;
        let mut bytes = [0; INDEX_KEY_SHARE_BYTES];
        bytes[..32].copy_from_slice(&sealed.encapsulation);
        bytes[32..].copy_from_slice(&sealed.ciphertext);
        Ok(bytes)
    }

    /// Opens a share and checks that it is the index key's private half.
    ///
    /// # Errors
    /// See [`IndexKeyShareError`].
    pub fn open(
        &self,
        agree: &(impl Agree + ?Sized),
        node_sealing_key: &SealingPublicKey,
        share: &[u8; INDEX_KEY_SHARE_BYTES],
    ) -> Result<SealingKeyPair, IndexKeyShareError> {
        let too_short = OpenError::TooShort { length: share.len() };
        let (encapsulation, ciphertext) = share.split_first_chunk().ok_or(too_short)?;
        let opened =
            open_box(agree, node_sealing_key, b"", &self.associated_data(), encapsulation, ciphertext)?;
        let mut private = Secret::new([0; 32]);
        private.expose_mut().copy_from_slice(opened.expose());
        let pair = SealingKeyPair::from_private(&private);
        let (expected, got) = (self.index_key, pair.public());
        if got == expected { Ok(pair) } else { Err(IndexKeyShareError::OtherKey { expected, got }) }
    }

    fn associated_data(&self) -> Vec<u8> {
        let parts: [&[u8]; 4] =
            [ChainId::ZERO.get(), self.hospital.get(), self.node.get(), self.index_key.get()];
        parts.concat()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
