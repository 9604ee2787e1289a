//! What can be wrong with a record file.

use crate::fixed::Root;
use crate::limits::{FILE_BYTES_MAX, SEGMENT_BYTES};

/// Why a record does not seal or open. Nothing that was read before the error may be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Reading or writing failed. Try again from the start.
    #[error("reading or writing the record failed")]
    Io(#[from] std::io::Error),
    /// The zip is too long for a file. Split the study.
    #[error("a zip of {zip_length} bytes does not fit a file of {FILE_BYTES_MAX}")]
    TooLong {
        /// Length of the zip.
        zip_length: u64,
    },
    /// No record has this length: the address is wrong.
    #[error("no record file has {length} bytes")]
    Length {
        /// Length claimed.
        length: u64,
    },
    /// The file does not start with "CCR1": it is something else.
    #[error("the file is no record")]
    Magic,
    /// The suite is unknown: a newer version may read it.
    #[error("record suite {suite} is unknown")]
    Suite {
        /// Suite byte of the header.
        suite: u8,
    },
    /// The segment size is not the one in use.
    #[error("segments of 2^{segment_log2} bytes, expected {SEGMENT_BYTES}")]
    SegmentSize {
        /// Size byte of the header.
        segment_log2: u8,
    },
    /// Reserved header bytes are set: a newer version may read it.
    #[error("reserved bytes of the record header are set")]
    Reserved,
    /// The content key is not this file's. Nothing was decrypted.
    #[error("the content key does not belong to this record")]
    ContentKey,
    /// The file ends early. Fetch it again.
    #[error("the record ends inside segment {segment}")]
    Truncated {
        /// Index of the segment.
        segment: u32,
    },
    /// A segment was changed, moved or taken from another file. Fetch it again, from another holder.
    #[error("segment {segment} of the record is not authentic")]
    NotAuthentic {
        /// Index of the segment.
        segment: u32,
    },
    /// Bytes follow the last segment.
    #[error("bytes follow the last segment of the record")]
    TrailingBytes,
    /// The author's client wrote a length that does not belong to the file's.
    #[error("a zip of {zip_length} bytes in a record of {length}")]
    ZipLength {
        /// Length of the zip, as the last segment says.
        zip_length: u64,
        /// Length of the file.
        length: u64,
    },
    /// The author's client padded with something else than zeros.
    #[error("the padding of the record is not zero")]
    Padding,
    /// The file is not the one of the address.
    #[error("the record has root {got:?}, expected {expected:?}")]
    Root {
        /// Root of the address.
        expected: Root,
        /// Root of the bytes read.
        got: Root,
    },
}
