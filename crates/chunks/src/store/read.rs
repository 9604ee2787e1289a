//! Reading: every byte that leaves was verified against the manifest just before.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use rustix::io::Errno;

use super::chunk_store::ChunkStore;
use crate::error::StoreError;
use crate::index::{Chunk, Held};
use crate::limits::CHUNK_BYTES_MAX;
use crate::pack::{Place, RECORD_HEAD_BYTES};
use crate::upload::{LocalUpload, UploadOpening};
use crate::values::value_of_chunk;

impl ChunkStore {
    /// One whole chunk, verified. A chunk that does not verify is marked, so that a repair may replace it; one that
    /// could not be read for want of something is [`StoreError::Read`] and as good as before.
    pub fn read_chunk(&self, local: LocalUpload, index: u32) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        self.read_chunk_into(local, index, &mut bytes)?;
        Ok(bytes)
    }

    /// As [`ChunkStore::read_chunk`], into a buffer that the caller uses again: what it held is overwritten, not zeroed
    /// first. The buffer is empty after an error.
    pub fn read_chunk_into(
        &self,
        local: LocalUpload,
        index: u32,
        bytes: &mut Vec<u8>,
    ) -> Result<(), StoreError> {
        let read = self.try_read_chunk(local, index, bytes);
        if read.is_err() {
            bytes.clear();
        }
        read
    }

    fn try_read_chunk(&self, local: LocalUpload, index: u32, bytes: &mut Vec<u8>) -> Result<(), StoreError> {
        let (opening, chunk) = self.chunk(local, index)?;
        let place = match chunk.held {
            Held::Missing => return Err(StoreError::ChunkMissing { local, index }),
            Held::Present(place) => place,
            Held::Corrupt(place) => return Err(corrupt(local, index, place, &chunk, None)),
        };
        let computed = self.read_verified(&opening, index, place, bytes)?;
        if computed == Some(chunk.value) {
            return Ok(());
        }
        // An erasure or a repair may have taken the bytes away while they were read.
        if self.index_mut().mark_corrupt(local, index, place) {
            return Err(corrupt(local, index, place, &chunk, computed));
        }
        self.read_chunk_again(local, index, bytes)
    }

    /// The bytes `start..end` of a file, from whole verified chunks.
    pub fn read_range(&self, local: LocalUpload, start: u64, end: u64) -> Result<Vec<u8>, StoreError> {
        let (opening, _) = self.binding(local)?;
        if start > end || end > opening.length {
            return Err(StoreError::RangeOutside { start, end, length: opening.length });
        }
        let chunk_length = u64::from(CHUNK_BYTES_MAX);
        // Grows as chunks are read: the length is what an opening claimed.
        let (mut range, mut chunk) = (Vec::new(), Vec::new());
        let mut position = start;
        while position < end {
            let index = u32::try_from(position / chunk_length).expect("a file has fewer chunks");
            self.read_chunk_into(local, index, &mut chunk)?;
            let chunk_start = u64::from(index) * chunk_length;
            let from = usize::try_from(position - chunk_start).expect("less than a chunk");
            let until =
                usize::try_from(end - chunk_start).map_or(chunk.len(), |until| until.min(chunk.len()));
            range.extend_from_slice(&chunk[from..until]);
            position = chunk_start + until as u64;
        }
        Ok(range)
    }

    /// After a chunk moved or went: once more from where it is listed now.
    fn read_chunk_again(
        &self,
        local: LocalUpload,
        index: u32,
        bytes: &mut Vec<u8>,
    ) -> Result<(), StoreError> {
        let (opening, chunk) = self.chunk(local, index)?;
        let Held::Present(place) = chunk.held else {
            return Err(StoreError::ChunkMissing { local, index });
        };
        let computed = self.read_verified(&opening, index, place, bytes)?;
        if computed == Some(chunk.value) {
            return Ok(());
        }
        Err(corrupt(local, index, place, &chunk, computed))
    }

    pub(super) fn chunk(&self, local: LocalUpload, index: u32) -> Result<(UploadOpening, Chunk), StoreError> {
        let store_index = self.index();
        let upload = store_index.get(local)?;
        let chunks = upload.opening.chunks();
        if index >= chunks {
            return Err(StoreError::NoSuchChunk { index, chunks });
        }
        let chunk = upload.chunks.get(&index).ok_or(StoreError::ChunkMissing { local, index })?;
        Ok((upload.opening, *chunk))
    }

    /// Reads a chunk and gives the value of its bytes, or `None` when the disk does not have them any more.
    fn read_verified(
        &self,
        opening: &UploadOpening,
        index: u32,
        place: Place,
        bytes: &mut Vec<u8>,
    ) -> Result<Option<carechain_crypto::SubtreeValue>, StoreError> {
        if place.bytes != opening.chunk_bytes(index) {
            return Ok(None);
        }
        bytes.resize(place.bytes as usize, 0);
        let file = self.packs.get(place.pack);
        let read = |file: Arc<File>| file.read_exact_at(bytes, place.offset + RECORD_HEAD_BYTES as u64);
        match file.and_then(read) {
            Ok(()) => Ok(Some(value_of_chunk(opening, index, bytes))),
            Err(error) if is_damage(&error) => Ok(None),
            Err(error) => Err(StoreError::Read(error)),
        }
    }
}

/// Whether what was stored is gone or spoilt. Anything else, such as no descriptor to spare, passes.
fn is_damage(error: &io::Error) -> bool {
    let bad = [Errno::IO, Errno::UCLEAN, Errno::ILSEQ].map(|errno| Some(errno.raw_os_error()));
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof)
        || bad.contains(&error.raw_os_error())
}

fn corrupt(
    local: LocalUpload,
    index: u32,
    place: Place,
    chunk: &Chunk,
    computed: Option<carechain_crypto::SubtreeValue>,
) -> StoreError {
    let (pack, offset) = (place.pack.get(), place.offset);
    StoreError::Corrupt { local, index, pack, offset, expected: chunk.value, computed }
}
