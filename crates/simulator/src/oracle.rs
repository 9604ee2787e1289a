//! Signatures of a simulation: a keyed hash for speed, or real Ed25519.
//!
//! Whoever can call the oracle could sign as anybody; the adversaries get a signer of their own key and nothing else.

use carechain_crypto::{Secret, Signature, SigningKeyPair, SigningPublicKey, hash_parts};
use carechain_types::{Ed25519, NodeSigner, SignatureScheme};

/// How signatures are made and checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scheme {
    /// A keyed hash: a hundred times as fast.
    Oracle,
    /// The scheme of production.
    Ed25519,
}

impl SignatureScheme for Scheme {
    fn verify(&self, key: &SigningPublicKey, bytes: &[u8], signature: &Signature) -> bool {
        match self {
            Self::Oracle => keyed_hash(key, bytes) == *signature,
            Self::Ed25519 => Ed25519.verify(key, bytes, signature),
        }
    }
}

/// A key as a seed and what follows from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hand {
    seed: [u8; 32],
    public: SigningPublicKey,
}

impl Hand {
    /// The key of a seed.
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self { seed, public: SigningKeyPair::from_seed(&Secret::new(seed)).public() }
    }

    /// Its public key.
    pub(crate) const fn public(&self) -> SigningPublicKey {
        self.public
    }

    /// Who signs with it.
    pub(crate) fn signer(&self, scheme: Scheme) -> Box<dyn NodeSigner + Send> {
        match scheme {
            Scheme::Oracle => Box::new(OracleSigner(self.public)),
            Scheme::Ed25519 => Box::new(SigningKeyPair::from_seed(&Secret::new(self.seed))),
        }
    }
}

struct OracleSigner(SigningPublicKey);

impl NodeSigner for OracleSigner {
    fn public_key(&self) -> SigningPublicKey {
        self.0
    }

    fn sign_bytes(&self, bytes: &[u8]) -> Signature {
        keyed_hash(&self.0, bytes)
    }
}

fn keyed_hash(key: &SigningPublicKey, bytes: &[u8]) -> Signature {
    let digest = hash_parts(&[b"the oracle of the simulator", key.as_slice(), bytes]);
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(digest.as_slice());
    Signature::new(signature)
}
