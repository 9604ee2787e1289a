//! Public keys as they stand in transactions and in state.

use carechain_crypto::{KEM_X25519, KeyId, SealingPublicKey, SigningPublicKey, key_id};
use serde::{Deserialize, Serialize};

use crate::bounded::BoundedBytes;
use crate::checked_byte::checked_byte;
use crate::limits::SEALING_KEY_BYTES_MAX;
use crate::time::Time;

checked_byte! {
    /// What a sealing key is for.
    KeyUse {
        /// Everyday use.
        Ordinary = 1 "ordinary",
        /// Kept apart, to recover when the ordinary key is lost.
        Recovery = 2 "recovery",
    }
}

/// A public key that things are sealed to, with its KEM suite.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct SealingKey {
    /// What it is for.
    pub key_use: KeyUse,
    /// KEM suite; 1 = DHKEM(X25519).
    pub kem: u8,
    /// The public key as its suite encodes it: 32 bytes for suite 1.
    pub bytes: BoundedBytes<SEALING_KEY_BYTES_MAX>,
}

impl SealingKey {
    /// An everyday X25519 key.
    #[must_use]
    pub fn x25519(key: SealingPublicKey) -> Self {
        let bytes = BoundedBytes::new(key.get().to_vec()).expect("32 bytes are within the bound");
        Self { key_use: KeyUse::Ordinary, kem: KEM_X25519, bytes }
    }

    /// 20 bytes of KDF("key id", {kem, bytes}).
    #[must_use]
    pub fn id(&self) -> KeyId {
        key_id(self.kem, &self.bytes)
    }

    /// The X25519 key, if the suite is 1 and the length fits.
    #[must_use]
    pub fn as_x25519(&self) -> Option<SealingPublicKey> {
        let bytes: [u8; 32] = self.bytes.as_ref().try_into().ok()?;
        (self.kem == KEM_X25519).then(|| SealingPublicKey::new(bytes))
    }
}

/// A signing key with the block times between which it is in force; until 0 = open.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SigningKeyPeriod {
    /// The key.
    pub key: SigningPublicKey,
    /// In force from this block time on.
    pub from: Time,
    /// In force before this block time; zero = open.
    pub until: Time,
}

impl SigningKeyPeriod {
    /// Whether the key is in force at a block time.
    #[must_use]
    pub fn in_force(&self, now: Time) -> bool {
        in_force(self.from, self.until, now)
    }
}

/// A sealing key with the block times between which it is in force; until 0 = open.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SealingKeyPeriod {
    /// The key.
    pub key: SealingKey,
    /// In force from this block time on.
    pub from: Time,
    /// In force before this block time; zero = open.
    pub until: Time,
}

impl SealingKeyPeriod {
    /// Whether the key is in force at a block time.
    #[must_use]
    pub fn in_force(&self, now: Time) -> bool {
        in_force(self.from, self.until, now)
    }
}

/// Whether `now` lies in `[from, until)`, until zero = open.
#[must_use]
pub fn in_force(from: Time, until: Time, now: Time) -> bool {
    from <= now && (until == Time::ZERO || now < until)
}
