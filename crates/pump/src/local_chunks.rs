//! Byte ranges in terms of chunks.

use core::ops::Range;

use bytes::Bytes;
use carechain_crypto::limits::CHUNK_BYTES;
use carechain_types::ByteRange;

/// The chunks that cover a range; none if it is empty or ends beyond the file.
pub(super) fn covering(range: ByteRange, length: u64) -> Option<Range<u32>> {
    if range.start >= range.end || range.end > length {
        return None;
    }
    let chunk = CHUNK_BYTES as u64;
    let start = u32::try_from(range.start / chunk).ok()?;
    let end = u32::try_from(range.end.div_ceil(chunk)).ok()?;
    Some(start..end)
}

/// What of a chunk lies in a range.
pub(super) fn inside(range: ByteRange, index: u32, bytes: &Bytes) -> Bytes {
    let first = u64::from(index) * CHUNK_BYTES as u64;
    let within = |position: u64| {
        usize::try_from(position.saturating_sub(first)).map_or(bytes.len(), |at| at.min(bytes.len()))
    };
    bytes.slice(within(range.start)..within(range.end))
}

/// Ascending runs of neighbours.
pub(super) fn runs(indexes: impl IntoIterator<Item = u32>) -> Vec<Range<u32>> {
    let mut runs: Vec<Range<u32>> = Vec::new();
    for index in indexes {
        match runs.last_mut() {
            Some(run) if run.end == index => run.end += 1,
            _ => runs.push(index..index + 1),
        }
    }
    runs
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
