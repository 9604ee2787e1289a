//! Whether a committed access entry still opens its file, by this node's own ledger and clock.
//!
//! The same check stands at the gateway and at every holder, when a read begins and every
//! [`RECHECK_BYTES`] or [`RECHECK_AGE`] after.

use std::sync::Arc;

use carechain_api::NodeError;
use carechain_types::limits::{CLOCK_SKEW_MAX, READ_ENTRY_LIFE};
use carechain_types::{AccessEntry, Decision, EntryId, ReadRequest, Time};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use crate::ledger_view::{AccessFacts, Ended, GrantFacts, LedgerRecord, News};
use crate::limits::{HEIGHT_WAIT, RECHECK_AGE, RECHECK_BYTES};
use crate::shared::Shared;

/// Why bytes do not flow, or flow no further.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum AccessRefusal {
    /// The entry is not in this ledger, or is not that of the request.
    #[error("no committed entry allows this request")]
    NotAllowed,
    /// It was allowed and is not any more: too old, window over, revoked, suspended, erased.
    #[error("access has ended")]
    Ended,
    /// The ledger does not answer.
    #[error(transparent)]
    Ledger(#[from] NodeError),
}

/// Watches one entry while bytes flow.
#[derive(Debug)]
pub(super) struct AccessGuard {
    entry: EntryId,
    request: ReadRequest,
    bytes_since: u64,
    checked: Instant,
}

impl AccessGuard {
    pub(super) fn new(entry: EntryId, request: ReadRequest) -> Self {
        Self { entry, request, bytes_since: 0, checked: Instant::now() }
    }

    /// Checks now; waits, bounded, for the block that holds the entry.
    pub(super) async fn check(&self, shared: &Shared) -> Result<LedgerRecord, AccessRefusal> {
        let deadline = Instant::now() + HEIGHT_WAIT;
        let mut news = shared.ledger.news();
        loop {
            let facts = shared.ledger.access(self.entry).await?;
            if facts.height >= self.entry.height || !next_block(&mut news, deadline).await {
                let digest = self.request.digest(shared.chain_id());
                let entry = facts.entry.filter(|entry| {
                    entry.request_digest == digest
                        && entry.ehr_id == self.request.ehr_id
                        && entry.gateway == self.request.gateway
                        && entry.height == self.entry.height
                        && entry.decision == Decision::Allowed
                });
                let entry = entry.ok_or(AccessRefusal::NotAllowed)?;
                return still_open(&facts, &entry, shared.clock.wall());
            }
        }
    }

    /// Bytes are to flow: checks again when there were enough, or when the last check is old.
    pub(super) async fn passed(&mut self, shared: &Shared, bytes: u64) -> Result<(), AccessRefusal> {
        self.bytes_since += bytes;
        if self.bytes_since < RECHECK_BYTES && self.checked.elapsed() < RECHECK_AGE {
            return Ok(());
        }
        self.bytes_since = 0;
        self.checked = Instant::now();
        self.check(shared).await.map(drop)
    }
}

/// Waits for a block; false if the time is over or the ledger ended.
pub(super) async fn next_block(news: &mut broadcast::Receiver<Arc<News>>, deadline: Instant) -> bool {
    matches!(timeout_at(deadline, news.recv()).await, Ok(Ok(_) | Err(RecvError::Lagged(_))))
}

/// Age of the entry, window of the grant, standing of both sides, the record itself.
fn still_open(facts: &AccessFacts, entry: &AccessEntry, now: Time) -> Result<LedgerRecord, AccessRefusal> {
    let young = now <= entry.time.after(READ_ENTRY_LIFE);
    let granted = match (entry.grant, facts.grant) {
        (None, _) => true,
        (Some(_), Some(grant)) => in_window(&grant, now) && grant.ended == Ended::No,
        (Some(_), None) => false,
    };
    if !young || !granted || facts.reader_suspended == Ended::Yes {
        return Err(AccessRefusal::Ended);
    }
    facts.record.ok_or(AccessRefusal::Ended)
}

/// The clocks of two nodes may differ by the skew that consensus allows.
fn in_window(grant: &GrantFacts, now: Time) -> bool {
    grant.from <= now.after(CLOCK_SKEW_MAX) && now < grant.until.after(CLOCK_SKEW_MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
