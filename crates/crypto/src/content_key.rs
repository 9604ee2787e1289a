//! The content key of a record version, and the suite it encrypts by.

use rand_core::CryptoRng;

use crate::fixed::AddressOpening;
use crate::kdf::{Context, derive};
use crate::secret::Secret;

/// Suite byte of XChaCha20-Poly1305 with BLAKE3, in record headers and addresses.
pub const SUITE_XCHACHA20_POLY1305: u8 = 1;

/// Encrypts one record version. Random, never derived from content.
pub struct ContentKey(Secret<[u8; 32]>);

impl ContentKey {
    /// The key of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// A fresh key.
    #[must_use]
    pub fn generate(random: &mut impl CryptoRng) -> Self {
        let mut key = Secret::new([0; 32]);
        random.fill_bytes(key.expose_mut());
        Self(key)
    }

    /// The bytes.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// What proves knowledge of the key to a gateway without giving it away.
    #[must_use]
    pub fn opening(&self) -> AddressOpening {
        AddressOpening::new(derive(Context::AddressOpening, self.expose()))
    }
}

impl Clone for ContentKey {
    fn clone(&self) -> Self {
        Self::new(*self.expose())
    }
}

impl core::fmt::Debug for ContentKey {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}
