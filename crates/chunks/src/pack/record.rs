//! The 96 bytes before every payload.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 4 | magic `CCRD` |
//! | 4 | 1 | kind: 1 chunk, 2 file, 3 erased, 4 opened |
//! | 5 | 1 | version |
//! | 6 | 2 | flags |
//! | 8 | 16 | upload id |
//! | 24 | 8 | local upload number |
//! | 32 | 4 | index of the chunk, else 0 |
//! | 36 | 4 | bytes of the payload |
//! | 40 | 32 | subtree value of the payload, at offset 0 unless it is a chunk |
//! | 72 | 20 | zeros |
//! | 92 | 4 | CRC-32C of the pack's nonce and all before |

use carechain_crypto::{SubtreeValue, UploadId, hash};

use super::decoded::Decoded;
use crate::limits::RECORD_BYTES_MAX;
use crate::upload::{LocalUpload, UploadOpening};

/// Bytes of the head of a record.
pub(crate) const RECORD_HEAD_BYTES: usize = 96;
/// The first four bytes of a record head.
pub(crate) const RECORD_MAGIC: [u8; 4] = *b"CCRD";

const VERSION: u8 = 1;

/// What a record says.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum RecordKind {
    /// The payload is one chunk of a file of several.
    Chunk,
    /// The payload is the only chunk of its file, and its subtree value is the file's root.
    OnlyChunk,
    /// The payload binds the upload to its file and lists its manifest.
    File,
    /// The upload is no longer held; its payloads are to be punched out.
    Erased,
    /// All payloads of the erased upload are punched out.
    Punched,
    /// The payload says what was opened: length, author, patient, expiry.
    Opened,
}

impl RecordKind {
    const fn kind_and_flags(self) -> (u8, u16) {
        match self {
            Self::Chunk => (1, 0),
            Self::OnlyChunk => (1, 1),
            Self::File => (2, 0),
            Self::Erased => (3, 0),
            Self::Punched => (3, 1),
            Self::Opened => (4, 0),
        }
    }

    const fn from_kind_and_flags(kind: u8, flags: u16) -> Option<Self> {
        Some(match (kind, flags) {
            (1, 0) => Self::Chunk,
            (1, 1) => Self::OnlyChunk,
            (2, 0) => Self::File,
            (3, 0) => Self::Erased,
            (3, 1) => Self::Punched,
            (4, 0) => Self::Opened,
            _ => return None,
        })
    }
}

/// A record about to be appended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewRecord<'a> {
    pub(crate) kind: RecordKind,
    pub(crate) upload: UploadId,
    pub(crate) local: LocalUpload,
    pub(crate) index: u32,
    pub(crate) value: SubtreeValue,
    pub(crate) payload: &'a [u8],
}

impl<'a> NewRecord<'a> {
    /// The record of one chunk.
    pub(crate) fn chunk(
        opening: &UploadOpening,
        local: LocalUpload,
        index: u32,
        value: SubtreeValue,
        payload: &'a [u8],
    ) -> Self {
        let kind = if opening.chunks() == 1 { RecordKind::OnlyChunk } else { RecordKind::Chunk };
        Self { kind, upload: opening.upload, local, index, value, payload }
    }

    /// The record of something else.
    pub(crate) fn plain(kind: RecordKind, upload: UploadId, local: LocalUpload, payload: &'a [u8]) -> Self {
        let value = SubtreeValue::new(*hash(payload).get());
        Self { kind, upload, local, index: 0, value, payload }
    }

    pub(crate) fn head(&self) -> RecordHead {
        RecordHead {
            kind: self.kind,
            upload: self.upload,
            local: self.local,
            index: self.index,
            bytes: u32::try_from(self.payload.len()).expect("callers hold payloads within RECORD_BYTES_MAX"),
            value: self.value,
        }
    }
}

/// The head of one record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct RecordHead {
    pub(crate) kind: RecordKind,
    pub(crate) upload: UploadId,
    pub(crate) local: LocalUpload,
    pub(crate) index: u32,
    pub(crate) bytes: u32,
    pub(crate) value: SubtreeValue,
}

impl RecordHead {
    pub(crate) fn encode(&self, nonce: &[u8; 16]) -> [u8; RECORD_HEAD_BYTES] {
        let (kind, flags) = self.kind.kind_and_flags();
        let mut bytes = [0; RECORD_HEAD_BYTES];
        bytes[..4].copy_from_slice(&RECORD_MAGIC);
        bytes[4] = kind;
        bytes[5] = VERSION;
        bytes[6..8].copy_from_slice(&flags.to_le_bytes());
        bytes[8..24].copy_from_slice(self.upload.as_slice());
        bytes[24..32].copy_from_slice(&self.local.get().to_le_bytes());
        bytes[32..36].copy_from_slice(&self.index.to_le_bytes());
        bytes[36..40].copy_from_slice(&self.bytes.to_le_bytes());
        bytes[40..72].copy_from_slice(self.value.as_slice());
        let checksum = checksum(nonce, &bytes[..92]);
        bytes[92..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// The head these bytes hold, if they are one of this pack. A kind that this version does not know was written by
    /// another, whatever number it gave itself.
    pub(crate) fn decode(bytes: &[u8], nonce: &[u8; 16]) -> Decoded<Self> {
        let Ok(bytes): Result<&[u8; RECORD_HEAD_BYTES], _> = bytes.try_into() else {
            return Decoded::Damaged;
        };
        if bytes[..4] != RECORD_MAGIC || bytes[92..] != checksum(nonce, &bytes[..92]).to_le_bytes() {
            return Decoded::Damaged;
        }
        let kind = RecordKind::from_kind_and_flags(bytes[4], u16::from_le_bytes([bytes[6], bytes[7]]));
        match kind {
            Some(kind) if bytes[5] == VERSION => Self::from_fields(kind, bytes).into(),
            _ => Decoded::OtherVersion(u16::from(bytes[5])),
        }
    }

    fn from_fields(kind: RecordKind, bytes: &[u8; RECORD_HEAD_BYTES]) -> Option<Self> {
        let head = Self {
            kind,
            upload: UploadId::from_slice(&bytes[8..24])?,
            local: LocalUpload::new(u64::from_le_bytes(bytes[24..32].try_into().ok()?)),
            index: u32::from_le_bytes(bytes[32..36].try_into().ok()?),
            bytes: u32::from_le_bytes(bytes[36..40].try_into().ok()?),
            value: SubtreeValue::from_slice(&bytes[40..72])?,
        };
        (head.bytes <= RECORD_BYTES_MAX).then_some(head)
    }

    /// Bytes of the record: head and payload.
    pub(crate) const fn extent(&self) -> u64 {
        RECORD_HEAD_BYTES as u64 + self.bytes as u64
    }
}

fn checksum(nonce: &[u8; 16], fields: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(nonce), fields)
}
