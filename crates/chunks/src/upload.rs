//! Uploads and the files they become: names, openings, bindings, and how both lie in packs.

use core::fmt;

use carechain_crypto::{AddressTag, Commitment, HospitalId, PersonId, Root, SubtreeValue, UploadId};
use carechain_types::{Party, Time, decode};

use crate::limits::{CHUNK_BYTES_MAX, FILE_BYTES_MAX};

/// This holder's own number of an upload, never used again. An upload id may repeat, this does not.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct LocalUpload(u64);

impl LocalUpload {
    /// Wraps a number, as it comes back from an index of the caller's.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for LocalUpload {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What is known when an upload opens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UploadOpening {
    /// Names the upload for placement, receipt and abstract.
    pub upload: UploadId,
    /// Who will sign the abstract.
    pub author: Party,
    /// Whose record it is.
    pub patient: PersonId,
    /// The hospital whose node the client gave it to: placement and receipts name it.
    pub publishing_hospital: HospitalId,
    /// Bytes of the file; fixes the number and length of all chunks.
    pub length: u64,
    /// When it is collected unless published.
    pub expiry: Time,
}

impl UploadOpening {
    /// Chunks of the file.
    #[must_use]
    pub fn chunks(&self) -> u32 {
        chunk_count(self.length)
    }

    /// Bytes of one chunk: [`CHUNK_BYTES_MAX`] for all but the last. Zero outside the file.
    #[must_use]
    pub fn chunk_bytes(&self, index: u32) -> u32 {
        chunk_bytes(self.length, index)
    }
}

/// Chunks of a file of this length.
pub(crate) fn chunk_count(length: u64) -> u32 {
    u32::try_from(length.div_ceil(u64::from(CHUNK_BYTES_MAX))).unwrap_or(u32::MAX)
}

/// Bytes of one chunk of a file of this length; zero outside the file.
pub(crate) fn chunk_bytes(length: u64, index: u32) -> u32 {
    let start = u64::from(index) * u64::from(CHUNK_BYTES_MAX);
    u32::try_from(length.saturating_sub(start).min(u64::from(CHUNK_BYTES_MAX))).expect("at most a chunk")
}

/// What completes an upload: all three are checked against what is held.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Completion {
    /// The address commitment that the abstract will carry.
    pub commitment: Commitment,
    /// The address tag.
    pub tag: AddressTag,
    /// BLAKE3 of the file.
    pub root: Root,
}

/// A completed file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FileBinding {
    /// What was opened.
    pub opening: UploadOpening,
    /// What completed it.
    pub completion: Completion,
}

const OPENING_BYTES: usize = 16 + Party::LENGTH + 20 + 20 + 8 + 8;
const COMPLETION_BYTES: usize = 96;

/// The payload of an `opened` record: upload id 16, author 21, patient 20, publishing hospital 20, length u64, expiry u64.
pub(crate) fn encode_opening(opening: &UploadOpening) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(OPENING_BYTES);
    bytes.extend_from_slice(opening.upload.as_slice());
    bytes.extend_from_slice(&opening.author.to_bytes());
    bytes.extend_from_slice(opening.patient.as_slice());
    bytes.extend_from_slice(opening.publishing_hospital.as_slice());
    bytes.extend_from_slice(&opening.length.to_le_bytes());
    bytes.extend_from_slice(&opening.expiry.as_micros().to_le_bytes());
    bytes
}

pub(crate) fn decode_opening(bytes: &[u8]) -> Option<UploadOpening> {
    let bytes: &[u8; OPENING_BYTES] = bytes.try_into().ok()?;
    let opening = UploadOpening {
        upload: UploadId::from_slice(&bytes[..16])?,
        author: decode(&bytes[16..37], Party::LENGTH).ok()?,
        patient: PersonId::from_slice(&bytes[37..57])?,
        publishing_hospital: HospitalId::from_slice(&bytes[57..77])?,
        length: u64::from_le_bytes(bytes[77..85].try_into().ok()?),
        expiry: Time::from_micros(u64::from_le_bytes(bytes[85..93].try_into().ok()?)),
    };
    (1..=FILE_BYTES_MAX).contains(&opening.length).then_some(opening)
}

/// The payload of a `file` record: opening, commitment 32, tag 32, root 32, then 32 bytes a chunk: the manifest.
pub(crate) fn encode_file(binding: &FileBinding, manifest: &[SubtreeValue]) -> Vec<u8> {
    let mut bytes = encode_opening(&binding.opening);
    bytes.extend_from_slice(binding.completion.commitment.as_slice());
    bytes.extend_from_slice(binding.completion.tag.as_slice());
    bytes.extend_from_slice(binding.completion.root.as_slice());
    for value in manifest {
        bytes.extend_from_slice(value.as_slice());
    }
    bytes
}

pub(crate) fn decode_file(bytes: &[u8]) -> Option<(FileBinding, Vec<SubtreeValue>)> {
    let (opening, rest) = bytes.split_at_checked(OPENING_BYTES)?;
    let (completion, manifest) = rest.split_at_checked(COMPLETION_BYTES)?;
    let opening = decode_opening(opening)?;
    let completion = Completion {
        commitment: Commitment::from_slice(&completion[..32])?,
        tag: AddressTag::from_slice(&completion[32..64])?,
        root: Root::from_slice(&completion[64..])?,
    };
    if manifest.len() as u64 != u64::from(opening.chunks()) * 32 {
        return None;
    }
    let manifest = manifest.chunks_exact(32).map(SubtreeValue::from_slice).collect::<Option<_>>()?;
    Some((FileBinding { opening, completion }, manifest))
}
