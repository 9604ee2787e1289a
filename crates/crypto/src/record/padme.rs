//! File lengths: Padmé values, so that a length tells little about its zip.
//!
//! File length = the smallest Padmé L ≥ 64 KiB with L − 128 − 16⌈L / 65,536⌉ ≥ zip + 8. The overhead stays below 12 %.

use super::header::HEADER_BYTES;
use crate::limits::{FILE_BYTES_MAX, FILE_BYTES_MIN, SEGMENT_BYTES, TAG_BYTES};

/// Bytes of the zip length at the end of the plaintext.
pub(super) const ZIP_LENGTH_BYTES: usize = 8;

/// Length of the file that holds a zip of this length; `None` above the limit on files.
#[must_use]
pub fn file_length(zip_length: u64) -> Option<u64> {
    if zip_length > FILE_BYTES_MAX {
        return None;
    }
    let mut length = padme(FILE_BYTES_MIN.max(zip_length));
    while zip_length_max(length)? < zip_length {
        length = padme(length + 1);
    }
    Some(length)
}

/// The longest zip a file of this length can hold; `None` when no record has this length.
#[must_use]
pub fn zip_length_max(length: u64) -> Option<u64> {
    if !(FILE_BYTES_MIN..=FILE_BYTES_MAX).contains(&length) || padme(length) != length {
        return None;
    }
    let tags = TAG_BYTES as u64 * length.div_ceil(SEGMENT_BYTES as u64);
    length.checked_sub(HEADER_BYTES as u64 + tags + ZIP_LENGTH_BYTES as u64)
}

/// The smallest Padmé value of at least `length` ≥ 64 KiB: the mantissa keeps as many bits as the exponent has.
fn padme(length: u64) -> u64 {
    let exponent = length.ilog2();
    let mantissa_bits = exponent.ilog2() + 1;
    let mask = (1u64 << (exponent - mantissa_bits)) - 1;
    (length + mask) & !mask
}

#[cfg(test)]
mod tests;
