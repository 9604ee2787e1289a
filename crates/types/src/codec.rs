//! The canonical encoding: the only file that names bincode.
//!
//! Little-endian, fixed-width integers, u64 lengths, a size limit, no trailing bytes, and one byte string per value:
//! what does not encode back to itself is refused. bincode is unmaintained but finished; pinned and kept behind these
//! three functions it can be replaced without touching a format.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why bytes are not a value. Bytes of a peer or client: count it and refuse them.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DecodeError {
    /// More bytes than this kind of value may have.
    #[error("{bytes} bytes are more than the {bytes_max} allowed")]
    TooLong {
        /// Bytes offered.
        bytes: usize,
        /// Bytes allowed.
        bytes_max: usize,
    },
    /// Not an encoding of this type: too short, a length above its bound, an unknown checked byte.
    #[error("malformed: {reason}")]
    Malformed {
        /// The decoder's words.
        reason: String,
    },
    /// Bytes were left over.
    #[error("{bytes} bytes after the end")]
    Trailing {
        /// How many.
        bytes: usize,
    },
    /// The value has another, canonical encoding.
    #[error("not the canonical encoding")]
    NotCanonical,
}

/// Canonical bytes of a value.
///
/// # Panics
/// If the value cannot be encoded, which no type of this crate can cause: they have no maps, no unsized sequences.
#[must_use]
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    encode_near(value, ENCODED_BYTES_USUAL)
}

fn encode_near<T: Serialize + ?Sized>(value: &T, bytes_expected: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(bytes_expected);
    bincode::serde::encode_into_std_write(value, &mut bytes, bincode::config::legacy())
        .expect("our types always encode");
    bytes
}

/// The value whose canonical bytes these are; refuses more than `bytes_max` bytes, trailing bytes and second
/// encodings.
pub fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8], bytes_max: usize) -> Result<T, DecodeError> {
    if bytes.len() > bytes_max {
        return Err(DecodeError::TooLong { bytes: bytes.len(), bytes_max });
    }
    let (value, read) = bincode::serde::decode_from_slice::<T, _>(bytes, bincode::config::legacy())
        .map_err(|error| DecodeError::Malformed { reason: error.to_string() })?;
    if read != bytes.len() {
        return Err(DecodeError::Trailing { bytes: bytes.len() - read });
    }
    if encode_near(&value, bytes.len()) != bytes {
        return Err(DecodeError::NotCanonical);
    }
    Ok(value)
}

/// Room that most values need: votes, headers and small transactions grow no buffer.
const ENCODED_BYTES_USUAL: usize = 256;
