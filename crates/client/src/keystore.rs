//! The keystore: one person's private keys in one file, sealed by a passphrase.
//!
//! ```text
//! passphrase ─argon2id(memory, passes, lanes, salt)─► 64 bytes ─┬─ first 32: XChaCha20-Poly1305 key of the two secrets
//!                                                               └─ last 32: key commitment, in the file, compared first
//! ```
//!
//! Invariants
//! - The file has mode 0600 and is written whole; a looser file is not opened.
//! - Parameters weaker than ours are refused: whoever lowered them wants the passphrase.
//! - The commitment tells a wrong passphrase from a damaged file, and keeps one file from opening under two passphrases.

mod enrol;
mod file;

use std::path::Path;

use carechain_crypto::{
    Agree, AgreeError, ChainId, SealingKeyPair, SealingPublicKey, Secret, Signature, SigningKeyPair,
};
use carechain_types::{AgentError, AgentKeys, KeyAgent, PersonBody};

use crate::private_file::{self, FileError, Overwrite};
use crate::random::SystemRandom;

pub use enrol::{EnrolError, Enrolment};
pub use file::Hardness;

/// Why a keystore is not opened or written.
#[derive(Debug, thiserror::Error)]
pub enum KeystoreError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// Another passphrase sealed it. Try again.
    #[error("the passphrase does not open this keystore")]
    WrongPassphrase,
    /// The file was changed or damaged. Use a copy.
    #[error("the keystore is damaged: {problem}")]
    Corrupt {
        /// What is wrong with it.
        problem: String,
    },
    /// It asks for less work than a keystore must. Somebody lowered it, or another program wrote it.
    #[error("the keystore asks for {name} = {got}, which is outside of {min} to {max}")]
    Hardness {
        /// Which parameter.
        name: &'static str,
        /// In the file.
        got: u32,
        /// Least.
        min: u32,
        /// Most.
        max: u32,
    },
    /// An empty passphrase protects nothing.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
}

/// One person's private keys, unlocked. Wiped when dropped.
#[derive(Debug)]
pub struct Keystore {
    signing: SigningKeyPair,
    sealing: SealingKeyPair,
}

impl Keystore {
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

    /// Writes the file; one that is there is kept.
    pub fn save(&self, path: &Path, passphrase: &Secret<Vec<u8>>) -> Result<(), KeystoreError> {
        let bytes = file::seal(self, passphrase, Hardness::default())?;
        Ok(private_file::write_private(path, &bytes, Overwrite::Never)?)
    }

    /// Opens the file.
    pub fn open(path: &Path, passphrase: &Secret<Vec<u8>>) -> Result<Self, KeystoreError> {
        let bytes = private_file::read_private(path, crate::limits::SMALL_FILE_BYTES_MAX)?;
        file::open(&bytes, passphrase)
    }

    /// The public halves with the proof that the private ones are here, for the registrar.
    #[must_use]
    pub fn enrolment(&self) -> Enrolment {
        Enrolment::of(self)
    }

    /// Both pairs, for a node: its signing key authenticates connections and is needed as a key. A person's keystore
    /// stays behind [`KeyAgent`].
    #[must_use]
    pub fn into_pairs(self) -> (SigningKeyPair, SealingKeyPair) {
        (self.signing, self.sealing)
    }

    const fn secrets(&self) -> (&SigningKeyPair, &SealingKeyPair) {
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
