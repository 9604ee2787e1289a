//! Goes on after a failed sync of the chunk store: says so, each time, with pack and errno, and begins a new pack.
//!
//! Reading goes on all the while, and so do votes: the disk of the files may be another than the ledger's.

use std::sync::{Arc, PoisonError};

use carechain_chunks::{ChunkStore, PackFailure, StoreHealth};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::disk_trouble::DiskTrouble;
use crate::shared::Shared;

/// Looks at the store again and again.
pub(super) async fn run(shared: Arc<Shared>) {
    let every = shared.settings.recovery_tick;
    let mut tick = interval_at(Instant::now() + every, every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut recovery = Recovery::new(shared);
    loop {
        tick.tick().await;
        recovery.look().await;
    }
}

/// What was seen of a disk that fails.
pub(super) struct Recovery {
    shared: Arc<Shared>,
    /// The failure that was said last. Each pack that fails is one of its own, also right after the one before.
    said: Option<PackFailure>,
    /// Failures since the store was last seen sound.
    failures: u64,
    /// Tries to go on after the last of them.
    tries: u64,
}

impl Recovery {
    pub(super) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared, said: None, failures: 0, tries: 0 }
    }

    /// Looks once: says what is new, and tries to go on.
    pub(super) async fn look(&mut self) {
        let StoreHealth::Poisoned(failure) = self.shared.store.run(ChunkStore::health).await else {
            (self.said, self.failures) = (None, 0);
            return;
        };
        if self.said != Some(failure) {
            self.begin_trouble(failure);
        }
        self.tries += 1;
        self.recover().await;
    }

    fn begin_trouble(&mut self, failure: PackFailure) {
        self.said = Some(failure);
        self.tries = 0;
        self.failures += 1;
        self.shared.counts.packs_failed.increment();
        self.set(Some(DiskTrouble { failure, since: self.shared.clock.wall() }));
        // A disk that takes a new pack and fails it again every second writes a line at each power of two.
        if self.failures.is_power_of_two() {
            let PackFailure { pack, errno, .. } = failure;
            tracing::error!(
                pack,
                errno,
                failures = self.failures,
                "{failure}: this disk is failing and must be replaced; record files are refused until a new pack is begun"
            );
        }
    }

    async fn recover(&self) {
        match self.shared.store.run(ChunkStore::recover).await {
            Ok(pack) => {
                self.set(None);
                if self.failures.is_power_of_two() {
                    tracing::warn!(
                        pack,
                        "record files are taken again, into a new pack; what was not confirmed is sent again"
                    );
                }
            }
            // Tried every second: written at each power of two.
            Err(error) if self.tries.is_power_of_two() => {
                let tries = self.tries;
                tracing::error!(tries, "no new pack can be begun, record files stay refused: {error}");
            }
            Err(_) => {}
        }
    }

    fn set(&self, trouble: Option<DiskTrouble>) {
        *self.shared.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}
