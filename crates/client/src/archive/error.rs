//! Why an archive is not packed or unpacked, for the person who mends the input or names another folder.

use std::io;
use std::path::PathBuf;

use zip::result::ZipError;

use crate::limits::{ARCHIVE_ENTRIES_MAX, ARCHIVE_NAME_BYTES_MAX};

/// Why nothing was packed. The person mends the input.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A file or folder cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not what it was when it was looked at, or grew or shrank while it was read.
    #[error("{} changed while it was read", path.display())]
    Changed {
        /// Which.
        path: PathBuf,
    },
    /// A file that opens other files, or tells who somebody is, would become part of the record.
    #[error("{} {what}, which nobody means to put into a record", path.display())]
    Key {
        /// Which.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// Neither file nor folder: links and devices are not packed.
    #[error("{} is neither a file nor a folder", path.display())]
    Kind {
        /// Which.
        path: PathBuf,
    },
    /// A name that others could not unpack.
    #[error("{} has a name that is no UTF-8, too long, too deep, or has a backslash", path.display())]
    Name {
        /// Which.
        path: PathBuf,
    },
    /// Two inputs would have the same name in the record.
    #[error("two inputs are called \"{name}\"")]
    Repeated {
        /// Their name.
        name: String,
    },
    /// Nothing to pack.
    #[error("there is nothing to publish")]
    Empty,
    /// More entries than a record may have, or names that are too long together.
    #[error(
        "more than {ARCHIVE_ENTRIES_MAX} files, or {ARCHIVE_NAME_BYTES_MAX} bytes of names, in one record"
    )]
    TooMany,
    /// The sink failed.
    #[error("writing the archive: {0}")]
    Write(#[source] io::Error),
    /// Nobody wants it any more.
    #[error("cancelled")]
    Cancelled,
}

/// Why nothing was unpacked. What was there before is untouched.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// The output folder cannot be made or written.
    #[error("{}: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk is too full for the record.
    #[error("{} has room for {free} bytes, and {needed} are needed", path.display())]
    NoRoom {
        /// Where.
        path: PathBuf,
        /// Bytes needed.
        needed: u64,
        /// Bytes free.
        free: u64,
    },
    /// The record holds no archive, or a damaged one: its author's client is broken.
    #[error("the archive is damaged: {0}")]
    Damaged(#[source] ZipError),
    /// Reading an entry failed.
    #[error("reading entry {index} of the archive: {source}")]
    Read {
        /// Which entry.
        index: usize,
        /// What went wrong.
        source: io::Error,
    },
    /// The archive would harm this machine: its author is hostile. Nothing was written.
    #[error("entry {index} of the archive is hostile: {problem}")]
    Hostile {
        /// Which entry; names are the patient's and are not shown.
        index: usize,
        /// What it tries.
        problem: &'static str,
    },
    /// Too many entries.
    #[error("{count} entries in the archive are more than the {ARCHIVE_ENTRIES_MAX} allowed")]
    TooMany {
        /// How many.
        count: usize,
    },
    /// Nobody wants it any more.
    #[error("cancelled")]
    Cancelled,
}

impl UnpackError {
    /// Whether the archive is at fault: no other folder and no other try would help.
    #[must_use]
    pub const fn is_of_the_archive(&self) -> bool {
        match self {
            Self::Damaged(_) | Self::Read { .. } | Self::Hostile { .. } | Self::TooMany { .. } => true,
            Self::Write { .. } | Self::NoRoom { .. } | Self::Cancelled => false,
        }
    }
}
