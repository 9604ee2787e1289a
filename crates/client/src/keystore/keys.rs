//! One person's private keys, unlocked, as an agent.

use carechain_crypto::{
    Agree, AgreeError, ChainId, SealingKeyPair, SealingPublicKey, Secret, Signature, SigningKeyPair,
};
use carechain_types::{AgentError, AgentKeys, KeyAgent, PersonBody};

use crate::random::SystemRandom;

/// One person's private keys, unlocked. Wiped when dropped.
#[derive(Debug)]
pub struct Keystore {
    signing: SigningKeyPair,
    sealing: SealingKeyPair,
}

impl Keystore {
    /// Both pairs, for a node: its signing key authenticates connections and is needed as a key. A person's keystore
    /// stays behind [`KeyAgent`].
    #[must_use]
    pub fn into_pairs(self) -> (SigningKeyPair, SealingKeyPair) {
        (self.signing, self.sealing)
    }

    /// New keys.
    #[must_use]
    pub fn generate() -> Self {
        Self {
            signing: SigningKeyPair::generate(&mut SystemRandom),
            sealing: SealingKeyPair::generate(&mut SystemRandom),
        }
    }

    /// Keys from their secrets: how `testnet` and tests make known ones.
    #[must_use]
    pub fn from_secrets(signing_seed: &Secret<[u8; 32]>, sealing_private: &Secret<[u8; 32]>) -> Self {
        Self {
            signing: SigningKeyPair::from_seed(signing_seed),
            sealing: SealingKeyPair::from_private(sealing_private),
        }
    }

    pub(super) const fn secrets(&self) -> (&SigningKeyPair, &SealingKeyPair) {
        (&self.signing, &self.sealing)
    }
}

impl Agree for Keystore {
    fn agree(
        &self,
        key: &SealingPublicKey,
        encapsulation: &[u8; 32],
    ) -> Result<Secret<[u8; 32]>, AgreeError> {
        self.sealing.agree(key, encapsulation)
    }
}

impl KeyAgent for Keystore {
    fn public_keys(&self) -> AgentKeys {
        AgentKeys { signing: self.signing.public(), sealing: vec![self.sealing.public()] }
    }

    fn sign(&self, chain_id: &ChainId, body: &PersonBody<'_>) -> Result<Signature, AgentError> {
        Ok(body.sign(&self.signing, chain_id))
    }
}
