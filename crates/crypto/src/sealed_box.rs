//! Sealed boxes: HPKE base mode (RFC 9180) with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305.
//!
//! Sealing is the hpke crate's. Opening is our own, because it must work with an agent that answers [`crate::Agree`]
//! and never gives a private key away; it is tested against the crate and the vectors of the RFC.

mod open;
mod schedule;
mod seal;

pub use open::{OpenError, OpeningContext, open_box};
pub use seal::{SealError, SealedBox, SealingContext, seal_box};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
