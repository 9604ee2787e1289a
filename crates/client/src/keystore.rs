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
mod error;
mod file;
mod keys;

use std::path::Path;

use carechain_crypto::Secret;
use carechain_disk::private_file;

pub use enrol::{EnrolError, Enrolment};
pub use error::KeystoreError;
pub use file::Hardness;
pub use keys::Keystore;

impl Keystore {
    /// Writes the file; one that is there is kept.
    pub fn save(&self, path: &Path, passphrase: &Secret<Vec<u8>>) -> Result<(), KeystoreError> {
        let bytes = file::seal(self, passphrase, Hardness::default())?;
        Ok(private_file::write_new(path, &bytes, 0o600)?)
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
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
