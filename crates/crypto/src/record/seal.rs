//! Sealing a record: zip bytes go in by `Write`, the finished file goes out to an inner `Write`.
//!
//! One chunk is buffered. To seal on several threads, use the parts this is made of: [`ChunkFramer`], [`SegmentCipher`],
//! [`super::PlainChunk::seal`].

use std::io::{self, ErrorKind, Write};

use rand_core::CryptoRng;

use super::chunk::{ChunkFramer, PlainChunk};
use super::error::RecordError;
use super::header::RecordHeader;
use super::segment::SegmentCipher;
use crate::address::Address;
use crate::content_key::ContentKey;
use crate::fixed::SubtreeValue;
use crate::limits::CHUNK_BYTES;
use crate::manifest::Manifest;

/// Encrypts one record under a fresh content key. Whatever fails, start again with a new sealer.
pub struct RecordSealer<W: Write> {
    content_key: ContentKey,
    framer: ChunkFramer,
    file: FileWriter<W>,
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
        let cipher = SegmentCipher::new(&content_key, &header).expect("the header was made for this key");
        let file = FileWriter { inner, cipher, values: Vec::new(), spare: Vec::new(), failed: false };
        Self { content_key, framer: ChunkFramer::new(&header), file }
    }

    /// Bytes of the file that went to the inner writer so far, in whole chunks.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.file.values.len() as u64 * CHUNK_BYTES as u64
    }

    /// Pads, adds the length, seals the last chunks.
    ///
    /// # Errors
    /// [`RecordError::TooLong`], and [`RecordError::Io`] from the inner writer.
    pub fn finish(mut self) -> Result<Sealed<W>, RecordError> {
        self.file.check_alive()?;
        let zip_length = self.framer.zip_length();
        let mut end = self.framer.finish()?;
        while let Some(chunk) = end.next_chunk(self.file.spare()) {
            self.file.write_chunk(chunk)?;
        }
        let manifest = Manifest::new(end.length(), self.file.values).expect("one value for every chunk");
        let address = Address::new(end.length(), manifest.root(), self.content_key);
        Ok(Sealed { inner: self.file.inner, address, manifest, zip_length })
    }
}

impl<W: Write> Write for RecordSealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.check_alive()?;
        let count =
            self.framer.push(bytes).map_err(|error| io::Error::new(ErrorKind::FileTooLarge, error))?;
        if self.framer.is_full()
            && let Some(chunk) = self.framer.take(self.file.spare())
        {
            self.file.write_chunk(chunk)?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.inner.flush()
    }
}

impl<W: Write> core::fmt::Debug for RecordSealer<W> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "RecordSealer({} bytes of zip)", self.framer.zip_length())
    }
}

/// Seals chunks in order and passes them on.
struct FileWriter<W> {
    inner: W,
    cipher: SegmentCipher,
    values: Vec<SubtreeValue>,
    /// The buffer of the chunk before, to be filled again.
    spare: Vec<u8>,
    /// A chunk did not go out: the file has a hole and is lost.
    failed: bool,
}

impl<W: Write> FileWriter<W> {
    fn write_chunk(&mut self, chunk: PlainChunk) -> io::Result<()> {
        let sealed = chunk.seal(&self.cipher);
        self.failed = true;
        self.inner.write_all(&sealed.bytes)?;
        self.failed = false;
        self.values.push(sealed.value);
        self.spare = sealed.bytes;
        Ok(())
    }

    fn spare(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.spare)
    }

    fn check_alive(&self) -> io::Result<()> {
        if self.failed {
            return Err(io::Error::other("an earlier write of this record failed: start again"));
        }
        Ok(())
    }
}
