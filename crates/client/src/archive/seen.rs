//! What a file or folder was when it was looked at, to tell whether it still is.

use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::SystemTime;

use rustix::fs::OFlags;

/// A file or folder at one moment. Nothing that a link points to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Seen {
    kind: FileType,
    device: u64,
    inode: u64,
    /// Its length, bytes.
    pub(super) bytes: u64,
    /// When it was last written; none where the system does not say.
    pub(super) modified: Option<SystemTime>,
}

impl Seen {
    /// Looks at a path.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        std::fs::symlink_metadata(path).map(|metadata| Self::of(&metadata))
    }

    fn of(metadata: &Metadata) -> Self {
        Self {
            kind: metadata.file_type(),
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }

    /// Whether it is a folder.
    pub(super) fn is_folder(&self) -> bool {
        self.kind.is_dir()
    }

    /// Whether it is neither file nor folder.
    pub(super) fn is_other(&self) -> bool {
        !self.kind.is_dir() && !self.kind.is_file()
    }

    /// Whether a path leads to the same file, through links too.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        std::fs::metadata(path).is_ok_and(|other| (other.dev(), other.ino()) == (self.device, self.inode))
    }

    /// Opens the file; none if another one, a link or a pipe stands there by now, or it was written.
    pub(super) fn open(&self, path: &Path) -> io::Result<Option<File>> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let opened = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path);
        let file = match opened {
            Ok(file) => file,
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        Ok(self.is_still(&file)?.then_some(file))
    }

    /// Whether an open file is the one that was looked at, and as it was.
    pub(super) fn is_still(&self, file: &File) -> io::Result<bool> {
        file.metadata().map(|metadata| Self::of(&metadata) == *self)
    }
}
