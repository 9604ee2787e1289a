//! Plain BLAKE3: of bytes, of parts one after another, and step by step.
//!
//! Nothing here separates domains: what is signed goes through [`crate::Purpose`], what is derived through
//! [`crate::Context`], and a hash of parts is only for fixed-width parts or for bytes that are one stream.

use crate::fixed::Digest;

/// BLAKE3 of the bytes; `b3sum` prints the same.
#[must_use]
pub fn hash(bytes: &[u8]) -> Digest {
    Digest::new(*blake3::hash(bytes).as_bytes())
}

/// BLAKE3 of the parts joined without separators. The caller's format says where each part ends.
#[must_use]
pub fn hash_parts(parts: &[&[u8]]) -> Digest {
    let mut hasher = Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finish()
}

/// BLAKE3 over bytes that arrive piece by piece.
#[derive(Clone, Debug, Default)]
pub struct Hasher(blake3::Hasher);

impl Hasher {
    /// A hasher that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes so far; more may follow.
    #[must_use]
    pub fn finish(&self) -> Digest {
        Digest::new(*self.0.finalize().as_bytes())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
