//! The zip inside a verified record, decrypted on seek: what a zip library wants.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

use zeroize::Zeroizing;

use super::header::HEADER_BYTES;
use super::segment::{SegmentCipher, segment_length};
use crate::limits::{SEGMENT_BYTES, TAG_BYTES};

/// Reads the zip at any place. One segment is held decrypted; nothing is written anywhere.
pub struct RecordReader<R: Read + Seek> {
    file: R,
    cipher: SegmentCipher,
    length: u64,
    zip_length: u64,
    /// Where the next byte of the zip is read.
    position: u64,
    segment: Zeroizing<Vec<u8>>,
    /// Which segment is held, opened.
    held: Option<u32>,
}

/// Plaintext bytes of every segment but the first.
const TEXT_BYTES: u64 = (SEGMENT_BYTES - TAG_BYTES) as u64;

impl<R: Read + Seek> RecordReader<R> {
    pub(super) fn new(file: R, cipher: SegmentCipher, length: u64, zip_length: u64) -> Self {
        let segment = Zeroizing::new(vec![0; SEGMENT_BYTES]);
        Self { file, cipher, length, zip_length, position: 0, segment, held: None }
    }

    /// Length of the zip in bytes.
    #[must_use]
    pub const fn zip_length(&self) -> u64 {
        self.zip_length
    }

    // With the header counted as text, every segment holds the same number of bytes.
    fn hold(&mut self, index: u32) -> io::Result<()> {
        if self.held == Some(index) {
            return Ok(());
        }
        self.held = None;
        let (bytes, position) = segment_length(index, self.length)
            .ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "position beyond the record"))?;
        self.file.seek(SeekFrom::Start(u64::from(index) * SEGMENT_BYTES as u64))?;
        let segment = &mut self.segment[..bytes];
        self.file.read_exact(segment)?;
        self.cipher
            .open_segment(index, position, segment)
            .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
        self.held = Some(index);
        Ok(())
    }
}

impl<R: Read + Seek> Read for RecordReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = self.zip_length.saturating_sub(self.position);
        if rest == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let place = self.position + HEADER_BYTES as u64;
        let index = u32::try_from(place / TEXT_BYTES).expect("a zip ends within the limit on files");
        self.hold(index)?;
        let start = usize::try_from(place % TEXT_BYTES).expect("below 64 KiB");
        let count = (TEXT_BYTES as usize - start).min(buffer.len());
        let count = usize::try_from(rest).map_or(count, |rest| rest.min(count));
        buffer[..count].copy_from_slice(&self.segment[start..start + count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for RecordReader<R> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = match target {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.zip_length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position =
            position.ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "seek before the start"))?;
        Ok(self.position)
    }
}

impl<R: Read + Seek> core::fmt::Debug for RecordReader<R> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "RecordReader(zip of {} bytes at {})", self.zip_length, self.position)
    }
}
