//! The secret of one upload: whoever has it may send chunks and ask where the upload stands.
//!
//! Its first holder is the client that opened the upload, whose signed opening carries the [`UploadSecret::capability`].
//! Knowing the capability or the id of an upload is of no use to anybody.

use core::fmt;

use data_encoding::HEXLOWER;
use subtle::ConstantTimeEq as _;

use crate::fixed::Nonce;
use crate::hash::hash;
use crate::secret::Secret;

/// 32 random bytes.
pub struct UploadSecret(Secret<[u8; Self::LENGTH]>);

impl UploadSecret {
    /// Bytes of one.
    pub const LENGTH: usize = 32;

    /// Wraps random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(Secret::new(bytes))
    }

    /// What the signed opening says of it: the first 16 bytes of its BLAKE3.
    #[must_use]
    pub fn capability(&self) -> Nonce {
        let digest = hash(self.0.expose());
        let mut capability = [0; Nonce::LENGTH];
        capability.copy_from_slice(&digest.get()[..Nonce::LENGTH]);
        Nonce::new(capability)
    }

    /// Whether this is the secret of an upload that was opened with this capability. Takes the same time for every
    /// wrong one.
    #[must_use]
    pub fn opens(&self, capability: &Nonce) -> bool {
        self.capability().as_slice().ct_eq(capability.as_slice()).into()
    }

    /// As it stands in a header: 64 lower-case hexadecimal characters. Do not print it.
    #[must_use]
    pub fn expose_hex(&self) -> String {
        HEXLOWER.encode(self.0.expose())
    }

    /// Parses [`Self::expose_hex`].
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        Some(Self::new(bytes.try_into().ok()?))
    }
}

impl fmt::Debug for UploadSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
