//! Names of keys: 20 bytes derived from the algorithm and the key's bytes.

use crate::fixed::{KeyId, SigningPublicKey};
use crate::kdf::{Context, derive_parts};

/// Algorithm byte of Ed25519 in a key id. KEMs (1 = X25519) and signature algorithms share one number space, so that
/// a signing key and a sealing key with the same bytes never share an id.
pub const ALGORITHM_ED25519: u8 = 129;

/// Key id of {algorithm or kem u8, bytes}: the bytes are preceded by their u64 length.
#[must_use]
pub fn key_id(algorithm: u8, bytes: &[u8]) -> KeyId {
    let length = (bytes.len() as u64).to_le_bytes();
    let derived = derive_parts(Context::KeyId, &[&[algorithm], &length, bytes]);
    let mut id = [0; KeyId::LENGTH];
    id.copy_from_slice(&derived[..KeyId::LENGTH]);
    KeyId::new(id)
}

impl SigningPublicKey {
    /// The key's id.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        key_id(ALGORITHM_ED25519, self.as_slice())
    }
}
