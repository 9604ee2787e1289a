//! Scrub: reading everything before somebody needs it, a few bytes at a time.

use super::chunk_store::ChunkStore;
use crate::error::StoreError;
use crate::index::Held;
use crate::upload::LocalUpload;

/// Where a scrub goes on: at this chunk, or the next one there is. Numbers of uploads ascend and are never used again,
/// so a place stays one while files come and go. The default is the beginning.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct ScrubPlace {
    /// Number of the upload.
    pub local: u64,
    /// Index of the chunk.
    pub index: u32,
}

/// What one step of a scrub read and found.
#[derive(Debug, Default)]
pub struct ScrubStep {
    /// Where the next step goes on; `None` behind the last chunk.
    pub next: Option<ScrubPlace>,
    /// Chunks that are intact.
    pub chunks: u64,
    /// Bytes read, or that should have been there.
    pub bytes: u64,
    /// Chunks to repair.
    pub corrupt: Vec<CorruptChunk>,
    /// Chunks that could not be read for want of something, and are as good as before; with the last reason.
    pub unread: Option<(u64, StoreError)>,
}

/// A chunk of a complete file that is corrupt or missing.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct CorruptChunk {
    /// The file.
    pub local: LocalUpload,
    /// The chunk.
    pub index: u32,
}

impl ChunkStore {
    /// Reads and verifies the chunks of complete files from a place on, until at least so many bytes were read. No
    /// lock is held while it reads. Corrupt chunks are marked, so that [`ChunkStore::replace_chunk`] may replace them.
    #[must_use]
    pub fn scrub(&self, from: ScrubPlace, bytes_min: u64) -> ScrubStep {
        let mut step = ScrubStep { next: Some(from), ..ScrubStep::default() };
        let mut buffer = Vec::new();
        while let Some(place) = step.next.filter(|_| step.bytes < bytes_min) {
            let Some((CorruptChunk { local, index }, bytes)) = self.chunk_from(place) else {
                step.next = None;
                break;
            };
            match self.read_chunk_into(local, index, &mut buffer) {
                Ok(()) => step.chunks += 1,
                Err(StoreError::Corrupt { .. } | StoreError::ChunkMissing { .. }) => {
                    step.corrupt.push(CorruptChunk { local, index });
                }
                // Erased since.
                Err(StoreError::NotHeld { .. }) => {}
                Err(error) => {
                    let unread = step.unread.map_or(0, |(unread, _)| unread);
                    step.unread = Some((unread + 1, error));
                }
            }
            step.bytes += u64::from(bytes);
            step.next = Some(ScrubPlace { local: local.get(), index: index + 1 });
        }
        step
    }

    /// Chunks of complete files known to be missing or corrupt, behind `after` in the order of files and chunks, at
    /// most `count_max`.
    #[must_use]
    pub fn corrupt_chunks(&self, after: Option<CorruptChunk>, count_max: usize) -> Vec<CorruptChunk> {
        let index = self.index();
        let first = after.map_or(LocalUpload::new(0), |after| after.local);
        let complete = index.uploads().range(first..).filter(|(_, upload)| upload.completion.is_some());
        let chunks = complete.flat_map(|(local, upload)| {
            let bad = upload.chunks.iter().filter(|(_, chunk)| !matches!(chunk.held, Held::Present(_)));
            bad.map(|(index, _)| CorruptChunk { local: *local, index: *index })
        });
        chunks.filter(|chunk| after.is_none_or(|after| *chunk > after)).take(count_max).collect()
    }

    /// The first chunk of a complete file at or behind a place, and its length.
    fn chunk_from(&self, place: ScrubPlace) -> Option<(CorruptChunk, u32)> {
        let store_index = self.index();
        let uploads = store_index.uploads().range(LocalUpload::new(place.local)..);
        let mut complete = uploads.filter(|(_, upload)| upload.completion.is_some());
        complete.find_map(|(local, upload)| {
            let index = if local.get() == place.local { place.index } else { 0 };
            let there = index < upload.opening.chunks();
            there.then(|| (CorruptChunk { local: *local, index }, upload.opening.chunk_bytes(index)))
        })
    }
}
