//! The journal in memory: for tests and the simulator, with the crash behaviour of a disk.
//!
//! It frames and scans exactly as the one on disk, so that what a crash leaves is judged by the same code.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use super::frame::Framer;
use super::head::Head;
use super::reader::{Contents, Reader};
use super::{JournalBinding, JournalError, JournalStore, Journalled, Segment};

/// In a simulation nobody crafts entries, and a seed decides everything.
const NONCE: u64 = 0;

#[derive(Debug)]
struct Disk {
    head: Head,
    /// The segments before the last one, each with the sequence of its first frame.
    closed: BTreeMap<Segment, (u64, Vec<u8>)>,
    /// Sequence of the last segment's first frame.
    first_sequence: u64,
    /// The last segment.
    bytes: Vec<u8>,
    /// Length of the part of it that every crash leaves as it is.
    synced: usize,
    /// Syncs until one fails; `None` = none does.
    syncs_left: Option<u64>,
}

/// A journal in memory. [`MemoryJournal::reopen`] is what the next process does.
#[derive(Debug)]
pub struct MemoryJournal {
    disk: Arc<Mutex<Disk>>,
    framer: Framer,
    /// Whether frames behind [`Framer::synced`] are entries, not just a mark.
    unsynced_entries: bool,
    poisoned: bool,
}

impl MemoryJournal {
    /// Makes an empty journal.
    #[must_use]
    pub fn create(binding: JournalBinding) -> Self {
        let mut framer = Framer::new(NONCE, 0);
        let mut bytes = Vec::new();
        framer.push_mark(&mut bytes);
        framer.synced = bytes.len();
        let disk = Disk {
            head: Head::new(binding, NONCE),
            closed: BTreeMap::new(),
            first_sequence: 0,
            synced: bytes.len(),
            bytes,
            syncs_left: None,
        };
        Self { disk: Arc::new(Mutex::new(disk)), framer, unsynced_entries: false, poisoned: false }
    }

    /// What a power cut does to the unsynced bytes, chosen by the seed: all lost, all kept, cut at a byte, or torn: a
    /// range of them reads as zeros. Synced bytes stay.
    pub fn crash(&self, seed: u64) {
        let mut disk = self.disk();
        let synced = disk.synced;
        let unsynced = (disk.bytes.len() - synced) as u64;
        let point = |salt: u64| {
            let mixed = (seed ^ salt)
                .wrapping_mul(0x9E37_79B9_7F4A_7C15)
                .rotate_left(29)
                .wrapping_mul(0xBF58_476D_1CE4_E5B9);
            synced + usize::try_from((mixed >> 8) % (unsynced + 1)).expect("at most the number of bytes")
        };
        match seed % 4 {
            0 => disk.bytes.truncate(synced),
            1 => {}
            2 => disk.bytes.truncate(point(1)),
            _ => {
                let (first, second) = (point(2), point(3));
                disk.bytes[first.min(second)..first.max(second)].fill(0);
            }
        }
        disk.synced = disk.bytes.len();
    }

    /// Opens the same disk as the next process would, cutting a torn tail.
    ///
    /// # Errors
    /// If the journal is foreign or damaged.
    pub fn reopen(&self, binding: JournalBinding) -> Result<Self, JournalError> {
        let framer = {
            let mut disk = self.disk();
            Head::check(&disk.head.to_bytes(), binding)?;
            let (found, framer) = disk.read(|_, _, _| ())?;
            disk.bytes.truncate(found.end);
            disk.synced = found.end;
            disk.syncs_left = None;
            framer
        };
        Ok(Self { disk: Arc::clone(&self.disk), framer, unsynced_entries: false, poisoned: false })
    }

    /// Lets the sync after `syncs` more ones fail.
    pub fn fail_after(&self, syncs: u64) {
        self.disk().syncs_left = Some(syncs);
    }

    /// Flips one bit of the last segment, wherever `bit` falls when counted round its length.
    pub fn flip_bit(&self, bit: usize) {
        let mut disk = self.disk();
        let index = bit / 8 % disk.bytes.len();
        disk.bytes[index] ^= 1 << (bit % 8);
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().expect("no holder of this lock panics")
    }

    fn spend_sync(&mut self) -> Result<(), JournalError> {
        let left = self.disk().syncs_left;
        if left == Some(0) {
            self.poisoned = true;
            let source = std::io::Error::other("planned fault");
            return Err(JournalError::Failed { operation: "sync", source });
        }
        self.disk().syncs_left = left.map(|syncs| syncs - 1);
        Ok(())
    }

    fn check_sound(&self) -> Result<(), JournalError> {
        if self.poisoned { Err(JournalError::Poisoned) } else { Ok(()) }
    }
}

impl JournalStore for MemoryJournal {
    fn append(&mut self, entry: &[u8]) -> Result<(), JournalError> {
        self.check_sound()?;
        let mut disk = self.disk.lock().expect("no holder of this lock panics");
        self.framer.push_entry(&mut disk.bytes, entry)?;
        self.unsynced_entries = true;
        Ok(())
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.check_sound()?;
        self.spend_sync()?;
        let mut disk = self.disk.lock().expect("no holder of this lock panics");
        if self.unsynced_entries {
            self.unsynced_entries = false;
            disk.synced = disk.bytes.len();
            self.framer.synced = disk.synced;
            self.framer.push_mark(&mut disk.bytes);
        }
        Ok(())
    }

    fn replay(&self) -> Result<Vec<Journalled>, JournalError> {
        let mut entries = Vec::new();
        self.disk().read(|segment, bytes, found| {
            let ranges = found.entries.iter().cloned();
            entries.extend(ranges.map(|range| Journalled { segment, bytes: bytes[range].to_vec() }));
        })?;
        Ok(entries)
    }

    fn roll(&mut self, entries: &[Vec<u8>], first: Segment) -> Result<(), JournalError> {
        self.check_sound()?;
        let mut framer = Framer::new(NONCE, self.framer.next_sequence());
        let first_sequence = framer.next_sequence();
        let mut bytes = Vec::new();
        framer.push_mark(&mut bytes);
        for entry in entries {
            framer.push_entry(&mut bytes, entry)?;
        }
        self.spend_sync()?;
        let mut disk = self.disk.lock().expect("no holder of this lock panics");
        let closing = (disk.first_sequence, core::mem::take(&mut disk.bytes));
        let last = disk.head.last;
        disk.closed.insert(last, closing);
        disk.closed = disk.closed.split_off(&first);
        disk.head.last = last.next();
        let kept = disk.closed.first_key_value().map(|(at, (sequence, _))| (*at, *sequence));
        (disk.head.first, disk.head.first_sequence) = kept.unwrap_or((disk.head.last, first_sequence));
        framer.synced = bytes.len();
        disk.synced = bytes.len();
        framer.push_mark(&mut bytes);
        (disk.bytes, disk.first_sequence) = (bytes, first_sequence);
        self.framer = framer;
        self.unsynced_entries = false;
        Ok(())
    }

    fn segment(&self) -> Segment {
        self.disk().head.last
    }

    fn segment_bytes(&self) -> u64 {
        self.disk().bytes.len() as u64
    }
}

impl Disk {
    /// Reads all segments in a row; what the last one holds, and what goes on behind it.
    fn read(
        &self,
        mut visit: impl FnMut(Segment, &[u8], &Contents),
    ) -> Result<(Contents, Framer), JournalError> {
        let mut reader = Reader::new(NONCE, self.head.first_sequence);
        for segment in Segment::range(self.head.first, self.head.last).take(self.closed.len()) {
            let (_, bytes) = self.closed.get(&segment).ok_or(JournalError::MissingSegment { segment })?;
            visit(segment, bytes, &reader.read(segment, bytes)?);
        }
        let found = reader.read(self.head.last, &self.bytes)?;
        visit(self.head.last, &self.bytes, &found);
        Ok((found, reader.into_framer()))
    }
}
