//! Cutting a record into chunks: zip bytes in, whole chunks out, ready to be sealed in any order.
//!
//! ```text
//! zip bytes ─► ChunkFramer ─► PlainChunk ─► seal ─► SealedChunk ─► file, manifest
//!                                          (any thread)   (in order)
//! ```
//!
//! A chunk full of zip bytes is never the last one, since eight bytes of length still follow, so it leaves at once;
//! padding and length are added when the zip has ended. A plain chunk is consumed by sealing: no segment is sealed
//! twice.

use zeroize::Zeroizing;

use super::error::RecordError;
use super::header::RecordHeader;
use super::padme::{ZIP_LENGTH_BYTES, file_length};
use super::segment::{Position, SegmentCipher};
use crate::fixed::SubtreeValue;
use crate::limits::{CHUNK_BYTES, FILE_BYTES_MAX, SEGMENT_BYTES, TAG_BYTES};
use crate::manifest::{chunk_count, chunk_length, chunk_subtree_value};

const SEGMENTS_PER_CHUNK: u32 = (CHUNK_BYTES / SEGMENT_BYTES) as u32;

/// Lays the bytes of one zip out as they stand in the file, with gaps for the tags.
#[derive(Debug)]
pub struct ChunkFramer {
    /// The chunk being filled, tags as zeros.
    chunk: Zeroizing<Vec<u8>>,
    index: u32,
    zip_length: u64,
}

impl ChunkFramer {
    /// A framer of the record that starts with this header.
    #[must_use]
    pub fn new(header: &RecordHeader) -> Self {
        let mut chunk = Zeroizing::new(Vec::with_capacity(CHUNK_BYTES));
        chunk.extend_from_slice(&header.encode());
        Self { chunk, index: 0, zip_length: 0 }
    }

    /// Zip bytes taken so far.
    #[must_use]
    pub const fn zip_length(&self) -> u64 {
        self.zip_length
    }

    /// Takes as many of the bytes as still fit the chunk, and says how many: 0 when it is full, and call
    /// [`ChunkFramer::take`] then.
    ///
    /// # Errors
    /// [`RecordError::TooLong`].
    pub fn push(&mut self, bytes: &[u8]) -> Result<usize, RecordError> {
        let mut rest = bytes;
        while !rest.is_empty() && !self.is_full() {
            let room = SEGMENT_BYTES - TAG_BYTES - self.chunk.len() % SEGMENT_BYTES;
            let (now, after) = rest.split_at(rest.len().min(room));
            self.chunk.extend_from_slice(now);
            if now.len() == room {
                self.chunk.extend_from_slice(&[0; TAG_BYTES]);
            }
            rest = after;
        }
        let count = bytes.len() - rest.len();
        self.zip_length += count as u64;
        if self.zip_length > FILE_BYTES_MAX {
            return Err(RecordError::TooLong { zip_length: self.zip_length });
        }
        Ok(count)
    }

    /// Whether the chunk is full of zip bytes.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.chunk.len() == CHUNK_BYTES
    }

    /// The full chunk, if it is full; goes on in `buffer`, whose contents are dropped.
    pub fn take(&mut self, buffer: Vec<u8>) -> Option<PlainChunk> {
        self.is_full().then(|| self.replace(buffer, Position::Inner))
    }

    /// The zip has ended: what is left to seal.
    ///
    /// # Errors
    /// [`RecordError::TooLong`].
    pub fn finish(self) -> Result<RecordEnd, RecordError> {
        let zip_length = self.zip_length;
        let length = file_length(zip_length).ok_or(RecordError::TooLong { zip_length })?;
        let count = chunk_count(length).expect("the file length is within the limit");
        Ok(RecordEnd { framer: self, length, count })
    }

    fn replace(&mut self, mut buffer: Vec<u8>, position: Position) -> PlainChunk {
        buffer.clear();
        buffer.reserve(CHUNK_BYTES);
        let bytes = core::mem::replace(&mut self.chunk, Zeroizing::new(buffer));
        let index = self.index;
        self.index += 1;
        PlainChunk { index, position, bytes }
    }
}

/// The last chunks of a record: what is left of the zip, padding, length.
#[derive(Debug)]
pub struct RecordEnd {
    framer: ChunkFramer,
    length: u64,
    count: u32,
}

impl RecordEnd {
    /// Length of the whole file.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The next chunk, `None` after the last; goes on in `buffer`, whose contents are dropped.
    pub fn next_chunk(&mut self, buffer: Vec<u8>) -> Option<PlainChunk> {
        let bytes = chunk_length(self.framer.index, self.length).ok()?;
        let position = if self.framer.index + 1 == self.count { Position::Last } else { Position::Inner };
        self.framer.chunk.resize(bytes, 0);
        if position == Position::Last {
            let text_end = bytes - TAG_BYTES;
            self.framer.chunk[text_end - ZIP_LENGTH_BYTES..text_end]
                .copy_from_slice(&self.framer.zip_length.to_le_bytes());
        }
        Some(self.framer.replace(buffer, position))
    }
}

/// One chunk, not yet encrypted. Seal it; there is nothing else to do with it.
pub struct PlainChunk {
    index: u32,
    position: Position,
    bytes: Zeroizing<Vec<u8>>,
}

impl PlainChunk {
    /// Encrypts every segment in place and gives the manifest's entry.
    #[must_use]
    pub fn seal(mut self, cipher: &SegmentCipher) -> SealedChunk {
        let mut bytes = core::mem::take(&mut *self.bytes);
        let segments = bytes.len().div_ceil(SEGMENT_BYTES);
        let first = self.index * SEGMENTS_PER_CHUNK;
        for (place, (index, segment)) in (first..).zip(bytes.chunks_mut(SEGMENT_BYTES)).enumerate() {
            let position = if place + 1 == segments { self.position } else { Position::Inner };
            cipher.seal_segment(index, position, segment);
        }
        let count = match self.position {
            Position::Inner => self.index + 2,
            Position::Last => self.index + 1,
        };
        let value = chunk_subtree_value(self.index, count, &bytes).expect("chunks are full but the last");
        SealedChunk { index: self.index, bytes, value }
    }
}

impl core::fmt::Debug for PlainChunk {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "PlainChunk({} {:?})", self.index, self.position)
    }
}

/// One chunk of the file as it is stored and sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SealedChunk {
    /// Position in the file, from 0.
    pub index: u32,
    /// The chunk's bytes.
    pub bytes: Vec<u8>,
    /// The manifest's entry.
    pub value: SubtreeValue,
}
