//! Collects what was never published, once the committed head's time has passed its expiry.
//!
//! Only blocks tell: a clock does not know what the blocks still to come hold.

use std::sync::Arc;

use carechain_api::NodeError;
use carechain_chunks::LocalUpload;
use carechain_types::ehr_id;
use tokio::time::{MissedTickBehavior, interval};

use crate::limits::COLLECTED_MAX;
use crate::shared::Shared;

/// Collects now and then.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut round = interval(shared.settings.care_interval);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        round.tick().await;
        if let Err(error) = collect(&shared).await {
            tracing::debug!(%error, "collection waits for the ledger");
        }
    }
}

async fn collect(shared: &Shared) -> Result<(), NodeError> {
    let now = shared.ledger.head().await?.time;
    // Both look at every upload.
    for local in shared.store.run(move |chunks| chunks.expired_open(now, COLLECTED_MAX)).await {
        erase(shared, local).await;
    }
    for local in shared.store.run(move |chunks| chunks.expired_unpublished(now, COLLECTED_MAX)).await {
        if !is_published(shared, local).await? {
            erase(shared, local).await;
        }
    }
    Ok(())
}

/// Whether the ledger names the file and this is the copy to keep; noted in the store if so.
async fn is_published(shared: &Shared, local: LocalUpload) -> Result<bool, NodeError> {
    let Ok(state) = shared.store.chunks().state(local) else { return Ok(true) };
    let Some(completion) = state.completion else { return Ok(false) };
    let id = ehr_id(shared.chain_id(), &state.opening.author, &completion.commitment);
    if shared.ledger.record(id).await?.is_none() {
        tracing::info!(%local, "an upload was not published in time");
        return Ok(false);
    }
    // The same file may have been pushed under several openings: one copy is kept.
    if shared.store.chunks().find(&completion.commitment) != Some(local) {
        tracing::info!(%local, "a file is held twice, the worse copy goes");
        return Ok(false);
    }
    // Erased meanwhile: nothing to note.
    let _ = shared.store.chunks().mark_published(local);
    Ok(true)
}

async fn erase(shared: &Shared, local: LocalUpload) {
    match shared.store.erase(local).await {
        Ok(()) => shared.counts.collected.increment(),
        Err(error) => tracing::warn!(%error, "an unpublished upload was not erased"),
    }
}
