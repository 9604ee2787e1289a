//! The chunk store for asynchronous callers: each call runs on a thread that may block.

use std::sync::Arc;

use bytes::Bytes;
use carechain_api::{ChunkBuffers, NodeError};
use carechain_chunks::{ChunkStore, Completion, LocalUpload, StoreError, UploadState};
use carechain_crypto::{Commitment, SubtreeValue};
use carechain_process::blocking;
use tokio::runtime::Handle;

/// The store. Cheap to clone.
#[derive(Clone)]
pub(super) struct Store {
    chunks: Arc<ChunkStore>,
    /// Whose threads may block.
    runtime: Handle,
    buffers: ChunkBuffers,
}

impl Store {
    pub(super) const fn new(chunks: Arc<ChunkStore>, runtime: Handle, buffers: ChunkBuffers) -> Self {
        Self { chunks, runtime, buffers }
    }

    /// Buffers of chunks on their way.
    pub(super) const fn buffers(&self) -> &ChunkBuffers {
        &self.buffers
    }

    /// The store itself, for calls that only look at its index.
    pub(super) fn chunks(&self) -> &ChunkStore {
        &self.chunks
    }

    /// Runs a call that reads or writes the disk.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce(&ChunkStore) -> T + Send + 'static,
    ) -> T {
        let chunks = Arc::clone(&self.chunks);
        blocking(&self.runtime, move || call(&chunks)).await
    }

    pub(super) async fn put(
        &self,
        local: LocalUpload,
        (index, value): (u32, SubtreeValue),
        bytes: Bytes,
    ) -> Result<(), StoreError> {
        self.run(move |chunks| chunks.put_chunk(local, index, &bytes, &value)).await.map(drop)
    }

    pub(super) async fn read(&self, local: LocalUpload, index: u32) -> Result<Bytes, StoreError> {
        let mut buffer = self.buffers.take();
        self.run(move |chunks| {
            chunks.read_chunk_into(local, index, buffer.as_mut_vec())?;
            Ok(buffer.freeze())
        })
        .await
    }

    pub(super) async fn complete(
        &self,
        local: LocalUpload,
        completion: Completion,
    ) -> Result<(), StoreError> {
        self.run(move |chunks| chunks.complete(local, &completion)).await.map(drop)
    }

    pub(super) async fn erase(&self, local: LocalUpload) -> Result<(), StoreError> {
        self.run(move |chunks| chunks.erase(local)).await
    }

    /// The complete file of a commitment that lacks the fewest chunks.
    pub(super) fn file(&self, commitment: &Commitment) -> Option<(LocalUpload, UploadState)> {
        let local = self.chunks.find(commitment)?;
        Some((local, self.chunks.state(local).ok()?))
    }
}

/// What a caller hears of a store that does not do what it should.
pub(super) fn store_failure(error: &StoreError) -> NodeError {
    match error {
        StoreError::DiskFull { .. }
        | StoreError::DiskReserve { .. }
        | StoreError::Quota { .. }
        | StoreError::Share { .. }
        | StoreError::TooManyOpen { .. } => NodeError::StorageFull { what: "files" },
        StoreError::NotHeld { .. } => NodeError::NotFound,
        StoreError::Incomplete { missing, .. } => NodeError::UploadIncomplete { missing: *missing },
        StoreError::RootDiffers { .. }
        | StoreError::CommitmentDiffers { .. }
        | StoreError::AlreadyComplete { .. }
        | StoreError::ChunkDiffers { .. }
        | StoreError::ChunkValue { .. } => NodeError::UploadMismatch,
        StoreError::FileLength { .. }
        | StoreError::NoSuchChunk { .. }
        | StoreError::ChunkLength { .. }
        | StoreError::RangeOutside { .. } => NodeError::Invalid { problem: error.to_string() },
        // The client sends it again once a new pack is begun, see `recovery`, which also logs the cause.
        StoreError::Poisoned(_) | StoreError::Pack(_) => {
            NodeError::NotReady { reason: format!("its disk does not take record files: {error}") }
        }
        StoreError::NotComplete { .. }
        | StoreError::ChunkMissing { .. }
        | StoreError::Corrupt { .. }
        | StoreError::Write(_)
        | StoreError::Read(_)
        | StoreError::InUse
        | StoreError::Foreign { .. }
        | StoreError::PackVersion { .. }
        | StoreError::PackNumbers { .. } => {
            tracing::error!(%error, "the chunk store failed");
            NodeError::Internal { what: "the chunk store failed" }
        }
    }
}
