//! One segment: nonce, associated data, encryption in place.
//!
//! Nonce = nonce prefix 19 ‖ u32 big-endian index ‖ last flag u8. Associated data = BLAKE3(header).

use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{Key, Tag, XChaCha20Poly1305, XNonce};

use super::error::RecordError;
use super::header::{HEADER_BYTES, NONCE_PREFIX_BYTES, RecordHeader};
use super::padme::zip_length_max;
use crate::content_key::ContentKey;
use crate::fixed::Digest;
use crate::limits::{SEGMENT_BYTES, TAG_BYTES};

/// Whether a segment or frame ends its stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Position {
    /// Others follow.
    Inner,
    /// None follows.
    Last,
}

impl Position {
    /// The flag byte: 0 inner, 1 last.
    #[must_use]
    pub const fn flag(self) -> u8 {
        match self {
            Self::Inner => 0,
            Self::Last => 1,
        }
    }
}

/// Seals and opens the segments of one file, in any order and from several threads.
///
/// Sealing the same (index, position) twice with different plaintexts reveals both: seal each segment of a file once.
pub struct SegmentCipher {
    cipher: XChaCha20Poly1305,
    nonce_prefix: [u8; NONCE_PREFIX_BYTES],
    header_digest: Digest,
}

impl SegmentCipher {
    /// The cipher of a file, if the header commits to the key.
    ///
    /// # Errors
    /// [`RecordError::ContentKey`].
    pub fn new(content_key: &ContentKey, header: &RecordHeader) -> Result<Self, RecordError> {
        header.check_content_key(content_key)?;
        let key = header.segment_key(content_key);
        Ok(Self {
            cipher: XChaCha20Poly1305::new(<&Key>::from(key.expose())),
            nonce_prefix: *header.nonce_prefix(),
            header_digest: header.digest(),
        })
    }

    /// Seals segment `index` in place. `segment` is the whole segment as it stands in the file: the first starts with
    /// the header, every one ends with room for its tag.
    ///
    /// # Panics
    /// When the segment is shorter than its header and tag, or longer than [`SEGMENT_BYTES`].
    pub fn seal_segment(&self, index: u32, position: Position, segment: &mut [u8]) {
        let (plaintext, tag) = split(index, segment).expect("a segment has room for header and tag");
        let sealed = self
            .cipher
            .encrypt_inout_detached(&self.nonce(index, position), self.header_digest.get(), plaintext.into())
            .expect("64 KiB are far below the limit of the cipher");
        tag.copy_from_slice(&sealed);
    }

    /// Opens segment `index` in place and gives its plaintext.
    ///
    /// # Errors
    /// [`RecordError::NotAuthentic`]; the buffer then holds nothing of use.
    pub fn open_segment<'a>(
        &self,
        index: u32,
        position: Position,
        segment: &'a mut [u8],
    ) -> Result<&'a mut [u8], RecordError> {
        let refused = || RecordError::NotAuthentic { segment: index };
        let (ciphertext, tag) = split(index, segment).ok_or_else(refused)?;
        let tag = Tag::from(*tag);
        self.cipher
            .decrypt_inout_detached(
                &self.nonce(index, position),
                self.header_digest.get(),
                (&mut *ciphertext).into(),
                &tag,
            )
            .map_err(|_| refused())?;
        Ok(ciphertext)
    }

    fn nonce(&self, index: u32, position: Position) -> XNonce {
        let mut nonce = [0; 24];
        nonce[..NONCE_PREFIX_BYTES].copy_from_slice(&self.nonce_prefix);
        nonce[19..23].copy_from_slice(&index.to_be_bytes());
        nonce[23] = position.flag();
        nonce.into()
    }
}

impl core::fmt::Debug for SegmentCipher {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "SegmentCipher({:?})", self.header_digest)
    }
}

// Encrypted part and tag of a whole segment.
fn split(index: u32, segment: &mut [u8]) -> Option<(&mut [u8], &mut [u8; TAG_BYTES])> {
    if segment.len() > SEGMENT_BYTES {
        return None;
    }
    segment.get_mut(text_start(index)..)?.split_last_chunk_mut()
}

/// Where the text of a segment starts: after the header in the first.
pub(super) const fn text_start(index: u32) -> usize {
    if index == 0 { HEADER_BYTES } else { 0 }
}

/// Segments of a file of this length; `None` when no record has it.
#[must_use]
pub fn segment_count(length: u64) -> Option<u32> {
    zip_length_max(length)?;
    u32::try_from(length.div_ceil(SEGMENT_BYTES as u64)).ok()
}

/// Bytes and position of segment `index` in a file of `length` bytes; `None` when there is none.
#[must_use]
pub fn segment_length(index: u32, length: u64) -> Option<(usize, Position)> {
    let count = segment_count(length)?;
    let rest = length.checked_sub(u64::from(index) * SEGMENT_BYTES as u64)?;
    if index + 1 == count {
        Some((usize::try_from(rest).ok()?, Position::Last))
    } else {
        (index < count).then_some((SEGMENT_BYTES, Position::Inner))
    }
}
