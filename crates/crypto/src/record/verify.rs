//! A whole record in one pass: every segment verified, the zip told from its padding.

use std::io::{Read, Seek, Write};

use super::error::RecordError;
use super::open::{OpenedSegment, RecordOpener};
use super::padme::{ZIP_LENGTH_BYTES, file_length};
use super::reader::RecordReader;
use super::segment::{Position, SegmentCipher};
use crate::address::Address;
use crate::manifest::ManifestBuilder;

/// A record whose every segment verified and whose root is the address's.
#[derive(Debug)]
pub struct VerifiedRecord {
    cipher: SegmentCipher,
    length: u64,
    zip_length: u64,
}

impl VerifiedRecord {
    /// Length of the zip in bytes.
    #[must_use]
    pub const fn zip_length(&self) -> u64 {
        self.zip_length
    }

    /// A reader of the zip over the same file, which is decrypted and verified again as it is read.
    #[must_use]
    pub fn reader<R: Read + Seek>(self, file: R) -> RecordReader<R> {
        RecordReader::new(file, self.cipher, self.length, self.zip_length)
    }
}

/// Reads a whole file and checks everything: root, header, key, segments, padding, length.
///
/// # Errors
/// See [`RecordError`].
pub fn verify_record(file: impl Read, address: &Address) -> Result<VerifiedRecord, RecordError> {
    copy_record(file, address, std::io::sink())
}

/// [`verify_record`] that also writes the zip to `sink`. Until it returns `Ok`, what the sink holds must not be used.
///
/// # Errors
/// See [`RecordError`].
pub fn copy_record(
    file: impl Read,
    address: &Address,
    sink: impl Write,
) -> Result<VerifiedRecord, RecordError> {
    let length = address.length;
    let mut opener = RecordOpener::new(file, &address.content_key, length)?;
    let mut manifest = ManifestBuilder::new();
    let mut zip = ZipSink { sink, written: 0, zeros: 0 };
    let mut end = None;
    while let Some(OpenedSegment { text, position }) = opener.next_segment(|bytes| manifest.update(bytes))? {
        match position {
            Position::Inner => zip.text(text)?,
            Position::Last => end = Some(zip.last(text, length)?),
        }
    }
    let zip_length = end.ok_or(RecordError::Length { length })?;
    let got = manifest.finish().ok_or(RecordError::Length { length })?.root();
    if got != address.root {
        return Err(RecordError::Root { expected: address.root, got });
    }
    Ok(VerifiedRecord { cipher: opener.into_cipher(), length, zip_length })
}

/// Passes the zip on and holds zeros back: they may be padding. Counts them, so memory stays flat.
struct ZipSink<W> {
    sink: W,
    /// Bytes passed on; the last one is not zero.
    written: u64,
    /// Zeros seen after them.
    zeros: u64,
}

impl<W: Write> ZipSink<W> {
    fn text(&mut self, text: &[u8]) -> Result<(), RecordError> {
        let end = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        if end > 0 {
            self.write_zeros(self.zeros)?;
            self.zeros = 0;
            self.sink.write_all(&text[..end])?;
            self.written += end as u64;
        }
        self.zeros += (text.len() - end) as u64;
        Ok(())
    }

    fn last(&mut self, text: &[u8], length: u64) -> Result<u64, RecordError> {
        let (text, zip_length) =
            text.split_last_chunk::<ZIP_LENGTH_BYTES>().ok_or(RecordError::Length { length })?;
        let zip_length = u64::from_le_bytes(*zip_length);
        if file_length(zip_length) != Some(length) {
            return Err(RecordError::ZipLength { zip_length, length });
        }
        self.text(text)?;
        let zeros = zip_length.checked_sub(self.written).ok_or(RecordError::Padding)?;
        self.write_zeros(zeros)?;
        Ok(zip_length)
    }

    fn write_zeros(&mut self, mut count: u64) -> Result<(), RecordError> {
        const ZEROS: [u8; 4096] = [0; 4096];
        while count > 0 {
            let now = usize::try_from(count).map_or(ZEROS.len(), |count| count.min(ZEROS.len()));
            self.sink.write_all(&ZEROS[..now])?;
            self.written += now as u64;
            count -= now as u64;
        }
        Ok(())
    }
}
