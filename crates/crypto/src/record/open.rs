//! Opening a record segment by segment as it streams by.

use std::io::{ErrorKind, Read};

use zeroize::Zeroizing;

use super::error::RecordError;
use super::header::{HEADER_BYTES, RecordHeader};
use super::segment::{Position, SegmentCipher, segment_length};
use crate::content_key::ContentKey;
use crate::limits::SEGMENT_BYTES;

/// Verifies and decrypts the segments of one file in order. What the segments mean, [`super::copy_record`] says.
pub struct RecordOpener<R: Read> {
    inner: R,
    cipher: SegmentCipher,
    length: u64,
    /// The next segment to read.
    index: u32,
    segment: Zeroizing<Vec<u8>>,
    header: [u8; HEADER_BYTES],
}

/// One verified segment.
#[derive(Debug)]
pub struct OpenedSegment<'a> {
    /// Its plaintext: zip, zeros, and in the last one the zip length.
    pub text: &'a [u8],
    /// Whether it is the last.
    pub position: Position,
}

impl<R: Read> RecordOpener<R> {
    /// Reads the header and checks the key commitment; nothing is decrypted yet.
    ///
    /// # Errors
    /// Everything that can be wrong with length, header and key.
    pub fn new(mut inner: R, content_key: &ContentKey, length: u64) -> Result<Self, RecordError> {
        segment_length(0, length).ok_or(RecordError::Length { length })?;
        let mut header = [0; HEADER_BYTES];
        read_exact(&mut inner, &mut header, 0)?;
        let cipher = SegmentCipher::new(content_key, &RecordHeader::decode(&header)?)?;
        Ok(Self { inner, cipher, length, index: 0, segment: Zeroizing::new(vec![0; SEGMENT_BYTES]), header })
    }

    /// Reads and opens the next segment; `None` after the last, when no byte follows it. `seen` is shown the
    /// segment's bytes as they stand in the file, before they are decrypted.
    ///
    /// # Errors
    /// [`RecordError::Truncated`], [`RecordError::NotAuthentic`], [`RecordError::TrailingBytes`], [`RecordError::Io`].
    pub fn next_segment(
        &mut self,
        mut seen: impl FnMut(&[u8]),
    ) -> Result<Option<OpenedSegment<'_>>, RecordError> {
        let index = self.index;
        let Some((bytes, position)) = segment_length(index, self.length) else {
            self.check_end()?;
            return Ok(None);
        };
        let segment = &mut self.segment[..bytes];
        let start = super::segment::text_start(index);
        segment[..start].copy_from_slice(&self.header[..start]);
        read_exact(&mut self.inner, &mut segment[start..], index)?;
        seen(segment);
        self.index += 1;
        let text = self.cipher.open_segment(index, position, segment)?;
        Ok(Some(OpenedSegment { text, position }))
    }

    pub(super) fn into_cipher(self) -> SegmentCipher {
        self.cipher
    }

    fn check_end(&mut self) -> Result<(), RecordError> {
        match read_exact(&mut self.inner, &mut [0], self.index) {
            Err(RecordError::Truncated { .. }) => Ok(()),
            Ok(()) => Err(RecordError::TrailingBytes),
            Err(error) => Err(error),
        }
    }
}

impl<R: Read> core::fmt::Debug for RecordOpener<R> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "RecordOpener(segment {})", self.index)
    }
}

fn read_exact(inner: &mut impl Read, buffer: &mut [u8], segment: u32) -> Result<(), RecordError> {
    inner.read_exact(buffer).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => RecordError::Truncated { segment },
        _ => RecordError::Io(error),
    })
}
