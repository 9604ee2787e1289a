//! An upload's body as it streams in, cut into the chunks of the file, each behind its subtree value: flat memory whatever
//! its length.

use bytes::Bytes;
use carechain_crypto::{SubtreeValue, chunk_length};

use crate::chunk_buffers::ChunkBuffers;
use crate::failure::Refused;
use crate::node::UploadBytes;
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

    /// The next whole chunk; `None` when the body ended between chunks.
    pub(crate) async fn next(&mut self) -> Result<Option<UploadBytes>, Refused> {
        if self.rest.is_empty() {
            match self.body.piece().await? {
                Some(piece) => self.rest = piece,
                None => return Ok(None),
            }
        }
        let expected = chunk_length(self.index, self.length).map_err(Refused::malformed)?;
        let mut value = Vec::new();
        self.fill(&mut value, SubtreeValue::LENGTH).await?;
        let value = SubtreeValue::from_slice(&value).expect("filled to the length of one");
        let mut buffer = self.buffers.take();
        self.fill(buffer.as_mut_vec(), expected).await?;
        let index = self.index;
        self.index += 1;
        Ok(Some(UploadBytes { index, value, bytes: buffer.freeze() }))
    }

    /// Fills a buffer, whatever stood in it, with exactly so many bytes of the body.
    async fn fill(&mut self, target: &mut Vec<u8>, expected: usize) -> Result<(), Refused> {
        target.clear();
        target.reserve_exact(expected);
        loop {
            let taken = self.rest.split_to(self.rest.len().min(expected - target.len()));
            target.extend_from_slice(&taken);
            if target.len() == expected {
                return Ok(());
            }
            self.rest = self.body.piece().await?.ok_or_else(|| {
                let (index, got) = (self.index, target.len());
                Refused::malformed(format_args!(
                    "the body ends inside chunk {index} or its value: {got} of {expected} bytes came"
                ))
            })?;
        }
    }

    /// Refuses the rest of the body.
    pub(crate) async fn refuse(&mut self, refused: Refused) -> Refused {
        self.body.refuse(refused, usize::MAX).await
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
