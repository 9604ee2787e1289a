//! Length-prefixed frames on a stream: u32 little-endian length, then that many bytes. Length zero is the pulse.
//!
//! Limits: a length above the bound is an error before anything is allocated, and memory grows with the bytes that
//! arrive, not with the length they claim.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::limits::FRAME_STEP_BYTES;

/// Bytes of a frame before its payload.
pub(crate) const FRAME_HEAD_BYTES: usize = 4;

/// Why a frame could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrameError {
    /// The stream failed or ended.
    #[error("stream ended: {source}")]
    Stream {
        #[from]
        source: io::Error,
    },
    /// Nothing arrived for too long.
    #[error("nothing arrived for {silence:?}")]
    Silent { silence: Duration },
    /// The frame is longer than allowed.
    #[error("frame of {bytes} bytes announced, {bytes_max} allowed")]
    Oversize { bytes: u64, bytes_max: u64 },
}

/// Reads one frame's payload; every read may take up to `silence`.
pub(crate) async fn read_frame(
    reader: &mut (impl AsyncRead + Unpin),
    bytes_max: usize,
    silence: Duration,
) -> Result<Bytes, FrameError> {
    let silent = |_| FrameError::Silent { silence };
    let mut head = [0; FRAME_HEAD_BYTES];
    timeout(silence, reader.read_exact(&mut head)).await.map_err(silent)??;
    let length = u32::from_le_bytes(head) as usize;
    if length > bytes_max {
        return Err(FrameError::Oversize { bytes: length as u64, bytes_max: bytes_max as u64 });
    }
    let mut payload = BytesMut::new();
    while payload.len() < length {
        let start = payload.len();
        payload.resize(length.min(start + FRAME_STEP_BYTES), 0);
        timeout(silence, reader.read_exact(&mut payload[start..])).await.map_err(silent)??;
    }
    Ok(payload.freeze())
}

/// Writes one frame; the caller flushes.
pub(crate) async fn write_frame(writer: &mut (impl AsyncWrite + Unpin), payload: &[u8]) -> io::Result<()> {
    let length = u32::try_from(payload.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    writer.write_all(&length.to_le_bytes()).await?;
    writer.write_all(payload).await
}

#[cfg(test)]
mod tests;
