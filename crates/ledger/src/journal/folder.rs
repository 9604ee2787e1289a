//! The folder of a journal: its file names, its lock, and the writes that reach the disk in order.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::frame::FRAME_HEAD_BYTES;
use super::head::Head;
use super::{JournalError, Segment};
use crate::limits::JOURNAL_STEP_BYTES;

const HEAD: &str = "journal";
const NEW_HEAD: &str = "journal.new";
const SEGMENT_PREFIX: &str = "segment-";

/// A locked folder; the lock lasts as long as this value.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Locked, and synced after a file in it appeared or changed its name.
    handle: File,
}

/// A segment's file with its length: zeros from the end of its frames on.
pub(super) type SegmentFile = (File, usize);

pub(super) fn failed(operation: &'static str) -> impl FnOnce(io::Error) -> JournalError {
    move |source| JournalError::Failed { operation, source }
}

impl Folder {
    /// Makes the folder if there is none, and locks it.
    pub(super) fn create(path: &Path) -> Result<Self, JournalError> {
        fs::create_dir_all(path).map_err(failed("create the folder of"))?;
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            let synced = File::open(parent).and_then(|parent| parent.sync_all());
            synced.map_err(failed("sync the folder above"))?;
        }
        Self::lock(path)
    }

    /// Locks the folder of a journal that exists.
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        if !path.join(HEAD).try_exists().map_err(failed("look for"))? {
            return Err(JournalError::Missing { path: path.to_owned() });
        }
        Self::lock(path)
    }

    fn lock(path: &Path) -> Result<Self, JournalError> {
        let handle = File::open(path).map_err(failed("open the folder of"))?;
        match handle.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), handle }),
            Err(TryLockError::WouldBlock) => Err(JournalError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => {
                Err(JournalError::Failed { operation: "lock the folder of", source })
            }
        }
    }

    /// Refuses a folder that holds a journal.
    pub(super) fn check_empty(&self) -> Result<(), JournalError> {
        let exists = self.path.join(HEAD).try_exists().map_err(failed("look for"))?;
        if exists { Err(JournalError::Exists { path: self.path.clone() }) } else { Ok(()) }
    }

    pub(super) fn read_head(&self) -> Result<Vec<u8>, JournalError> {
        fs::read(self.path.join(HEAD)).map_err(failed("read the head of"))
    }

    /// Puts another head in place of the one there is; durable on return.
    pub(super) fn replace_head(&self, head: Head) -> Result<(), JournalError> {
        let new = self.path.join(NEW_HEAD);
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(&new);
        let file = file.map_err(failed("create a head of"))?;
        file.write_all_at(&head.to_bytes(), 0).map_err(failed("write the head of"))?;
        file.sync_all().map_err(failed("sync the head of"))?;
        rename(&new, &self.path.join(HEAD)).map_err(failed("replace the head of"))?;
        self.sync()
    }

    /// Makes a segment with these bytes, and zeros up to a step, over whatever a crash left; durable on return.
    pub(super) fn create_segment(&self, segment: Segment, bytes: &[u8]) -> Result<SegmentFile, JournalError> {
        let path = self.segment_path(segment);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path);
        let file = file.map_err(failed("create a segment of"))?;
        let filled = (bytes.len() + FRAME_HEAD_BYTES).next_multiple_of(JOURNAL_STEP_BYTES);
        let mut contents = bytes.to_vec();
        contents.resize(filled, 0);
        file.write_all_at(&contents, 0).map_err(failed("write a segment of"))?;
        file.sync_all().map_err(failed("sync a segment of"))?;
        self.sync()?;
        Ok((file, filled))
    }

    /// All bytes of a segment.
    pub(super) fn read_segment(&self, segment: Segment) -> Result<Vec<u8>, JournalError> {
        fs::read(self.segment_path(segment)).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => JournalError::MissingSegment { segment },
            _ => JournalError::Failed { operation: "read", source },
        })
    }

    /// Opens a segment to be appended to; what stands behind `end` is cut if it is torn.
    pub(super) fn open_segment(
        &self,
        segment: Segment,
        end: usize,
        is_torn: bool,
    ) -> Result<SegmentFile, JournalError> {
        let file = OpenOptions::new().read(true).write(true).open(self.segment_path(segment));
        let file = file.map_err(failed("open"))?;
        if is_torn {
            file.set_len(end as u64).map_err(failed("cut the torn end of"))?;
        }
        let filled = file.metadata().map_err(failed("measure"))?.len();
        file.sync_all().map_err(failed("sync"))?;
        Ok((file, usize::try_from(filled).expect("the segment was read into memory")))
    }

    /// Every segment that lies here, named by the head or not.
    pub(super) fn segments(&self) -> Result<Vec<Segment>, JournalError> {
        let mut segments = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(failed("list the folder of"))? {
            let name = entry.map_err(failed("list the folder of"))?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix(SEGMENT_PREFIX));
            segments.extend(number.and_then(|number| u64::from_str_radix(number, 16).ok()).map(Segment::new));
        }
        Ok(segments)
    }

    pub(super) fn remove_segment(&self, segment: Segment) -> Result<(), JournalError> {
        fs::remove_file(self.segment_path(segment)).map_err(failed("drop a segment of"))
    }

    fn segment_path(&self, segment: Segment) -> PathBuf {
        self.path.join(format!("{SEGMENT_PREFIX}{:016x}", segment.get()))
    }

    fn sync(&self) -> Result<(), JournalError> {
        self.handle.sync_all().map_err(failed("sync the folder of"))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the folder's lock is held, and the new head names everything that is needed of what the old one names"
)]
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}
