//! The journal on disk: one file in a folder of its own.
//!
//! Rotation writes `journal.new`, syncs it and renames it over `journal`. The file grows by zeros in large steps, so that
//! a sync in between has no new length to record.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::frame::{FRAME_HEAD_BYTES, Framer, Scan, scan};
use super::head::HEAD_BYTES;
use super::{JournalBinding, JournalError, JournalStore};
use crate::limits::{JOURNAL_BUFFER_BYTES_MAX, JOURNAL_STEP_BYTES};

const NAME: &str = "journal";
const NEW_NAME: &str = "journal.new";

/// An open journal folder; the lock on it lasts as long as this value.
#[derive(Debug)]
pub struct FileJournal {
    path: PathBuf,
    /// The folder: locked, and synced after a rename.
    folder: File,
    binding: JournalBinding,
    file: File,
    /// End of what was handed to the system.
    written: usize,
    /// Length of the file: zeros from `written` on.
    filled: usize,
    /// Frames not yet handed to the system.
    buffer: Vec<u8>,
    framer: Framer,
    /// Whether frames behind [`Framer::synced`] are entries, not just a mark.
    unsynced_entries: bool,
    poisoned: bool,
}

fn failed(operation: &'static str) -> impl FnOnce(io::Error) -> JournalError {
    move |source| JournalError::Failed { operation, source }
}

impl FileJournal {
    /// Makes an empty journal, and its folder if there is none.
    ///
    /// # Errors
    /// [`JournalError::Exists`] if there is one, and when the disk fails.
    pub fn create(path: &Path, binding: JournalBinding) -> Result<Self, JournalError> {
        fs::create_dir_all(path).map_err(failed("create the folder of"))?;
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            File::open(parent)
                .and_then(|parent| parent.sync_all())
                .map_err(failed("sync the folder above"))?;
        }
        let folder = lock(path)?;
        if path.join(NAME).try_exists().map_err(failed("look for"))? {
            return Err(JournalError::Exists { path: path.to_owned() });
        }
        let nonce = new_nonce();
        let (file, filled) = replace(path, &folder, &binding.to_head(nonce))?;
        Ok(Self::new(path, folder, binding, (file, filled), Framer::new(nonce)))
    }

    /// Opens a journal, cuts a torn tail and syncs what is left.
    ///
    /// # Errors
    /// [`JournalError::Missing`], a foreign or damaged journal, one in use, and when the disk fails.
    pub fn open(path: &Path, binding: JournalBinding) -> Result<Self, JournalError> {
        let missing = || JournalError::Missing { path: path.to_owned() };
        if !path.join(NAME).try_exists().map_err(failed("look for"))? {
            return Err(missing());
        }
        let folder = lock(path)?;
        let bytes = fs::read(path.join(NAME)).map_err(failed("read"))?;
        let nonce = binding.check_head(&bytes)?;
        let Scan { end, framer, .. } = scan(&bytes, nonce)?;
        let file = OpenOptions::new().read(true).write(true).open(path.join(NAME)).map_err(failed("open"))?;
        if bytes[end..].iter().any(|byte| *byte != 0) {
            file.set_len(end as u64).map_err(failed("cut the torn end of"))?;
        }
        let filled = file.metadata().map_err(failed("measure"))?.len();
        file.sync_all().map_err(failed("sync"))?;
        let filled = usize::try_from(filled).expect("the file was read into memory");
        Ok(Self::new(path, folder, binding, (file, filled), framer))
    }

    /// `file` with its length; everything below `framer.synced` is synced, nothing is behind it.
    fn new(path: &Path, folder: File, binding: JournalBinding, file: (File, usize), framer: Framer) -> Self {
        let (file, filled) = file;
        Self {
            path: path.to_owned(),
            folder,
            binding,
            file,
            written: framer.synced,
            filled,
            buffer: Vec::new(),
            framer,
            unsynced_entries: false,
            poisoned: false,
        }
    }

    /// Runs `operation` unless poisoned; its failure poisons.
    fn guarded<T>(
        &mut self,
        operation: impl FnOnce(&mut Self) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        if self.poisoned {
            return Err(JournalError::Poisoned);
        }
        self.poisoned = true;
        let result = operation(self);
        self.poisoned = matches!(&result, Err(error) if !matches!(error, JournalError::EntryTooLong { .. }));
        result
    }

    /// Hands the buffer to the system.
    pub(super) fn flush(&mut self) -> Result<(), JournalError> {
        let end = self.written + self.buffer.len();
        if end + FRAME_HEAD_BYTES > self.filled {
            let filled = (end + FRAME_HEAD_BYTES).next_multiple_of(JOURNAL_STEP_BYTES);
            let zeros = vec![0; filled - self.filled];
            self.file.write_all_at(&zeros, self.filled as u64).map_err(failed("extend"))?;
            self.filled = filled;
        }
        self.file.write_all_at(&self.buffer, self.written as u64).map_err(failed("write"))?;
        self.written = end;
        self.buffer.clear();
        Ok(())
    }
}

impl JournalStore for FileJournal {
    fn append(&mut self, entry: &[u8]) -> Result<(), JournalError> {
        self.guarded(|journal| {
            journal.framer.push_entry(&mut journal.buffer, entry)?;
            journal.unsynced_entries = true;
            if journal.buffer.len() > JOURNAL_BUFFER_BYTES_MAX { journal.flush() } else { Ok(()) }
        })
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.guarded(|journal| {
            if !journal.unsynced_entries {
                return Ok(());
            }
            journal.flush()?;
            journal.file.sync_data().map_err(failed("sync"))?;
            journal.unsynced_entries = false;
            journal.framer.synced = journal.written;
            journal.framer.push_mark(&mut journal.buffer);
            journal.flush()
        })
    }

    fn replay(&self) -> Result<Vec<Vec<u8>>, JournalError> {
        let mut bytes = vec![0; self.written];
        self.file.read_exact_at(&mut bytes, 0).map_err(failed("read"))?;
        bytes.extend_from_slice(&self.buffer);
        Ok(scan(&bytes, self.framer.nonce())?
            .entries
            .into_iter()
            .map(|range| bytes[range].to_vec())
            .collect())
    }

    fn rotate(&mut self, keep: &[Vec<u8>]) -> Result<(), JournalError> {
        self.guarded(|journal| {
            let nonce = new_nonce();
            let mut framer = Framer::new(nonce);
            let mut bytes = journal.binding.to_head(nonce).to_vec();
            for entry in keep {
                framer.push_entry(&mut bytes, entry)?;
            }
            let (file, filled) = replace(&journal.path, &journal.folder, &bytes)?;
            framer.synced = bytes.len();
            journal.file = file;
            journal.filled = filled;
            journal.written = bytes.len();
            journal.framer = framer;
            journal.buffer.clear();
            journal.unsynced_entries = false;
            journal.framer.push_mark(&mut journal.buffer);
            journal.flush()
        })
    }

    fn size_bytes(&self) -> u64 {
        (self.written - HEAD_BYTES + self.buffer.len()) as u64
    }
}

/// Unpredictable for peers; needs no more.
fn new_nonce() -> u64 {
    RandomState::new().hash_one(NAME)
}

/// Opens and locks the folder.
fn lock(path: &Path) -> Result<File, JournalError> {
    let folder = File::open(path).map_err(failed("open the folder of"))?;
    match folder.try_lock() {
        Ok(()) => Ok(folder),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => {
            Err(JournalError::Failed { operation: "lock the folder of", source })
        }
    }
}

/// Puts a file with these bytes, and zeros up to a step, in the journal's place; gives it and its length.
fn replace(path: &Path, folder: &File, bytes: &[u8]) -> Result<(File, usize), JournalError> {
    let new_path = path.join(NEW_NAME);
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&new_path);
    let file = file.map_err(failed("create"))?;
    let filled = (bytes.len() + FRAME_HEAD_BYTES).next_multiple_of(JOURNAL_STEP_BYTES);
    let mut contents = bytes.to_vec();
    contents.resize(filled, 0);
    file.write_all_at(&contents, 0).map_err(failed("write"))?;
    file.sync_all().map_err(failed("sync"))?;
    rename(&new_path, &path.join(NAME)).map_err(failed("replace"))?;
    folder.sync_all().map_err(failed("sync the folder of"))?;
    Ok((file, filled))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the folder's lock is held, and the new file holds what the old one does"
)]
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}
