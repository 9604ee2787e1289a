//! Frames of the bulk protocol between nodes.
//!
//! A stream starts with one byte, the version, from its opener. Then frames go both ways:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | kind |
//! | 4 | length of the payload, u32 little-endian, at most what the kind allows |
//! | n | payload: canonical bytes; for a chunk its index u32, in a push its value, and its bytes as they are |
//!
//! Limits: memory grows as bytes arrive, never by what a length claims beyond a chunk; a frame that has no place where
//! it comes is refused by its head; a write that the peer does not take ends.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use carechain_api::ChunkBuffers;
use carechain_crypto::SubtreeValue;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::limits::{
    BITMAP_BYTES_MAX, CHUNK_FRAME_BYTES_MAX, CONTROL_BYTES_MAX, MANIFEST_BYTES_MAX, PAYLOAD_WAIT,
    PUSH_CHUNK_FRAME_BYTES_MAX,
};

/// Version of the protocol.
pub(super) const VERSION: u8 = 2;

/// Bytes of kind and length.
const HEAD_BYTES: usize = 5;
/// Bytes of a chunk's index.
const INDEX_BYTES: usize = 4;

/// What a stream said is not of this protocol, or it broke.
#[derive(Debug, thiserror::Error)]
pub(super) enum FrameError {
    /// The stream broke. Open another.
    #[error("the stream broke: {0}")]
    Stream(#[from] io::Error),
    /// Another version. The peer runs other software.
    #[error("version {got} where {VERSION} is spoken")]
    Version {
        /// What came.
        got: u8,
    },
    /// No such kind.
    #[error("no frame is of kind {kind}")]
    Kind {
        /// What came.
        kind: u8,
    },
    /// A kind that has no place here.
    #[error("a {kind:?} frame out of place")]
    OutOfPlace {
        /// What came.
        kind: Kind,
    },
    /// Longer than its kind allows, or too short.
    #[error("a {kind:?} frame of {bytes} bytes")]
    Length {
        /// Its kind.
        kind: Kind,
        /// Its length.
        bytes: usize,
    },
    /// The payload is not of its kind.
    #[error("malformed {kind:?} frame")]
    Malformed {
        /// Its kind.
        kind: Kind,
    },
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $byte:literal max $max:expr,)*) => {
        /// What a frame is.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub(super) enum Kind {$($(#[$doc])* $name,)*}

        impl Kind {
            #[cfg(test)]
            pub(super) const ALL: &'static [Self] = &[$(Self::$name),*];

            pub(super) const fn byte(self) -> u8 {
                match self {$(Self::$name => $byte,)*}
            }

            pub(super) const fn from_byte(byte: u8) -> Option<Self> {
                match byte {$($byte => Some(Self::$name),)* _ => None}
            }

            /// Longest payload.
            pub(super) const fn bytes_max(self) -> usize {
                match self {$(Self::$name => $max,)*}
            }
        }
    };
}

kinds! {
    /// Opens a push: the client's signed opening.
    PushOpen = 1 max CONTROL_BYTES_MAX,
    /// The holder's chunks, one bit each, the lowest bit of a byte first.
    Have = 2 max BITMAP_BYTES_MAX,
    /// A chunk that was asked for: index and bytes.
    Chunk = 3 max CHUNK_FRAME_BYTES_MAX,
    /// The holder stored a chunk: index.
    Stored = 4 max INDEX_BYTES,
    /// The client's signed completion.
    PushComplete = 5 max CONTROL_BYTES_MAX,
    /// The holder's receipt.
    Receipt = 6 max CONTROL_BYTES_MAX,
    /// Opens a fetch for a reader: access entry and signed read request.
    ReadFetch = 7 max CONTROL_BYTES_MAX,
    /// Opens a fetch for repair: signed by the node.
    RepairFetch = 8 max CONTROL_BYTES_MAX,
    /// The holder's file: tag and root.
    Described = 9 max 64,
    /// Asks for the manifest.
    AskManifest = 10 max 0,
    /// The manifest: 32 bytes a chunk.
    Manifest = 11 max MANIFEST_BYTES_MAX,
    /// Asks for chunks: first and one past the last.
    Ask = 12 max 2 * INDEX_BYTES,
    /// A chunk asked for is no longer wanted: index.
    Cancel = 13 max INDEX_BYTES,
    /// The holder does not have a chunk it was asked for: index.
    Absent = 14 max INDEX_BYTES,
    /// The holder ends the stream: why.
    Refused = 15 max 1,
    /// A chunk of an upload: index, subtree value and bytes. Bytes of another value are refused at once.
    PushChunk = 16 max PUSH_CHUNK_FRAME_BYTES_MAX,
}

/// One frame.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) payload: Bytes,
}

impl Frame {
    pub(super) fn new(kind: Kind, payload: impl Into<Bytes>) -> Self {
        Self { kind, payload: payload.into() }
    }

    /// A frame whose payload is the index of a chunk.
    pub(super) fn of_index(kind: Kind, index: u32) -> Self {
        Self::new(kind, index.to_le_bytes().to_vec())
    }

    /// The index of a chunk that is the payload.
    pub(super) fn index(&self) -> Result<u32, FrameError> {
        let bytes: [u8; INDEX_BYTES] = self.payload.as_ref().try_into().map_err(|_| self.malformed())?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// Index and bytes of a chunk.
    pub(super) fn into_chunk(mut self) -> Result<(u32, Bytes), FrameError> {
        if self.payload.len() < INDEX_BYTES {
            return Err(self.malformed());
        }
        let bytes = self.payload.split_off(INDEX_BYTES);
        let index = self.index()?;
        Ok((index, bytes))
    }

    /// Index, value and bytes of a chunk of an upload.
    pub(super) fn into_push_chunk(self) -> Result<(u32, SubtreeValue, Bytes), FrameError> {
        let malformed = self.malformed();
        let (index, mut rest) = self.into_chunk()?;
        if rest.len() < SubtreeValue::LENGTH {
            return Err(malformed);
        }
        let bytes = rest.split_off(SubtreeValue::LENGTH);
        let value = SubtreeValue::from_slice(&rest).ok_or(malformed)?;
        Ok((index, value, bytes))
    }

    pub(super) const fn malformed(&self) -> FrameError {
        FrameError::Malformed { kind: self.kind }
    }
}

/// Says which version is spoken; the opener does so first.
pub(super) async fn write_version(writer: &mut (impl AsyncWrite + Unpin)) -> Result<(), FrameError> {
    Ok(writer.write_all(&[VERSION]).await?)
}

/// Refuses another version.
pub(super) async fn read_version(reader: &mut (impl AsyncRead + Unpin)) -> Result<(), FrameError> {
    match reader.read_u8().await? {
        VERSION => Ok(()),
        got => Err(FrameError::Version { got }),
    }
}

/// Writes a frame and flushes.
pub(super) async fn write_frame(
    writer: &mut (impl AsyncWrite + Unpin),
    frame: &Frame,
) -> Result<(), FrameError> {
    let head = head(frame.kind, frame.payload.len());
    taken(PAYLOAD_WAIT, async {
        // Small frames leave in one piece.
        if frame.payload.len() <= CONTROL_BYTES_MAX {
            let mut whole = Vec::with_capacity(HEAD_BYTES + frame.payload.len());
            whole.extend_from_slice(&head);
            whole.extend_from_slice(&frame.payload);
            writer.write_all(&whole).await?;
        } else {
            writer.write_all(&head).await?;
            writer.write_all(&frame.payload).await?;
        }
        writer.flush().await
    })
    .await
}

/// Writes a chunk without copying it.
pub(super) async fn write_chunk(
    writer: &mut (impl AsyncWrite + Unpin),
    index: u32,
    bytes: &[u8],
) -> Result<(), FrameError> {
    let mut start = [0; HEAD_BYTES + INDEX_BYTES];
    start[..HEAD_BYTES].copy_from_slice(&head(Kind::Chunk, INDEX_BYTES + bytes.len()));
    start[HEAD_BYTES..].copy_from_slice(&index.to_le_bytes());
    write_parts(writer, &start, bytes).await
}

/// Writes a chunk of an upload without copying it.
pub(super) async fn write_push_chunk(
    writer: &mut (impl AsyncWrite + Unpin),
    (index, value): (u32, &SubtreeValue),
    bytes: &[u8],
) -> Result<(), FrameError> {
    const START_BYTES: usize = INDEX_BYTES + SubtreeValue::LENGTH;
    let mut start = [0; HEAD_BYTES + START_BYTES];
    start[..HEAD_BYTES].copy_from_slice(&head(Kind::PushChunk, START_BYTES + bytes.len()));
    start[HEAD_BYTES..HEAD_BYTES + INDEX_BYTES].copy_from_slice(&index.to_le_bytes());
    start[HEAD_BYTES + INDEX_BYTES..].copy_from_slice(value.as_slice());
    write_parts(writer, &start, bytes).await
}

async fn write_parts(
    writer: &mut (impl AsyncWrite + Unpin),
    start: &[u8],
    bytes: &[u8],
) -> Result<(), FrameError> {
    taken(PAYLOAD_WAIT, async {
        writer.write_all(start).await?;
        writer.write_all(bytes).await?;
        writer.flush().await
    })
    .await
}

/// A peer that takes nothing must not keep what it was promised.
async fn taken(wait: Duration, write: impl Future<Output = io::Result<()>>) -> Result<(), FrameError> {
    let written = timeout(wait, write).await;
    Ok(written.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?)
}

fn head(kind: Kind, bytes: usize) -> [u8; HEAD_BYTES] {
    debug_assert!(bytes <= kind.bytes_max(), "a {kind:?} frame of {bytes} bytes");
    let mut head = [0; HEAD_BYTES];
    head[0] = kind.byte();
    head[1..].copy_from_slice(&u32::try_from(bytes).expect("payloads have at most 32 MiB").to_le_bytes());
    head
}

/// Reads a frame of one of these kinds; `None` if the stream ended between two.
pub(super) async fn read_frame(
    reader: &mut (impl AsyncRead + Unpin),
    kinds: &[Kind],
) -> Result<Option<Frame>, FrameError> {
    read_frame_into(reader, kinds, &ChunkBuffers::new(0)).await
}

/// The same; a chunk goes into a buffer of the pool.
pub(super) async fn read_frame_into(
    reader: &mut (impl AsyncRead + Unpin),
    kinds: &[Kind],
    buffers: &ChunkBuffers,
) -> Result<Option<Frame>, FrameError> {
    match read_head(reader, kinds).await? {
        Some(head) => read_payload(reader, head, buffers).await.map(Some),
        None => Ok(None),
    }
}

/// Reads kind and length of a frame, which must be of one of these kinds; `None` if the stream ended before it.
pub(super) async fn read_head(
    reader: &mut (impl AsyncRead + Unpin),
    kinds: &[Kind],
) -> Result<Option<(Kind, usize)>, FrameError> {
    let mut head = [0; HEAD_BYTES];
    if reader.read(&mut head[..1]).await? == 0 {
        return Ok(None);
    }
    reader.read_exact(&mut head[1..]).await?;
    let [kind, length @ ..] = head;
    let kind = Kind::from_byte(kind).ok_or(FrameError::Kind { kind })?;
    let bytes = usize::try_from(u32::from_le_bytes(length)).expect("memory addresses have 64 bits");
    if !kinds.contains(&kind) {
        return Err(FrameError::OutOfPlace { kind });
    }
    if bytes > kind.bytes_max() {
        return Err(FrameError::Length { kind, bytes });
    }
    Ok(Some((kind, bytes)))
}

/// Reads the payload that a head announced; a chunk's into a buffer of the pool.
pub(super) async fn read_payload(
    reader: &mut (impl AsyncRead + Unpin),
    (kind, bytes): (Kind, usize),
    buffers: &ChunkBuffers,
) -> Result<Frame, FrameError> {
    let is_chunk = matches!(kind, Kind::Chunk | Kind::PushChunk);
    let mut buffer = if is_chunk { buffers.take() } else { ChunkBuffers::new(0).take() };
    let payload = buffer.as_mut_vec();
    payload.truncate(bytes);
    let mut filled = 0;
    while filled < bytes {
        // No more at once than a chunk, whatever length was claimed. What is read into is zeroed at most once: a stream
        // that fills spare capacity zeroes all that is left of it at every piece that arrives.
        let end = bytes.min(filled + PUSH_CHUNK_FRAME_BYTES_MAX);
        payload.reserve_exact(end.saturating_sub(payload.len()));
        payload.resize(end.max(payload.len()), 0);
        reader.read_exact(&mut payload[filled..end]).await?;
        filled = end;
    }
    Ok(Frame { kind, payload: buffer.freeze() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
