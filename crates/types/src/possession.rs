//! Possession proofs: whoever enrols keys shows that it holds their private halves.

use carechain_crypto::{ChainId, Purpose, Signature, SigningPublicKey};
use serde::{Deserialize, Serialize};

use crate::bounded::BoundedVec;
use crate::keys::SealingKey;
use crate::limits::{SEALING_KEYS_MAX, SIGNING_KEYS_MAX};
use crate::signed::SignedBody;
use crate::verified::{Rejection, SignatureScheme, Verifier};

/// Version of possession proofs.
pub const POSSESSION_VERSION: u8 = 1;

/// What each new signing key signs, with 32 zero bytes for the chain id: a key exists before it joins a ledger.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Possession {
    /// Version of this layout.
    pub version: u8,
    /// The signing keys.
    pub signing_keys: BoundedVec<SigningPublicKey, SIGNING_KEYS_MAX>,
    /// The sealing keys.
    pub sealing_keys: BoundedVec<SealingKey, SEALING_KEYS_MAX>,
}

impl SignedBody for Possession {
    const PURPOSE: Purpose = Purpose::Possession;
}

impl Possession {
    /// Checks one signature per signing key, in order.
    pub fn check<S: SignatureScheme>(&self, scheme: S, signatures: &[Signature]) -> Result<(), Rejection> {
        let verifier = Verifier::new(scheme, ChainId::ZERO);
        if signatures.len() != self.signing_keys.len() {
            return Err(Rejection::Certificate { votes: signatures.len(), quorum: self.signing_keys.len() });
        }
        self.signing_keys
            .iter()
            .zip(signatures)
            .try_for_each(|(key, signature)| verifier.body(key, self, signature))
    }
}
