//! Goes on after a failed sync of the chunk store: says so, once, with pack and errno, and begins a new pack.
//!
//! Reading goes on all the while, and so do votes: the disk of the files may be another than the ledger's.

use std::sync::{Arc, PoisonError};

use carechain_chunks::{ChunkStore, PackFailure, StoreHealth};
use tokio::time::{MissedTickBehavior, interval};

use super::disk_trouble::DiskTrouble;
use super::limits::RECOVERY_TICK;
use super::shared::Shared;

/// Looks at the store again and again.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut tick = interval(RECOVERY_TICK.min(shared.settings.care_interval));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut tries: u64 = 0;
    loop {
        tick.tick().await;
        let StoreHealth::Poisoned(failure) = shared.store.run(ChunkStore::health).await else {
            tries = 0;
            continue;
        };
        tries += 1;
        if tries == 1 {
            begin_trouble(&shared, failure);
        }
        recover(&shared, tries).await;
    }
}

fn begin_trouble(shared: &Shared, failure: PackFailure) {
    shared.counts.packs_failed.increment();
    set(shared, Some(DiskTrouble { failure, since: shared.clock.wall() }));
    let PackFailure { pack, errno, .. } = failure;
    tracing::error!(
        pack,
        errno,
        "{failure}: this disk is failing and must be replaced; record files are refused until a new pack is begun"
    );
}

async fn recover(shared: &Shared, tries: u64) {
    match shared.store.run(ChunkStore::recover).await {
        Ok(pack) => {
            set(shared, None);
            tracing::warn!(
                pack,
                "record files are taken again, into a new pack; what was not confirmed is sent again"
            );
        }
        // Tried every second: written at each power of two.
        Err(error) if tries.is_power_of_two() => {
            tracing::error!(tries, "no new pack can be begun, record files stay refused: {error}");
        }
        Err(_) => {}
    }
}

fn set(shared: &Shared, trouble: Option<DiskTrouble>) {
    *shared.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
}
