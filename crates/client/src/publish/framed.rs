//! Chunks on their way to a node: each behind its subtree value, so that a wrong one is refused when it arrives.

use std::io::{self, Read};
use std::slice;

use carechain_crypto::SubtreeValue;
use carechain_crypto::limits::CHUNK_BYTES;

/// Chunks in a row, read from where their bytes lie.
pub(super) struct Framed<'a, R> {
    inner: R,
    values: slice::Iter<'a, SubtreeValue>,
    /// What is still to come of the value before the next chunk.
    value: &'a [u8],
    /// Bytes still to come of the chunk.
    chunk_left: usize,
}

impl<'a, R: Read> Framed<'a, R> {
    /// The chunks with these values; the last may be short.
    pub(super) fn new(inner: R, values: &'a [SubtreeValue]) -> Self {
        Self { inner, values: values.iter(), value: &[], chunk_left: 0 }
    }

    /// Bytes of the whole, of chunks of so many bytes.
    pub(super) fn length(&self, chunk_bytes: u64) -> u64 {
        chunk_bytes + (self.values.len() * SubtreeValue::LENGTH) as u64
    }
}

impl<R: Read> Read for Framed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.value.is_empty() && self.chunk_left == 0 {
            let Some(value) = self.values.next() else { return Ok(0) };
            (self.value, self.chunk_left) = (value.as_slice(), CHUNK_BYTES);
        }
        if !self.value.is_empty() {
            return self.value.read(buffer);
        }
        let most = buffer.len().min(self.chunk_left);
        let count = self.inner.read(&mut buffer[..most])?;
        self.chunk_left -= count;
        Ok(count)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
