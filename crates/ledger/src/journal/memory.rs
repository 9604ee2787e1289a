//! The journal in memory: for tests and the simulator, with the crash behaviour of a disk.
//!
//! It frames and scans exactly as the one on disk, so that what a crash leaves is judged by the same code.

use std::sync::{Arc, Mutex, MutexGuard};

use super::frame::{Framer, scan};
use super::head::HEAD_BYTES;
use super::{JournalBinding, JournalError, JournalStore};

/// In a simulation nobody crafts entries, and a seed decides everything.
const NONCE: u64 = 0;

#[derive(Debug)]
struct Disk {
    bytes: Vec<u8>,
    /// Length of the part that every crash leaves as it is.
    synced: usize,
    /// Syncs until one fails; `None` = none does.
    syncs_left: Option<u64>,
}

/// A journal in memory. [`MemoryJournal::reopen`] is what the next process does.
#[derive(Debug)]
pub struct MemoryJournal {
    disk: Arc<Mutex<Disk>>,
    binding: JournalBinding,
    framer: Framer,
    /// Whether frames behind [`Framer::synced`] are entries, not just a mark.
    unsynced_entries: bool,
    poisoned: bool,
}

impl MemoryJournal {
    /// Makes an empty journal.
    #[must_use]
    pub fn create(binding: JournalBinding) -> Self {
        let disk = Disk { bytes: binding.to_head(NONCE).to_vec(), synced: HEAD_BYTES, syncs_left: None };
        Self {
            disk: Arc::new(Mutex::new(disk)),
            binding,
            framer: Framer::new(NONCE),
            unsynced_entries: false,
            poisoned: false,
        }
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
            binding.check_head(&disk.bytes)?;
            let found = scan(&disk.bytes, NONCE)?;
            disk.bytes.truncate(found.end);
            disk.synced = found.end;
            disk.syncs_left = None;
            found.framer
        };
        Ok(Self { disk: Arc::clone(&self.disk), binding, framer, unsynced_entries: false, poisoned: false })
    }

    /// Lets the sync after `syncs` more ones fail.
    pub fn fail_after(&self, syncs: u64) {
        self.disk().syncs_left = Some(syncs);
    }

    /// Flips one bit of the disk, wherever `bit` falls when counted round its length.
    pub fn flip_bit(&self, bit: usize) {
        let mut disk = self.disk();
        let index = bit / 8 % disk.bytes.len();
        disk.bytes[index] ^= 1 << (bit % 8);
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().expect("no holder of this lock panics")
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
        let mut disk = self.disk.lock().expect("no holder of this lock panics");
        if disk.syncs_left == Some(0) {
            self.poisoned = true;
            let source = std::io::Error::other("planned fault");
            return Err(JournalError::Failed { operation: "sync", source });
        }
        disk.syncs_left = disk.syncs_left.map(|syncs| syncs - 1);
        if self.unsynced_entries {
            self.unsynced_entries = false;
            disk.synced = disk.bytes.len();
            self.framer.synced = disk.synced;
            self.framer.push_mark(&mut disk.bytes);
        }
        Ok(())
    }

    fn replay(&self) -> Result<Vec<Vec<u8>>, JournalError> {
        let disk = self.disk();
        Ok(scan(&disk.bytes, NONCE)?.entries.into_iter().map(|range| disk.bytes[range].to_vec()).collect())
    }

    fn rotate(&mut self, keep: &[Vec<u8>]) -> Result<(), JournalError> {
        self.check_sound()?;
        let mut framer = Framer::new(NONCE);
        let mut bytes = self.binding.to_head(NONCE).to_vec();
        for entry in keep {
            framer.push_entry(&mut bytes, entry)?;
        }
        framer.synced = bytes.len();
        let mut disk = self.disk.lock().expect("no holder of this lock panics");
        disk.synced = bytes.len();
        framer.push_mark(&mut bytes);
        disk.bytes = bytes;
        self.framer = framer;
        self.unsynced_entries = false;
        Ok(())
    }

    fn size_bytes(&self) -> u64 {
        (self.disk().bytes.len() - HEAD_BYTES) as u64
    }
}
