//! Root and manifest in one pass over a file that streams by.

use blake3::hazmat::HasherExt as _;

use super::Manifest;
use crate::fixed::SubtreeValue;
use crate::limits::CHUNK_BYTES;

/// Hashes a file piece by piece; memory is 32 bytes a MiB.
#[derive(Clone, Debug)]
pub struct ManifestBuilder {
    /// Entries of all chunks before the current one.
    values: Vec<SubtreeValue>,
    /// The current chunk at its offset; never more than [`CHUNK_BYTES`].
    chunk: blake3::Hasher,
    chunk_bytes: usize,
}

impl Default for ManifestBuilder {
    fn default() -> Self {
        Self { values: Vec::new(), chunk: blake3::Hasher::new(), chunk_bytes: 0 }
    }
}

impl ManifestBuilder {
    /// A builder that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends bytes of the file.
    pub fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            // A full chunk ends only when a byte follows: the only chunk of a file is hashed as the root.
            if self.chunk_bytes == CHUNK_BYTES {
                self.end_chunk();
            }
            let (now, rest) = bytes.split_at(bytes.len().min(CHUNK_BYTES - self.chunk_bytes));
            self.chunk.update(now);
            self.chunk_bytes += now.len();
            bytes = rest;
        }
    }

    /// Bytes seen so far.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.values.len() as u64 * CHUNK_BYTES as u64 + self.chunk_bytes as u64
    }

    /// The manifest of all bytes, or `None` when there were none.
    #[must_use]
    pub fn finish(mut self) -> Option<Manifest> {
        let length = self.length();
        if length == 0 {
            return None;
        }
        if self.values.is_empty() {
            self.values.push(SubtreeValue::new(*self.chunk.finalize().as_bytes()));
        } else {
            self.values.push(SubtreeValue::new(self.chunk.finalize_non_root()));
        }
        Manifest::new(length, self.values).ok()
    }

    fn end_chunk(&mut self) {
        self.values.push(SubtreeValue::new(self.chunk.finalize_non_root()));
        // A fresh hasher, since `reset` keeps part of the offset.
        self.chunk = blake3::Hasher::new();
        self.chunk.set_input_offset(self.values.len() as u64 * CHUNK_BYTES as u64);
        self.chunk_bytes = 0;
    }
}
