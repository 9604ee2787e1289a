//! Salts of signed queries, remembered until the queries expire, so that none counts twice.

use std::collections::BTreeMap;

use carechain_crypto::{Nonce, SigningPublicKey};
use carechain_types::Time;

use crate::limits::{QUERY_SALTS_MAX, QUERY_SALTS_PER_KEY_MAX};

/// The set, ordered by expiry so that what expired falls off its start.
#[derive(Debug, Default)]
pub(crate) struct SeenSalts {
    seen: BTreeMap<(Time, SigningPublicKey, Nonce), ()>,
    by_key: BTreeMap<SigningPublicKey, usize>,
}

/// What a salt is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Salt {
    /// New, and remembered now.
    First,
    /// Known.
    Again,
    /// One more than its key, or all keys together, may have.
    TooMany,
}

impl SeenSalts {
    /// Remembers a salt. The caller knows that the key is enrolled: keys that anybody can make up would fill the set.
    pub(crate) fn admit(&mut self, key: SigningPublicKey, salt: Nonce, expiry: Time, now: Time) -> Salt {
        self.forget_expired(now);
        if self.seen.contains_key(&(expiry, key, salt)) {
            return Salt::Again;
        }
        let of_key = self.by_key.get(&key).copied().unwrap_or_default();
        if self.seen.len() >= QUERY_SALTS_MAX || of_key >= QUERY_SALTS_PER_KEY_MAX {
            return Salt::TooMany;
        }
        self.seen.insert((expiry, key, salt), ());
        self.by_key.insert(key, of_key + 1);
        Salt::First
    }

    fn forget_expired(&mut self, now: Time) {
        while let Some(oldest) = self.seen.first_entry().filter(|oldest| oldest.key().0 < now) {
            let ((_, key, _), ()) = oldest.remove_entry();
            match self.by_key.get_mut(&key) {
                Some(count) if *count > 1 => *count -= 1,
                _ => {
                    self.by_key.remove(&key);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
