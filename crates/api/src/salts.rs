//! Salts of signed queries, remembered until the queries expire, so that none counts twice.

mod files;
mod signed;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use carechain_crypto::SigningPublicKey;
use carechain_types::Time;

use self::files::SaltFiles;
use self::signed::Signed;
use crate::limits::{QUERY_SALTS_MAX, QUERY_SALTS_PER_KEY_MAX};
use crate::node::NodeError;

/// The salts of all calls.
#[derive(Debug, Default)]
pub(crate) struct Salts(Mutex<SeenSalts>);

/// The salt of a call under way: no other call may have it meanwhile. Unless it is spent, it is as if it had never come.
#[derive(Debug)]
pub(crate) struct Spending {
    salts: Arc<Salts>,
    salt: Signed,
    begun: Time,
}

impl Salts {
    /// Remembers what is spent in files of this folder, and what they hold already.
    pub(crate) fn open(folder: &Path, now: Time) -> io::Result<Self> {
        let (files, spent) = SaltFiles::open(folder, now)?;
        let mut seen = SeenSalts { files: Some(files), ..SeenSalts::default() };
        for salt in spent {
            seen.remember(salt);
        }
        Ok(Self(Mutex::new(seen)))
    }

    /// Begins a call with a salt whose signature verified, if no other call has it or had it.
    pub(crate) fn begin(
        self: &Arc<Self>,
        (expiry, key, salt): Signed,
        now: Time,
    ) -> Result<Spending, NodeError> {
        let salt = (expiry, key, salt);
        let mut seen = self.lock();
        seen.forget_expired(now);
        if seen.spent.contains(&salt) || !seen.under_way.insert(salt) {
            return Err(NodeError::Replayed);
        }
        Ok(Spending { salts: Arc::clone(self), salt, begun: now })
    }

    /// Every change is one call, so a panic of a holder leaves the sets whole.
    fn lock(&self) -> MutexGuard<'_, SeenSalts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spending {
    /// Remembers the salt until it expires. The caller knows that the key is enrolled: keys that anybody can make up
    /// would fill the set.
    pub(crate) fn spend(&self) -> Result<(), NodeError> {
        self.salts.lock().spend(self.salt, self.begun)
    }
}

impl Drop for Spending {
    fn drop(&mut self) {
        self.salts.lock().under_way.remove(&self.salt);
    }
}

/// Invariant: `by_key` counts what is in `spent`, and holds no zero.
#[derive(Debug, Default)]
struct SeenSalts {
    spent: BTreeSet<Signed>,
    by_key: BTreeMap<SigningPublicKey, usize>,
    /// No more than calls at once.
    under_way: BTreeSet<Signed>,
    /// What is spent, for after a restart; none if it is not kept.
    files: Option<SaltFiles>,
}

impl SeenSalts {
    fn spend(&mut self, salt: Signed, now: Time) -> Result<(), NodeError> {
        let of_key = self.by_key.get(&salt.1).copied().unwrap_or_default();
        if self.spent.contains(&salt) {
            return Ok(());
        }
        if self.spent.len() >= QUERY_SALTS_MAX || of_key >= QUERY_SALTS_PER_KEY_MAX {
            return Err(NodeError::RateLimited);
        }
        if let Some(files) = &mut self.files
            && let Err(error) = files.keep(&salt, now)
        {
            tracing::error!(%error, "a signed query is refused: that it was honoured cannot be kept on disk");
            return Err(NodeError::RateLimited);
        }
        self.remember(salt);
        Ok(())
    }

    fn remember(&mut self, salt: Signed) {
        if self.spent.insert(salt) {
            *self.by_key.entry(salt.1).or_default() += 1;
        }
    }

    fn forget_expired(&mut self, now: Time) {
        while self.spent.first().is_some_and(|oldest| oldest.0 < now)
            && let Some((_, key, _)) = self.spent.pop_first()
        {
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
#[allow(clippy::unwrap_used)]
mod tests;
