//! A chunk of the own store that did not come out as it was written: counted, and said with its place.

use carechain_chunks::StoreError;

use crate::shared::Shared;

/// Notes what a read found. `reader` says for whom it was.
pub(super) fn note(shared: &Shared, reader: &'static str, error: &StoreError) {
    shared.counts.chunks_corrupt.increment();
    match error {
        // The store is as good as before: too few descriptors, say.
        StoreError::Read(_) => tracing::warn!(reader, %error, "a stored chunk cannot be read just now"),
        _ => {
            tracing::warn!(reader, %error, "a stored chunk is not what was written; it is mended from another holder")
        }
    }
}
