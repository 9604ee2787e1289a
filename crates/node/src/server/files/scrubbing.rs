//! Reads every stored chunk now and then, slowly: what rots is found while other holders still have it.
//!
//! What it finds is marked in the store, where completion looks for chunks to mend.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use carechain_chunks::ScrubProgress;
use tokio::time::sleep;

use super::limits::SCRUB_BYTES_PER_SECOND;
use super::shared::Shared;

/// Scrubs, pauses, and scrubs again.
pub(super) async fn run(shared: Arc<Shared>) {
    loop {
        sleep(shared.settings.scrub_pause).await;
        pass(&shared).await;
    }
}

/// One pass over all files. It ends at the next chunk when nobody waits for it any more.
async fn pass(shared: &Arc<Shared>) {
    let awaited = Awaited(Arc::new(AtomicBool::new(true)));
    let still_awaited = Arc::clone(&awaited.0);
    let scrubbed = shared.store.run(move |chunks| chunks.scrub(&mut throttle(still_awaited))).await;
    match scrubbed {
        Ok(report) => {
            shared.counts.chunks_scrubbed.add(report.progress.chunks);
            if report.corrupt_count > 0 {
                shared.counts.chunks_corrupt.add(report.corrupt_count);
                tracing::warn!(
                    chunks = report.corrupt_count,
                    "chunks on this disk are corrupt, they are mended"
                );
            }
        }
        Err(error) => tracing::warn!(%error, "the chunks were not all looked at"),
    }
}

/// Holds a scrub back to its rate.
fn throttle(awaited: Arc<AtomicBool>) -> impl FnMut(ScrubProgress) -> ControlFlow<()> {
    let mut read = 0;
    move |progress| {
        let bytes = progress.bytes - read;
        read = progress.bytes;
        // On a thread of its own, which may block.
        std::thread::sleep(Duration::from_micros(bytes * 1_000_000 / SCRUB_BYTES_PER_SECOND));
        if awaited.load(Ordering::Relaxed) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

/// Says so when the pump ends.
struct Awaited(Arc<AtomicBool>);

impl Drop for Awaited {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
