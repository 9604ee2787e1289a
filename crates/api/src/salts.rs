//! Salts of signed queries, remembered until the queries expire, so that none counts twice.

use std::collections::BTreeMap;

use carechain_crypto::{Nonce, SigningPublicKey};
use carechain_types::Time;

use crate::limits::QUERY_SALTS_MAX;

/// The set, ordered by expiry so that what expired falls off its start.
#[derive(Debug, Default)]
pub(crate) struct SeenSalts {
    seen: BTreeMap<(Time, SigningPublicKey, Nonce), ()>,
}

impl SeenSalts {
    /// Remembers a salt; false if it is known, or if there is no room for more.
    pub(crate) fn admit(&mut self, key: SigningPublicKey, salt: Nonce, expiry: Time, now: Time) -> bool {
        self.seen = self.seen.split_off(&(now, SigningPublicKey::ZERO, Nonce::ZERO));
        if self.seen.len() >= QUERY_SALTS_MAX {
            return false;
        }
        self.seen.insert((expiry, key, salt), ()).is_none()
    }
}

#[cfg(test)]
mod tests;
