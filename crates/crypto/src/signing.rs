//! Ed25519: raw signing, strict verification, and the check a key passes before it is registered.
//!
//! Only `types` calls [`SigningKeyPair::sign`], one method per purpose. Verification is `verify_strict` everywhere:
//! batch verification and the permissive one accept signatures the strict one refuses, and replicas that disagree
//! about a signature fork.

use ed25519_dalek::{SigningKey, VerifyingKey};
use rand_core::CryptoRng;

use crate::fixed::{Signature, SigningPublicKey};
use crate::secret::Secret;

/// A private signing key with its public half. Wiped when dropped, prints only the public half.
pub struct SigningKeyPair(SigningKey);

impl SigningKeyPair {
    /// The pair of a seed (the private key of RFC 8032).
    #[must_use]
    pub fn from_seed(seed: &Secret<[u8; 32]>) -> Self {
        Self(SigningKey::from_bytes(seed.expose()))
    }

    /// A new pair.
    #[must_use]
    pub fn generate(random: &mut impl CryptoRng) -> Self {
        let mut seed = Secret::new([0; 32]);
        random.fill_bytes(seed.expose_mut());
        Self::from_seed(&seed)
    }

    /// The seed, for a keystore.
    #[must_use]
    pub fn seed(&self) -> Secret<[u8; 32]> {
        Secret::new(self.0.to_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> SigningPublicKey {
        SigningPublicKey::new(self.0.verifying_key().to_bytes())
    }

    /// Signs exactly these bytes: see [`crate::signing_bytes`] for what they must be.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> Signature {
        use ed25519_dalek::Signer as _;
        Signature::new(self.0.sign(bytes).to_bytes())
    }
}

impl core::fmt::Debug for SigningKeyPair {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "SigningKeyPair({:?})", self.public())
    }
}

/// Whether the signature is the key's over exactly these bytes, by the strict rule.
#[must_use]
pub fn verify_strict(key: &SigningPublicKey, bytes: &[u8], signature: &Signature) -> bool {
    let signature = ed25519_dalek::Signature::from_bytes(signature.get());
    VerifyingKey::from_bytes(key.get()).is_ok_and(|key| key.verify_strict(bytes, &signature).is_ok())
}

/// Why a signing key is not registered. The caller makes a new key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SigningKeyError {
    /// The bytes are no point of the curve.
    #[error("signing key {key:?} is not a point of the curve")]
    NotAPoint {
        /// The bytes.
        key: SigningPublicKey,
    },
    /// The bytes are a second encoding of a point.
    #[error("signing key {key:?} is not canonically encoded")]
    NotCanonical {
        /// The bytes.
        key: SigningPublicKey,
    },
    /// The point has small order: anybody can sign for it.
    #[error("signing key {key:?} is weak")]
    Weak {
        /// The bytes.
        key: SigningPublicKey,
    },
    /// The point has a small-order component: verifiers disagree about its signatures.
    #[error("signing key {key:?} has a small-order component")]
    MixedOrder {
        /// The bytes.
        key: SigningPublicKey,
    },
}

/// What a key must pass before it is registered; possession is proven separately.
///
/// # Errors
/// The first property the key lacks: on the curve, canonical, not weak, torsion free.
pub fn check_signing_key(key: &SigningPublicKey) -> Result<(), SigningKeyError> {
    let key = *key;
    let verifying = VerifyingKey::from_bytes(key.get()).map_err(|_| SigningKeyError::NotAPoint { key })?;
    let point = verifying.to_edwards();
    if point.compress().as_bytes() != key.get() {
        return Err(SigningKeyError::NotCanonical { key });
    }
    if point.is_small_order() {
        return Err(SigningKeyError::Weak { key });
    }
    if !point.is_torsion_free() {
        return Err(SigningKeyError::MixedOrder { key });
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
