//! What the payloads of frames say.

use bytes::Bytes;
use carechain_crypto::{AddressTag, Root, Signature, SubtreeValue};
use carechain_types::{EntryId, ReadRequest, RepairFetch, UploadComplete, decode, encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::frame::{Frame, FrameError, Kind};
use super::limits::CONTROL_BYTES_MAX;

/// The client's completion as it is forwarded: the holder computes the manifest itself.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct PushComplete {
    /// What the client signed.
    pub(super) complete: UploadComplete,
    /// By the key that opened the upload.
    pub(super) signature: Signature,
}

/// A gateway asks for chunks in the name of a reader.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct ReadFetch {
    /// The committed `allowed` entry.
    pub(super) entry: EntryId,
    /// The request whose digest the entry carries.
    pub(super) request: ReadRequest,
    /// The reader's signature.
    pub(super) signature: Signature,
}

/// A member asks for chunks that placement says it should hold.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct SignedRepairFetch {
    /// What is signed.
    pub(super) fetch: RepairFetch,
    /// By the member's node key.
    pub(super) signature: Signature,
}

/// What gives the commitment, beside what the ledger says.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Described {
    /// Tag of the address.
    pub(super) tag: AddressTag,
    /// BLAKE3 of the file.
    pub(super) root: Root,
}

/// Why a holder ends a stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum RefusalCode {
    /// Too much to do: come again, or ask another.
    #[error("busy")]
    Busy,
    /// Not permitted by this holder's ledger.
    #[error("not permitted")]
    NotPermitted,
    /// The access entry is no longer usable.
    #[error("access has ended")]
    AccessEnded,
    /// The file is not here.
    #[error("not held")]
    NotHeld,
    /// No room.
    #[error("no room")]
    Full,
    /// What was sent contradicts itself or what is here.
    #[error("contradiction")]
    Contradiction,
    /// This holder failed.
    #[error("failed")]
    Failed,
}

impl RefusalCode {
    /// All, in the order of their bytes from 1 on.
    pub(super) const ALL: [Self; 7] = [
        Self::Busy,
        Self::NotPermitted,
        Self::AccessEnded,
        Self::NotHeld,
        Self::Full,
        Self::Contradiction,
        Self::Failed,
    ];

    pub(super) fn frame(self) -> Frame {
        let place = Self::ALL.iter().position(|code| *code == self).expect("all are listed");
        Frame::new(Kind::Refused, vec![u8::try_from(place + 1).expect("a handful")])
    }

    pub(super) fn from_frame(frame: &Frame) -> Result<Self, FrameError> {
        let [byte] = frame.payload.as_ref() else { return Err(frame.malformed()) };
        let place = usize::from(*byte).checked_sub(1);
        place.and_then(|place| Self::ALL.get(place)).copied().ok_or_else(|| frame.malformed())
    }
}

/// A frame with a canonical body.
pub(super) fn frame_of<T: Serialize>(kind: Kind, body: &T) -> Frame {
    Frame::new(kind, encode(body))
}

/// The canonical body of a frame.
pub(super) fn body_of<T: Serialize + DeserializeOwned>(frame: &Frame) -> Result<T, FrameError> {
    decode(&frame.payload, CONTROL_BYTES_MAX).map_err(|_| frame.malformed())
}

/// One bit a chunk.
pub(super) fn bitmap(present: &[bool]) -> Frame {
    let bits = |eight: &[bool]| {
        eight.iter().enumerate().fold(0_u8, |byte, (place, has)| byte | (u8::from(*has) << place))
    };
    Frame::new(Kind::Have, present.chunks(8).map(bits).collect::<Vec<_>>())
}

/// The chunks a bitmap of a file of so many chunks names.
pub(super) fn present_of(frame: &Frame, chunks: u32) -> Result<Vec<bool>, FrameError> {
    let bytes = frame.payload.as_ref();
    if bytes.len() as u64 != u64::from(chunks).div_ceil(8) {
        return Err(frame.malformed());
    }
    let bit = |index: u32| {
        let byte = bytes.get((index / 8) as usize).copied().unwrap_or_default();
        byte >> (index % 8) & 1 == 1
    };
    if (chunks..chunks.next_multiple_of(8)).any(bit) {
        return Err(frame.malformed());
    }
    Ok((0..chunks).map(bit).collect())
}

/// A manifest as its values one after the other.
pub(super) fn manifest_frame(values: &[SubtreeValue]) -> Frame {
    let bytes: Vec<u8> = values.iter().flat_map(|value| *value.get()).collect();
    Frame::new(Kind::Manifest, Bytes::from(bytes))
}

/// The values of a manifest.
pub(super) fn manifest_values(frame: &Frame) -> Result<Vec<SubtreeValue>, FrameError> {
    let chunks = frame.payload.chunks_exact(SubtreeValue::LENGTH);
    if !chunks.remainder().is_empty() {
        return Err(frame.malformed());
    }
    Ok(chunks.filter_map(SubtreeValue::from_slice).collect())
}

/// Asks for chunks.
pub(super) fn ask_frame(chunks: &core::ops::Range<u32>) -> Frame {
    let mut bytes = chunks.start.to_le_bytes().to_vec();
    bytes.extend_from_slice(&chunks.end.to_le_bytes());
    Frame::new(Kind::Ask, bytes)
}

/// The chunks asked for; never none.
pub(super) fn asked_chunks(frame: &Frame) -> Result<core::ops::Range<u32>, FrameError> {
    let (start, end) = frame.payload.split_first_chunk::<4>().ok_or_else(|| frame.malformed())?;
    let end: [u8; 4] = end.try_into().map_err(|_| frame.malformed())?;
    let chunks = u32::from_le_bytes(*start)..u32::from_le_bytes(end);
    if chunks.is_empty() { Err(frame.malformed()) } else { Ok(chunks) }
}
