//! Reads every stored chunk once in a period, slowly: what rots is found while other holders still have it.
//!
//! What it finds is marked in the store, where completion looks for chunks to mend. Its place is kept, so that a node that
//! restarts often still comes to the end.

use std::sync::Arc;
use std::time::Duration;

use carechain_chunks::{CorruptChunk, ScrubPlace, ScrubStep};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::kept::Kept;
use crate::limits::{SCRUB_BYTES_PER_SECOND, SCRUB_SAVE_INTERVAL};
use crate::scrub_pace::ScrubPace;
use crate::shared::Shared;

/// Where to go on, as it is kept.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
struct SavedPlace {
    local: u64,
    index: u32,
}

const SAVED_BYTES: usize = 8 + 4;

/// Scrubs as long as the node runs.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut scrub = Scrub::new(shared);
    let mut round = interval(scrub.shared.settings.scrub_round);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut before = Instant::now();
    loop {
        round.tick().await;
        let now = Instant::now();
        scrub.round(now.duration_since(before)).await;
        before = now;
    }
}

/// A scrub at its place.
pub(super) struct Scrub {
    shared: Arc<Shared>,
    pace: ScrubPace,
    pub(super) place: ScrubPlace,
    kept: Kept<SavedPlace>,
    save_due: Instant,
}

impl Scrub {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let kept: Kept<SavedPlace> = Kept::new(&shared.kept_folder, "scrub-1", SAVED_BYTES);
        let SavedPlace { local, index } = kept.read().unwrap_or_default();
        let pace = ScrubPace::new(shared.settings.scrub_period, SCRUB_BYTES_PER_SECOND);
        Self { shared, pace, place: ScrubPlace { local, index }, kept, save_due: Instant::now() }
    }

    async fn round(&mut self, passed: Duration) {
        // Fails only when the system does not say how full the disk is: the next round asks again.
        let Ok(stats) = self.shared.store.run(|chunks| chunks.stats()).await else { return };
        let due = self.pace.due(stats.chunk_bytes, passed);
        // Whole chunks are read: a round that owes less than a usual one leaves it to a later round.
        if stats.chunk_bytes.checked_div(stats.chunks).is_none_or(|usual| due < usual) {
            return;
        }
        let place = self.place;
        let step = self.shared.store.run(move |chunks| chunks.scrub(place, due)).await;
        self.pace.read(step.bytes);
        self.take(step).await;
    }

    pub(super) async fn take(&mut self, step: ScrubStep) {
        let counts = &self.shared.counts;
        counts.chunks_scrubbed.add(step.chunks);
        counts.chunks_corrupt.add(step.corrupt.len() as u64);
        for CorruptChunk { local, index } in &step.corrupt {
            tracing::warn!(%local, index, "a chunk on this disk is corrupt, it is mended from another holder");
        }
        if let Some((chunks, error)) = step.unread {
            tracing::warn!(chunks, %error, "chunks could not be looked at, the next pass reads them");
        }
        if step.next.is_none() {
            counts.scrub_passes.increment();
        }
        self.place = step.next.unwrap_or_default();
        if step.next.is_none() || Instant::now() >= self.save_due {
            self.save_due = Instant::now() + SCRUB_SAVE_INTERVAL;
            self.save().await;
        }
    }

    async fn save(&self) {
        let saved = SavedPlace { local: self.place.local, index: self.place.index };
        let kept = self.kept.clone();
        if let Err(error) = self.shared.store.run(move |_| kept.write(&saved)).await {
            tracing::warn!(%error, "the place of the scrub is not kept: a restart begins again from an earlier one");
        }
    }
}
