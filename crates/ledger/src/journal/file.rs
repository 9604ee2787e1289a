//! The journal on disk: a folder with a head and one file a segment.
//!
//! A segment grows by zeros in large steps, so that a sync in between has no new length to record. A new one is written
//! and synced first, then the head is replaced by one that names it and no longer names those that are dropped, then
//! these are removed. So a crash leaves the old head with the old segments or the new head with the new ones, and beside
//! them at most files that the head does not name, which the next start removes.

use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::folder::{Folder, SegmentFile, failed};
use super::frame::{FRAME_HEAD_BYTES, Framer, is_synced_behind};
use super::head::Head;
use super::reader::Reader;
use super::{JournalBinding, JournalError, JournalStore, Journalled, Segment};
use crate::limits::{JOURNAL_BUFFER_BYTES_MAX, JOURNAL_STEP_BYTES};

/// An open journal folder; the lock on it lasts as long as this value.
#[derive(Debug)]
pub struct FileJournal {
    folder: Folder,
    head: Head,
    /// Sequence of the first frame of each segment.
    first_sequences: BTreeMap<Segment, u64>,
    /// The last segment.
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

impl FileJournal {
    /// Makes an empty journal, and its folder if there is none.
    ///
    /// # Errors
    /// [`JournalError::Exists`] if there is one, and when the disk fails.
    pub fn create(path: &Path, binding: JournalBinding) -> Result<Self, JournalError> {
        let folder = Folder::create(path)?;
        folder.check_empty()?;
        let head = Head::new(binding, new_nonce());
        let mut framer = Framer::new(head.nonce, head.first_sequence);
        let mut bytes = Vec::new();
        framer.push_mark(&mut bytes);
        framer.synced = bytes.len();
        let file = folder.create_segment(head.last, &bytes)?;
        folder.replace_head(head)?;
        let first_sequences = BTreeMap::from([(head.first, head.first_sequence)]);
        Ok(Self::new(folder, head, first_sequences, file, framer))
    }

    /// Opens a journal, cuts a torn tail, syncs what is left and removes what a crash left beside it.
    ///
    /// # Errors
    /// [`JournalError::Missing`], a foreign, damaged or incomplete journal, one in use, and when the disk fails.
    pub fn open(path: &Path, binding: JournalBinding) -> Result<Self, JournalError> {
        let folder = Folder::open(path)?;
        let head = Head::check(&folder.read_head()?, binding)?;
        let mut reader = Reader::new(head.nonce, head.first_sequence);
        let mut first_sequences = BTreeMap::new();
        let mut end = 0;
        for segment in Segment::range(head.first, head.last) {
            let found = reader.read(segment, &folder.read_segment(segment)?)?;
            first_sequences.insert(segment, found.first_sequence);
            end = found.end;
        }
        remove_unnamed(&folder, &head)?;
        let file = folder.open_segment(head.last, end, reader.is_torn())?;
        Ok(Self::new(folder, head, first_sequences, file, reader.into_framer()))
    }

    /// Everything below `framer.synced` is synced, nothing is behind it.
    fn new(
        folder: Folder,
        head: Head,
        first_sequences: BTreeMap<Segment, u64>,
        (file, filled): SegmentFile,
        framer: Framer,
    ) -> Self {
        Self {
            folder,
            head,
            first_sequences,
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

    /// Hands the buffer to the system and makes it durable.
    fn flush_and_sync(&mut self) -> Result<(), JournalError> {
        self.flush()?;
        self.file.sync_data().map_err(failed("sync"))?;
        self.unsynced_entries = false;
        self.framer.synced = self.written;
        Ok(())
    }

    /// The bytes of a segment, those in memory included.
    fn segment_bytes_of(&self, segment: Segment) -> Result<Vec<u8>, JournalError> {
        if segment != self.head.last {
            return self.folder.read_segment(segment);
        }
        let mut bytes = vec![0; self.written];
        self.file.read_exact_at(&mut bytes, 0).map_err(failed("read"))?;
        bytes.extend_from_slice(&self.buffer);
        Ok(bytes)
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
            journal.flush_and_sync()?;
            journal.framer.push_mark(&mut journal.buffer);
            journal.flush()
        })
    }

    fn replay(&self) -> Result<Vec<Journalled>, JournalError> {
        let mut reader = Reader::new(self.head.nonce, self.head.first_sequence);
        let mut entries = Vec::new();
        for segment in Segment::range(self.head.first, self.head.last) {
            let bytes = self.segment_bytes_of(segment)?;
            let found = reader.read(segment, &bytes)?.entries.into_iter();
            entries.extend(found.map(|range| Journalled { segment, bytes: bytes[range].to_vec() }));
        }
        Ok(entries)
    }

    fn roll(&mut self, entries: &[Vec<u8>], first: Segment) -> Result<(), JournalError> {
        self.guarded(|journal| {
            // The old segment is never synced again, and its last mark is part of the sequence.
            journal.flush_and_sync()?;
            let last = journal.head.last.next();
            let mut framer = Framer::new(journal.head.nonce, journal.framer.next_sequence());
            let first_sequence = framer.next_sequence();
            let mut bytes = Vec::new();
            framer.push_mark(&mut bytes);
            for entry in entries {
                framer.push_entry(&mut bytes, entry)?;
            }
            journal.first_sequences.insert(last, first_sequence);
            let (file, filled) = journal.folder.create_segment(last, &bytes)?;
            let kept = journal.first_sequences.split_off(&first.min(last));
            let (first, first_sequence) = kept.first_key_value().expect("the new segment is kept");
            let (first, first_sequence) = (*first, *first_sequence);
            let head = Head { first, last, first_sequence, ..journal.head };
            journal.folder.replace_head(head)?;
            for dropped in core::mem::replace(&mut journal.first_sequences, kept).into_keys() {
                journal.folder.remove_segment(dropped)?;
            }
            framer.synced = bytes.len();
            framer.push_mark(&mut journal.buffer);
            (journal.head, journal.framer) = (head, framer);
            (journal.file, journal.filled, journal.written) = (file, filled, bytes.len());
            journal.flush()
        })
    }

    fn segment(&self) -> Segment {
        self.head.last
    }

    fn segment_bytes(&self) -> u64 {
        (self.written + self.buffer.len()) as u64
    }
}

/// Removes the segments that the head does not name: a crash left them, before the head named a new one or after it
/// named an old one no longer.
fn remove_unnamed(folder: &Folder, head: &Head) -> Result<(), JournalError> {
    for segment in folder.segments()? {
        if segment > head.last {
            // A new segment is written to only once the head names it.
            let was_used = is_synced_behind(&folder.read_segment(segment)?, 0, head.nonce);
            if segment > head.last.next() || was_used {
                return Err(JournalError::OldHead { segment });
            }
        }
        if segment < head.first || segment > head.last {
            folder.remove_segment(segment)?;
        }
    }
    Ok(())
}

/// Unpredictable for peers; needs no more.
fn new_nonce() -> u64 {
    RandomState::new().hash_one("journal")
}
