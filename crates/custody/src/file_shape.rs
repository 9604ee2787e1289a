//! How a file falls into chunks.

use carechain_crypto::{ManifestError, chunk_count, chunk_length};

/// Length of a file, from which number and lengths of its chunks follow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FileShape {
    /// A length that a file can have.
    length: u64,
    chunks: u32,
}

impl FileShape {
    /// The shape of a file of this many bytes.
    ///
    /// # Errors
    /// [`ManifestError::FileLength`] when no file has this length.
    pub fn new(length: u64) -> Result<Self, ManifestError> {
        Ok(Self { length, chunks: chunk_count(length)? })
    }

    /// Bytes of the file.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Chunks of the file.
    #[must_use]
    pub const fn chunks(&self) -> u32 {
        self.chunks
    }

    /// Bytes of one chunk; zero outside the file.
    #[must_use]
    pub fn chunk_bytes(&self, index: u32) -> u64 {
        chunk_length(index, self.length).map_or(0, |bytes| bytes as u64)
    }
}
