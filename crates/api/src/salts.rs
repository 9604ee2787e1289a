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
    /// Remembers a salt; false if it is known. When there is no room for more, the one that expires first is forgotten:
    /// anybody can fill the set with keys of nobody, and that must not stop those who have one.
    pub(crate) fn admit(&mut self, key: SigningPublicKey, salt: Nonce, expiry: Time, now: Time) -> bool {
        self.seen = self.seen.split_off(&(now, SigningPublicKey::ZERO, Nonce::ZERO));
        let is_new = self.seen.insert((expiry, key, salt), ()).is_none();
        if self.seen.len() > QUERY_SALTS_MAX {
            self.seen.pop_first();
        }
        is_new
    }
}

#[cfg(test)]
mod tests;
