//! Keys that sign for real or as an oracle: a keyed hash that anybody could compute, but nobody here forges.

use std::sync::Arc;

use carechain_crypto::{
    ChainId, SealingKeyPair, Secret, Signature, SigningKeyPair, SigningPublicKey, hash, hash_parts,
};
use carechain_types::{Ed25519, NodeSigner, SealingKey, SignatureScheme, SignedBody};

/// How signatures are made and checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scheme {
    Oracle,
    Ed25519,
}

impl SignatureScheme for Scheme {
    fn verify(&self, key: &SigningPublicKey, bytes: &[u8], signature: &Signature) -> bool {
        match self {
            Self::Oracle => oracle(key, bytes) == *signature,
            Self::Ed25519 => Ed25519.verify(key, bytes, signature),
        }
    }
}

fn oracle(key: &SigningPublicKey, bytes: &[u8]) -> Signature {
    let digest = hash_parts(&[b"oracle", key.as_slice(), bytes]);
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(digest.as_slice());
    Signature::new(signature)
}

struct OracleSigner(SigningPublicKey);

impl NodeSigner for OracleSigner {
    fn public_key(&self) -> SigningPublicKey {
        self.0
    }

    fn sign_bytes(&self, bytes: &[u8]) -> Signature {
        oracle(&self.0, bytes)
    }
}

/// A signing key and a sealing key made from one number.
#[derive(Clone)]
pub(crate) struct Hand {
    pub(crate) scheme: Scheme,
    pub(crate) signing: Arc<SigningKeyPair>,
    pub(crate) sealing: SealingKey,
}

impl Hand {
    pub(crate) fn new(scheme: Scheme, seed: u64) -> Self {
        let bytes = |what: &str| *hash(format!("{what} {seed}").as_bytes()).get();
        let signing = Arc::new(SigningKeyPair::from_seed(&Secret::new(bytes("signing"))));
        let sealing = SealingKeyPair::from_private(&Secret::new(bytes("sealing")));
        Self { scheme, signing, sealing: SealingKey::x25519(sealing.public()) }
    }

    pub(crate) fn public(&self) -> SigningPublicKey {
        self.signing.public()
    }

    pub(crate) fn sign<B: SignedBody>(&self, chain_id: &ChainId, body: &B) -> Signature {
        match self.scheme {
            Scheme::Oracle => OracleSigner(self.public()).sign(chain_id, body),
            Scheme::Ed25519 => NodeSigner::sign(self.signing.as_ref(), chain_id, body),
        }
    }
}
