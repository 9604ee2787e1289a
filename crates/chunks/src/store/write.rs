//! Writing: chunks into uploads, uploads into files, repaired chunks into damaged files.

use carechain_crypto::SubtreeValue;

use super::chunk_store::ChunkStore;
use crate::error::StoreError;
use crate::index::Held;
use crate::pack::{NewRecord, RecordKind};
use crate::upload::{Completion, FileBinding, LocalUpload, UploadOpening, encode_file};
use crate::values::{commitment_of, root_of, value_of_chunk};

/// What became of a chunk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Put {
    /// It was written. Durable after the next sync.
    Written,
    /// The same chunk was here before; nothing was written.
    AlreadyHeld,
}

impl ChunkStore {
    /// Writes one chunk of an open upload. The exact length is checked before anything is hashed, then the bytes
    /// must give the subtree value that came with them. The same chunk again is no error; another one is. A complete
    /// file takes a chunk that it lacks, as [`ChunkStore::replace_chunk`] does.
    pub fn put_chunk(
        &self,
        local: LocalUpload,
        index: u32,
        bytes: &[u8],
        claimed: &SubtreeValue,
    ) -> Result<Put, StoreError> {
        let (opening, completion) = self.binding(local)?;
        let value = hash_chunk(&opening, index, bytes)?;
        if value != *claimed {
            return Err(StoreError::ChunkValue { index, claimed: *claimed, computed: value });
        }
        if completion.is_some() {
            return self.replace_verified(local, index, bytes, value);
        }
        self.append_chunk(&opening, local, (index, value), bytes)
    }

    fn append_chunk(
        &self,
        opening: &UploadOpening,
        local: LocalUpload,
        (index, value): (u32, SubtreeValue),
        bytes: &[u8],
    ) -> Result<Put, StoreError> {
        let mut appender = self.appender();
        match self.index().get(local)?.chunks.get(&index) {
            Some(chunk) if chunk.value != value => return Err(StoreError::ChunkDiffers { local, index }),
            Some(chunk) if matches!(chunk.held, Held::Present(_)) => return Ok(Put::AlreadyHeld),
            _ => {}
        }
        let place = appender.append(&NewRecord::chunk(opening, local, index, value, bytes))?;
        self.index_mut().put(local, index, value, Held::Present(place));
        Ok(Put::Written)
    }

    /// Makes an upload a file: every chunk is here, they give the root, the root gives the commitment. Durable when
    /// it returns. Completing again with the same values is no error, unless chunks were lost since.
    pub fn complete(&self, local: LocalUpload, completion: &Completion) -> Result<FileBinding, StoreError> {
        let mut appender = self.appender();
        let (opening, manifest, before) = {
            let index = self.index();
            let upload = index.get(local)?;
            let manifest: Vec<_> = upload.chunks.values().map(|chunk| chunk.value).collect();
            if upload.completion.is_some_and(|before| before != *completion) {
                return Err(StoreError::AlreadyComplete { local });
            }
            // Whoever completes promises to hold the file.
            if let Some(first_missing) = upload.first_missing() {
                let (missing, chunks) = (upload.missing(), upload.opening.chunks());
                return Err(StoreError::Incomplete { local, missing, chunks, first_missing });
            }
            (upload.opening, manifest, upload.completion)
        };
        let binding = FileBinding { opening, completion: *completion };
        if before.is_none() {
            check_completion(local, &opening, completion, &manifest)?;
            let payload = encode_file(&binding, &manifest);
            appender.append(&NewRecord::plain(RecordKind::File, opening.upload, local, &payload))?;
            self.index_mut().complete(local, *completion, &manifest);
        }
        let written = appender.mark();
        drop(appender);
        self.sync_to(written)?;
        Ok(binding)
    }

    /// Puts a chunk from another holder where this file's is missing or corrupt. It must be the chunk of the
    /// manifest. Durable when it returns; the corrupt bytes are punched out.
    pub fn replace_chunk(&self, local: LocalUpload, index: u32, bytes: &[u8]) -> Result<Put, StoreError> {
        let (opening, completion) = self.binding(local)?;
        if completion.is_none() {
            return Err(StoreError::NotComplete { local });
        }
        let claimed = self.manifest_value(local, index)?;
        let value = hash_chunk(&opening, index, bytes)?;
        if value != claimed {
            return Err(StoreError::ChunkValue { index, claimed, computed: value });
        }
        self.replace_verified(local, index, bytes, value)
    }

    fn replace_verified(
        &self,
        local: LocalUpload,
        index: u32,
        bytes: &[u8],
        value: SubtreeValue,
    ) -> Result<Put, StoreError> {
        let mut appender = self.appender();
        let (opening, held) = {
            let store_index = self.index();
            let upload = store_index.get(local)?;
            let chunks = upload.opening.chunks();
            let chunk = upload.chunks.get(&index).ok_or(StoreError::NoSuchChunk { index, chunks })?;
            if chunk.value != value {
                return Err(StoreError::ChunkDiffers { local, index });
            }
            (upload.opening, chunk.held)
        };
        if matches!(held, Held::Present(_)) {
            return Ok(Put::AlreadyHeld);
        }
        let place = appender.append(&NewRecord::chunk(&opening, local, index, value, bytes))?;
        self.index_mut().put(local, index, value, Held::Present(place));
        let written = appender.mark();
        drop(appender);
        self.sync_to(written)?;
        if let Held::Corrupt(corrupt) = held {
            self.punch_chunk(corrupt)?;
        }
        Ok(Put::Written)
    }

    fn manifest_value(&self, local: LocalUpload, index: u32) -> Result<SubtreeValue, StoreError> {
        let store_index = self.index();
        let upload = store_index.get(local)?;
        let chunks = upload.opening.chunks();
        upload.chunks.get(&index).map(|chunk| chunk.value).ok_or(StoreError::NoSuchChunk { index, chunks })
    }
}

/// The value of the bytes, hashed only if their length is exact.
fn hash_chunk(opening: &UploadOpening, index: u32, bytes: &[u8]) -> Result<SubtreeValue, StoreError> {
    let chunks = opening.chunks();
    if index >= chunks {
        return Err(StoreError::NoSuchChunk { index, chunks });
    }
    let bytes_expected = opening.chunk_bytes(index);
    if bytes.len() as u64 != u64::from(bytes_expected) {
        return Err(StoreError::ChunkLength { index, bytes: bytes.len() as u64, bytes_expected });
    }
    Ok(value_of_chunk(opening, index, bytes))
}

fn check_completion(
    local: LocalUpload,
    opening: &UploadOpening,
    completion: &Completion,
    manifest: &[SubtreeValue],
) -> Result<(), StoreError> {
    let computed = root_of(opening, manifest);
    if computed != completion.root {
        return Err(StoreError::RootDiffers { local, claimed: completion.root, computed });
    }
    let computed = commitment_of(opening, completion);
    if computed != completion.commitment {
        return Err(StoreError::CommitmentDiffers { local, claimed: completion.commitment, computed });
    }
    Ok(())
}
