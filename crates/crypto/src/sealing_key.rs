//! X25519 keys that things are sealed to, and the agreement by which they are opened.
//!
//! Opening needs nothing but [`Agree`]: an agent or a card answers it and never gives its private key away.

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use x25519_dalek::{PublicKey, StaticSecret};

use crate::fixed::KeyId;
use crate::key_id::key_id;
use crate::secret::Secret;

/// KEM byte of DHKEM(X25519, HKDF-SHA256) with ChaCha20-Poly1305.
pub const KEM_X25519: u8 = 1;

/// An X25519 public key.
#[derive(Clone, Copy, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct SealingPublicKey([u8; 32]);

impl SealingPublicKey {
    /// Length in bytes.
    pub const LENGTH: usize = 32;

    /// Wraps the bytes; [`check_sealing_key`] says whether to seal to them.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn get(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key's id under [`KEM_X25519`].
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        key_id(KEM_X25519, &self.0)
    }
}

impl core::fmt::Debug for SealingPublicKey {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "SealingPublicKey({})", data_encoding::HEXLOWER.encode(&self.0[..4]))
    }
}

/// Why there is no shared secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AgreeError {
    /// The private half of this key is not here. The caller asks another agent.
    #[error("no private half of {key:?} here")]
    UnknownKey {
        /// The key asked for.
        key: SealingPublicKey,
    },
    /// The encapsulation has small order: the sender is broken or hostile.
    #[error("the encapsulation for {key:?} gives an all-zero secret")]
    Degenerate {
        /// The key asked for.
        key: SealingPublicKey,
    },
    /// The agent is locked, gone or refused. The caller unlocks it and tries again.
    #[error("the agent that holds {key:?} does not answer")]
    Unavailable {
        /// The key asked for.
        key: SealingPublicKey,
    },
}

/// Something that holds private sealing keys and answers X25519 with them.
pub trait Agree {
    /// The raw X25519 result of the private half of `key` and `encapsulation`, never all zeros.
    ///
    /// # Errors
    /// See [`AgreeError`].
    fn agree(&self, key: &SealingPublicKey, encapsulation: &[u8; 32])
    -> Result<Secret<[u8; 32]>, AgreeError>;
}

/// A private sealing key with its public half. Wiped when dropped, prints only the public half.
pub struct SealingKeyPair {
    private: StaticSecret,
    public: SealingPublicKey,
}

impl SealingKeyPair {
    /// The pair of 32 private bytes.
    #[must_use]
    pub fn from_private(private: &Secret<[u8; 32]>) -> Self {
        let private = StaticSecret::from(*private.expose());
        let public = SealingPublicKey(PublicKey::from(&private).to_bytes());
        Self { private, public }
    }

    /// A new pair.
    #[must_use]
    pub fn generate(random: &mut impl CryptoRng) -> Self {
        let mut private = Secret::new([0; 32]);
        random.fill_bytes(private.expose_mut());
        Self::from_private(&private)
    }

    /// The private bytes, for a keystore or a key share.
    #[must_use]
    pub fn private(&self) -> Secret<[u8; 32]> {
        Secret::new(self.private.to_bytes())
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> SealingPublicKey {
        self.public
    }
}

impl Agree for SealingKeyPair {
    fn agree(
        &self,
        key: &SealingPublicKey,
        encapsulation: &[u8; 32],
    ) -> Result<Secret<[u8; 32]>, AgreeError> {
        if *key != self.public {
            return Err(AgreeError::UnknownKey { key: *key });
        }
        let shared = self.private.diffie_hellman(&PublicKey::from(*encapsulation));
        if !shared.was_contributory() {
            return Err(AgreeError::Degenerate { key: *key });
        }
        Ok(Secret::new(shared.to_bytes()))
    }
}

impl core::fmt::Debug for SealingKeyPair {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "SealingKeyPair({:?})", self.public)
    }
}

/// Why nothing is sealed to a key, nor the key registered. The caller makes a new key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SealingKeyError {
    /// The bytes are a second encoding of a key.
    #[error("sealing key {key:?} is not canonically encoded")]
    NotCanonical {
        /// The bytes.
        key: SealingPublicKey,
    },
    /// The point has small order: the secret would be known to everybody.
    #[error("sealing key {key:?} has small order")]
    LowOrder {
        /// The bytes.
        key: SealingPublicKey,
    },
}

/// What a key must pass before it is registered and before anything is sealed to it.
///
/// # Errors
/// The first property the key lacks: canonical, not of small order.
pub fn check_sealing_key(key: &SealingPublicKey) -> Result<(), SealingKeyError> {
    let key = *key;
    let mut descending = key.0;
    descending.reverse();
    if descending >= PRIME_BIG_ENDIAN {
        return Err(SealingKeyError::NotCanonical { key });
    }
    // A clamped scalar is a multiple of the cofactor: the result is zero for points of small order and for no other.
    let probe = StaticSecret::from([1; 32]).diffie_hellman(&PublicKey::from(key.0));
    if !probe.was_contributory() {
        return Err(SealingKeyError::LowOrder { key });
    }
    Ok(())
}

/// 2^255 − 19.
const PRIME_BIG_ENDIAN: [u8; 32] = {
    let mut bytes = [0xff; 32];
    bytes[0] = 0x7f;
    bytes[31] = 0xed;
    bytes
};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
