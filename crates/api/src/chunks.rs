//! An upload's body as it streams in, cut into the chunks of the file: flat memory whatever its length.

use bytes::Bytes;
use carechain_crypto::chunk_length;

use crate::chunk_buffers::ChunkBuffers;
use crate::failure::Refused;
use crate::limits::DISCARD_WAIT;
use crate::paced_body::PacedBody;

/// Cuts consecutive chunks out of a body.
pub(crate) struct ChunkStream {
    body: PacedBody,
    length: u64,
    index: u32,
    /// What came after the last chunk that was cut.
    rest: Bytes,
    buffers: ChunkBuffers,
}

impl ChunkStream {
    /// Chunks from `index` on, of a file of `length` bytes.
    pub(crate) const fn new(body: PacedBody, length: u64, index: u32, buffers: ChunkBuffers) -> Self {
        Self { body, length, index, rest: Bytes::new(), buffers }
    }

    /// The next whole chunk with its index; `None` when the body ended between chunks.
    pub(crate) async fn next(&mut self) -> Result<Option<(u32, Bytes)>, Refused> {
        if self.rest.is_empty() {
            match self.body.piece().await? {
                Some(piece) => self.rest = piece,
                None => return Ok(None),
            }
        }
        let expected = chunk_length(self.index, self.length).map_err(Refused::malformed)?;
        let mut buffer = self.buffers.take();
        let chunk = buffer.as_mut_vec();
        chunk.clear();
        chunk.reserve_exact(expected);
        loop {
            let taken = self.rest.split_to(self.rest.len().min(expected - chunk.len()));
            chunk.extend_from_slice(&taken);
            if chunk.len() == expected {
                break;
            }
            self.rest = self.body.piece().await?.ok_or_else(|| {
                let (index, got) = (self.index, chunk.len());
                Refused::malformed(format_args!("chunk {index} has {got} bytes, expected {expected}"))
            })?;
        }
        let index = self.index;
        self.index += 1;
        Ok(Some((index, buffer.freeze())))
    }

    /// Takes what still comes, for a while.
    pub(crate) async fn discard(&mut self) {
        let rest = async { while let Ok(Some(_)) = self.body.piece().await {} };
        // Who sends for longer is cut off.
        let _ = tokio::time::timeout(DISCARD_WAIT, rest).await;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
