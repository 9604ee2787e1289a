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

/// Adds a block's digests and removes expired ones. `floor` is a key below which nothing is left to remove, so that the
/// scan does not walk over what was removed before; gives the next floor.
pub(super) fn stage(
    backend: &impl Backend,
    batch: &mut Batch,
    floor: &[u8],
    (time, digests): (Time, &[Digest]),
) -> Result<Vec<u8>, LedgerError> {
    let expired = time.before(TRANSACTION_LIFE_MAX);
    let to = time_key(Time::from_micros(expired.as_micros().saturating_add(1))).to_vec();
    let from = floor.to_vec();
    let range = ScanRange { from, to: Some(to.clone()), order: Order::Ascending, limit: SEEN_PRUNED_MAX };
    let rows = backend.scan(Table::SeenTimes, &range)?;
    let next_floor = match rows.last() {
        Some((key, _)) if rows.len() == SEEN_PRUNED_MAX => key.clone(),
        _ => to.max(range.from),
    };
    for (key, _) in rows {
        let damaged = LedgerError::Damaged { table: Table::SeenTimes, source: None };
        let (old_time, digest) = key.split_at_checked(8).ok_or(damaged)?;
        if backend.get(Table::Seen, digest)?.as_deref() == Some(old_time) {
            batch.delete(Table::Seen, digest);
        }
        batch.delete(Table::SeenTimes, key);
    }
    for digest in digests {
        batch.put(Table::Seen, digest.as_slice(), time_key(time));
        batch.put(Table::SeenTimes, [&time_key(time), digest.as_slice()].concat(), Vec::new());
    }
    Ok(next_floor)
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
