//! The manifest of a file: one BLAKE3 subtree value for each 1 MiB chunk, merging to the root.
//!
//! A chunk verifies against its entry before its neighbours arrive, and the entries against the root. The root is the
//! plain BLAKE3 of the whole file (`b3sum` prints it). In a file of one chunk the entry is the root itself.
//!
//! Invariants: the length is known first; entries = ⌈length / 1 MiB⌉ exactly; every chunk is 1 MiB but the last; a
//! chunk's exact length is checked before it is hashed.

mod builder;

use blake3::hazmat::{ChainingValue, HasherExt as _, Mode, merge_subtrees_non_root, merge_subtrees_root};

use crate::fixed::{Root, SubtreeValue};
use crate::limits::{CHUNK_BYTES, FILE_BYTES_MAX};

pub use builder::ManifestBuilder;

/// Why a manifest or a chunk is not of this file. Whoever sent it is at fault.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ManifestError {
    /// No file has this length.
    #[error("a file of {length} bytes is empty or above the limit of {FILE_BYTES_MAX}")]
    FileLength {
        /// The length claimed.
        length: u64,
    },
    /// The entries are too few or too many for the length.
    #[error("a file of {length} bytes has {expected} chunks, not {got}")]
    EntryCount {
        /// Length of the file.
        length: u64,
        /// Entries it must have.
        expected: u32,
        /// Entries there were.
        got: usize,
    },
    /// The entries do not merge to the root.
    #[error("the manifest gives root {got:?}, expected {expected:?}")]
    Root {
        /// The root asked for.
        expected: Root,
        /// The root the entries give.
        got: Root,
    },
    /// The file has no chunk of this index.
    #[error("chunk {index} of {count}")]
    ChunkIndex {
        /// Index asked for, from 0.
        index: u32,
        /// Chunks there are.
        count: u32,
    },
    /// The chunk is too short or too long.
    #[error("chunk {index} has {got} bytes, expected {expected}")]
    ChunkLength {
        /// Index of the chunk.
        index: u32,
        /// Bytes it must have.
        expected: usize,
        /// Bytes there were.
        got: usize,
    },
    /// The chunk's bytes are not those of the entry.
    #[error("chunk {index} does not match its entry")]
    ChunkValue {
        /// Index of the chunk.
        index: u32,
    },
}

/// The subtree values of one file, as many as its length says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Manifest {
    /// Between 1 and [`FILE_BYTES_MAX`].
    length: u64,
    /// Exactly `chunk_count(length)` entries.
    values: Vec<SubtreeValue>,
}

impl Manifest {
    /// A manifest of the right number of entries; whose it is, [`Manifest::check`] says.
    ///
    /// # Errors
    /// [`ManifestError::FileLength`], [`ManifestError::EntryCount`].
    pub fn new(length: u64, values: Vec<SubtreeValue>) -> Result<Self, ManifestError> {
        let expected = chunk_count(length)?;
        if u32::try_from(values.len()) != Ok(expected) {
            return Err(ManifestError::EntryCount { length, expected, got: values.len() });
        }
        Ok(Self { length, values })
    }

    /// [`Manifest::new`], and the entries must merge to `root`.
    ///
    /// # Errors
    /// Also [`ManifestError::Root`].
    pub fn check(length: u64, values: Vec<SubtreeValue>, root: &Root) -> Result<Self, ManifestError> {
        let manifest = Self::new(length, values)?;
        let got = manifest.root();
        if got != *root {
            return Err(ManifestError::Root { expected: *root, got });
        }
        Ok(manifest)
    }

    /// Length of the file in bytes.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The entries in order.
    #[must_use]
    pub fn values(&self) -> &[SubtreeValue] {
        &self.values
    }

    /// The root the entries merge to.
    #[must_use]
    pub fn root(&self) -> Root {
        merge_root(&self.values)
    }

    /// Whether `bytes` are exactly chunk `index` of the file.
    ///
    /// # Errors
    /// [`ManifestError::ChunkIndex`], [`ManifestError::ChunkLength`], [`ManifestError::ChunkValue`].
    pub fn check_chunk(&self, index: u32, bytes: &[u8]) -> Result<(), ManifestError> {
        let count = chunk_count(self.length)?;
        let value = self.values.get(index as usize).ok_or(ManifestError::ChunkIndex { index, count })?;
        let expected = chunk_length(index, self.length)?;
        if bytes.len() != expected {
            return Err(ManifestError::ChunkLength { index, expected, got: bytes.len() });
        }
        if chunk_subtree_value(index, count, bytes)? != *value {
            return Err(ManifestError::ChunkValue { index });
        }
        Ok(())
    }
}

/// Chunks of a file of this length.
///
/// # Errors
/// [`ManifestError::FileLength`] for an empty file and above [`FILE_BYTES_MAX`].
pub fn chunk_count(length: u64) -> Result<u32, ManifestError> {
    if length == 0 || length > FILE_BYTES_MAX {
        return Err(ManifestError::FileLength { length });
    }
    Ok(u32::try_from(length.div_ceil(CHUNK_BYTES as u64))
        .expect("the limit on files keeps chunk indexes in u32"))
}

/// Exact length of chunk `index` in a file of `length` bytes.
///
/// # Errors
/// [`ManifestError::FileLength`], [`ManifestError::ChunkIndex`].
pub fn chunk_length(index: u32, length: u64) -> Result<usize, ManifestError> {
    let count = chunk_count(length)?;
    if index >= count {
        return Err(ManifestError::ChunkIndex { index, count });
    }
    let rest = length - u64::from(index) * CHUNK_BYTES as u64;
    Ok(usize::try_from(rest).map_or(CHUNK_BYTES, |rest| rest.min(CHUNK_BYTES)))
}

/// The entry of chunk `index` of `count`; the root itself when there is one chunk.
///
/// # Errors
/// [`ManifestError::ChunkIndex`], and [`ManifestError::ChunkLength`] unless the chunk is full or the last.
pub fn chunk_subtree_value(index: u32, count: u32, bytes: &[u8]) -> Result<SubtreeValue, ManifestError> {
    if index >= count {
        return Err(ManifestError::ChunkIndex { index, count });
    }
    let last = index + 1 == count;
    if bytes.len() != CHUNK_BYTES && (!last || bytes.is_empty() || bytes.len() > CHUNK_BYTES) {
        return Err(ManifestError::ChunkLength { index, expected: CHUNK_BYTES, got: bytes.len() });
    }
    let mut hasher = blake3::Hasher::new();
    hasher.set_input_offset(u64::from(index) * CHUNK_BYTES as u64);
    hasher.update(bytes);
    Ok(SubtreeValue::new(if count == 1 { *hasher.finalize().as_bytes() } else { hasher.finalize_non_root() }))
}

/// The root of a file of `length` bytes with these entries.
///
/// # Errors
/// [`ManifestError::FileLength`], [`ManifestError::EntryCount`].
pub fn root_from_manifest(values: &[SubtreeValue], length: u64) -> Result<Root, ManifestError> {
    let expected = chunk_count(length)?;
    if u32::try_from(values.len()) != Ok(expected) {
        return Err(ManifestError::EntryCount { length, expected, got: values.len() });
    }
    Ok(merge_root(values))
}

// `values` is never empty: every caller has compared it to a chunk count.
fn merge_root(values: &[SubtreeValue]) -> Root {
    if let [only] = values {
        return Root::new(*only.get());
    }
    let (left, right) = values.split_at(left_chunks(values.len()));
    Root::new(*merge_subtrees_root(&merge(left), &merge(right), Mode::Hash).as_bytes())
}

// The depth is the logarithm of the count: at most 24.
fn merge(values: &[SubtreeValue]) -> ChainingValue {
    if let [only] = values {
        return *only.get();
    }
    let (left, right) = values.split_at(left_chunks(values.len()));
    merge_subtrees_non_root(&merge(left), &merge(right), Mode::Hash)
}

// A left subtree holds the largest power of two of chunks that leaves something for the right.
const fn left_chunks(count: usize) -> usize {
    count.div_ceil(2).next_power_of_two()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
