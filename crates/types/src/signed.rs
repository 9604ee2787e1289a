//! Signing: one purpose per body, bound to one ledger.

use carechain_crypto::{ChainId, Purpose, Signature, SigningKeyPair, SigningPublicKey, signing_bytes};
use serde::Serialize;

use crate::codec::encode;

/// A body that is signed for exactly one purpose.
pub trait SignedBody: Serialize {
    /// What the signature is for; part of the signed bytes.
    const PURPOSE: Purpose;

    /// The bytes that are signed: purpose ‖ 0 ‖ chain id ‖ canonical body.
    fn signing_bytes(&self, chain_id: &ChainId) -> Vec<u8> {
        signing_bytes(Self::PURPOSE, chain_id, &encode(self))
    }
}

/// Who can sign as a node: its key pair, or the simulator's oracle.
pub trait NodeSigner {
    /// The public key the signatures verify under.
    fn public_key(&self) -> SigningPublicKey;

    /// Signs the bytes of [`SignedBody::signing_bytes`].
    fn sign_bytes(&self, bytes: &[u8]) -> Signature;

    /// Signs a body for its purpose.
    fn sign<B: SignedBody>(&self, chain_id: &ChainId, body: &B) -> Signature
    where
        Self: Sized,
    {
        self.sign_bytes(&body.signing_bytes(chain_id))
    }
}

impl NodeSigner for SigningKeyPair {
    fn public_key(&self) -> SigningPublicKey {
        self.public()
    }

    fn sign_bytes(&self, bytes: &[u8]) -> Signature {
        self.sign(bytes)
    }
}

impl<S: NodeSigner + ?Sized> NodeSigner for Box<S> {
    fn public_key(&self) -> SigningPublicKey {
        self.as_ref().public_key()
    }

    fn sign_bytes(&self, bytes: &[u8]) -> Signature {
        self.as_ref().sign_bytes(bytes)
    }
}
