//! The seen set: digests that may not come again within the life of a transaction.
//!
//! It holds the digests of all blocks with time > block time − 10 min. Older ones are removed with later blocks; until
//! then their time tells that they are out, so that what is removed when changes no answer.

use carechain_crypto::Digest;
use carechain_types::Time;
use carechain_types::limits::TRANSACTION_LIFE_MAX;

use super::chain::Ledger;
use super::error::LedgerError;
use crate::backend::{Backend, Batch, Order, ScanRange, Table};
use crate::limits::SEEN_PRUNED_MAX;

fn time_key(time: Time) -> [u8; 8] {
    time.as_micros().to_be_bytes()
}

fn time_from(bytes: &[u8]) -> Result<Time, LedgerError> {
    let bytes = bytes.try_into().map_err(|_| LedgerError::Damaged { table: Table::Seen, source: None })?;
    Ok(Time::from_micros(u64::from_be_bytes(bytes)))
}

/// Adds a block's digests and removes expired ones.
pub(super) fn stage(
    backend: &impl Backend,
    batch: &mut Batch,
    time: Time,
    digests: &[Digest],
) -> Result<(), LedgerError> {
    let expired = time.before(TRANSACTION_LIFE_MAX);
    let to = Some(time_key(Time::from_micros(expired.as_micros() + 1)).to_vec());
    let range = ScanRange { from: Vec::new(), to, order: Order::Ascending, limit: SEEN_PRUNED_MAX };
    for (key, _) in backend.scan(Table::SeenTimes, &range)? {
        let (old_time, digest) = key.split_at(8);
        if backend.get(Table::Seen, digest)?.as_deref() == Some(old_time) {
            batch.delete(Table::Seen, digest);
        }
        batch.delete(Table::SeenTimes, key);
    }
    for digest in digests {
        batch.put(Table::Seen, digest.as_slice(), time_key(time));
        batch.put(Table::SeenTimes, [&time_key(time), digest.as_slice()].concat(), Vec::new());
    }
    Ok(())
}

impl<B: Backend> Ledger<B> {
    /// Whether a digest counts as seen for a block of the given time.
    ///
    /// # Errors
    /// If the backend fails or is damaged.
    pub fn seen(&self, digest: &Digest, block_time: Time) -> Result<bool, LedgerError> {
        let row = self.backend.get(Table::Seen, digest.as_slice())?;
        let time = row.map(|row| time_from(&row)).transpose()?;
        Ok(time.is_some_and(|time| time > block_time.before(TRANSACTION_LIFE_MAX)))
    }
}
