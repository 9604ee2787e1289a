//! Scrub: reading everything before somebody needs it.

use std::ops::ControlFlow;

use super::chunk_store::ChunkStore;
use crate::error::StoreError;
use crate::index::Held;
use crate::limits::FINDINGS_MAX;
use crate::upload::LocalUpload;

/// How far a scrub is, told after every chunk. The caller sleeps in the callback to slow it down.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ScrubProgress {
    /// Files looked at, of `files_total`.
    pub files: u64,
    /// Complete files when the scrub began.
    pub files_total: u64,
    /// Chunks read.
    pub chunks: u64,
    /// Bytes read.
    pub bytes: u64,
}

/// What a scrub found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ScrubReport {
    /// How far it came.
    pub progress: ScrubProgress,
    /// Chunks to repair; at most [`FINDINGS_MAX`] are listed.
    pub corrupt: Vec<CorruptChunk>,
    /// Chunks to repair in all.
    pub corrupt_count: u64,
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
    /// Reads and verifies every chunk of every complete file, in order, until `progress` breaks it off. No lock is
    /// held while it reads. Corrupt chunks are marked, so that [`ChunkStore::replace_chunk`] may replace them.
    pub fn scrub(
        &self,
        progress: &mut dyn FnMut(ScrubProgress) -> ControlFlow<()>,
    ) -> Result<ScrubReport, StoreError> {
        let files: Vec<_> = {
            let index = self.index();
            let complete = index.uploads().iter().filter(|(_, upload)| upload.completion.is_some());
            complete.map(|(local, upload)| (*local, upload.opening.chunks())).collect()
        };
        let mut report = ScrubReport::default();
        report.progress.files_total = files.len() as u64;
        let mut buffer = Vec::new();
        for (local, chunks) in files {
            for index in 0..chunks {
                match self.read_chunk_into(local, index, &mut buffer) {
                    Ok(()) => {
                        report.progress.chunks += 1;
                        report.progress.bytes += buffer.len() as u64;
                    }
                    Err(StoreError::Corrupt { .. } | StoreError::ChunkMissing { .. }) => {
                        report.found(local, index)
                    }
                    // Erased since the scrub began.
                    Err(StoreError::NotHeld { .. }) => break,
                    Err(error) => return Err(error),
                }
                if progress(report.progress).is_break() {
                    return Ok(report);
                }
            }
            report.progress.files += 1;
        }
        Ok(report)
    }

    /// Chunks of complete files known to be missing or corrupt, at most `count_max`.
    #[must_use]
    pub fn corrupt_chunks(&self, count_max: usize) -> Vec<CorruptChunk> {
        let index = self.index();
        let complete = index.uploads().iter().filter(|(_, upload)| upload.completion.is_some());
        let chunks = complete.flat_map(|(local, upload)| {
            let bad = upload.chunks.iter().filter(|(_, chunk)| !matches!(chunk.held, Held::Present(_)));
            bad.map(|(index, _)| CorruptChunk { local: *local, index: *index })
        });
        chunks.take(count_max).collect()
    }
}

impl ScrubReport {
    fn found(&mut self, local: LocalUpload, index: u32) {
        self.corrupt_count += 1;
        if self.corrupt.len() < FINDINGS_MAX {
            self.corrupt.push(CorruptChunk { local, index });
        }
    }
}
