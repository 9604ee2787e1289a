//! Sealing a record: zip bytes go in by `Write`, the finished file goes out to an inner `Write`.
//!
//! Nothing is buffered but one segment. A segment full of zip bytes is never the last one, since eight bytes of length
//! still follow, so it leaves at once; padding and length are added when the zip has ended.

use std::io::{self, Write};

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::error::RecordError;
use super::header::{HEADER_BYTES, RecordHeader};
use super::padme::{ZIP_LENGTH_BYTES, file_length};
use super::segment::{Position, SegmentCipher, segment_length};
use crate::address::Address;
use crate::content_key::ContentKey;
use crate::fixed::Root;
use crate::limits::{FILE_BYTES_MAX, SEGMENT_BYTES, TAG_BYTES};
use crate::manifest::{Manifest, ManifestBuilder};

/// Encrypts one record under a fresh content key. Whatever fails, start again with a new sealer.
pub struct RecordSealer<W: Write> {
    inner: W,
    content_key: ContentKey,
    cipher: SegmentCipher,
    /// The segment being filled, plaintext up to `filled`.
    segment: Zeroizing<Vec<u8>>,
    filled: usize,
    index: u32,
    zip_length: u64,
    manifest: ManifestBuilder,
    /// Set while a segment leaves and after a failure: sealing it again could reveal both plaintexts.
    dead: bool,
}

/// A finished record: what its address and its upload need.
#[derive(Debug)]
pub struct Sealed<W> {
    /// The writer the file went to; not flushed.
    pub inner: W,
    /// Root, length and content key.
    pub address: Address,
    /// Subtree values of the chunks.
    pub manifest: Manifest,
    /// Length of the zip.
    pub zip_length: u64,
}

impl<W: Write> RecordSealer<W> {
    /// A sealer with a fresh content key, nonce prefix and salt.
    #[must_use]
    pub fn new(inner: W, random: &mut impl CryptoRng) -> Self {
        let content_key = ContentKey::generate(random);
        let header = RecordHeader::generate(&content_key, random);
        let mut segment = Zeroizing::new(vec![0; SEGMENT_BYTES]);
        segment[..HEADER_BYTES].copy_from_slice(&header.encode());
        Self {
            inner,
            cipher: SegmentCipher::new(&content_key, &header).expect("the header was made for this key"),
            content_key,
            segment,
            filled: HEADER_BYTES,
            index: 0,
            zip_length: 0,
            manifest: ManifestBuilder::new(),
            dead: false,
        }
    }

    /// Bytes of the file that went to the inner writer so far.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.manifest.length()
    }

    /// Pads, adds the length, seals the last segments.
    ///
    /// # Errors
    /// [`RecordError::TooLong`], and [`RecordError::Io`] from the inner writer.
    pub fn finish(mut self) -> Result<Sealed<W>, RecordError> {
        let zip_length = self.zip_length;
        let length = file_length(zip_length).ok_or(RecordError::TooLong { zip_length })?;
        loop {
            let (bytes, position) =
                segment_length(self.index, length).expect("the file length holds what was written");
            let text_end = bytes - TAG_BYTES;
            self.segment[self.filled..text_end].fill(0);
            if position == Position::Last {
                self.segment[text_end - ZIP_LENGTH_BYTES..text_end]
                    .copy_from_slice(&zip_length.to_le_bytes());
            }
            self.emit(bytes, position)?;
            if position == Position::Last {
                break;
            }
        }
        let manifest = self.manifest.finish().expect("a file is never empty");
        let root: Root = manifest.root();
        let address = Address::new(length, root, self.content_key);
        Ok(Sealed { inner: self.inner, address, manifest, zip_length })
    }

    fn emit(&mut self, bytes: usize, position: Position) -> io::Result<()> {
        self.check_alive()?;
        self.dead = true;
        let segment = &mut self.segment[..bytes];
        self.cipher.seal_segment(self.index, position, segment);
        self.manifest.update(segment);
        self.inner.write_all(segment)?;
        self.dead = false;
        self.filled = 0;
        self.index += 1;
        Ok(())
    }

    fn check_alive(&self) -> io::Result<()> {
        if self.dead {
            return Err(io::Error::other("an earlier write of this record failed: start again"));
        }
        Ok(())
    }
}

impl<W: Write> Write for RecordSealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.check_alive()?;
        let text_end = SEGMENT_BYTES - TAG_BYTES;
        let count = bytes.len().min(text_end - self.filled);
        if self.zip_length + count as u64 > FILE_BYTES_MAX {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the zip is too long for a record"));
        }
        self.segment[self.filled..self.filled + count].copy_from_slice(&bytes[..count]);
        self.filled += count;
        self.zip_length += count as u64;
        if self.filled == text_end {
            self.emit(SEGMENT_BYTES, Position::Inner)?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Write> core::fmt::Debug for RecordSealer<W> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "RecordSealer(segment {})", self.index)
    }
}
