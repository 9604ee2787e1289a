//! The replica's journal: votes, certificates and bodies that must be on disk before a message leaves.
//!
//! Entries are opaque bytes of the engine. The journal is bound to one chain and one node key: a replica without its own
//! intact journal never signs consensus messages under that key again.
//!
//! It grows in segments, each file of its own. [`JournalStore::roll`] begins one and drops old ones whole, so that a
//! journal gets shorter without any of it being written again.
//!
//! Crash: what [`JournalStore::sync`] confirmed is there after it, whole and in order; of what was appended since, a
//! prefix of whole entries may be. A torn tail is cut only where nothing behind it can have been synced; anything else
//! that does not check, and a segment that is missing, is corruption, and the journal refuses to open. Of a roll all is
//! there or nothing.
//! Invariants: after a failed write or sync nothing more is written ([`JournalError::Poisoned`]): a failure is never
//! "no earlier vote". The folder has one owner at a time.

mod error;
mod file;
mod folder;
mod frame;
mod head;
mod memory;
mod reader;
mod segment;

pub use error::JournalError;
pub use file::FileJournal;
pub use head::JournalBinding;
pub use memory::MemoryJournal;
pub use segment::{Journalled, Segment};

/// An append-only list of entries with an explicit sync. Every error but [`JournalError::EntryTooLong`] is fatal for
/// the node.
pub trait JournalStore {
    /// Appends an entry; a crash may lose it until the next [`Self::sync`].
    ///
    /// # Errors
    /// If the entry is too long or the journal failed.
    fn append(&mut self, entry: &[u8]) -> Result<(), JournalError>;

    /// Makes every appended entry durable: one `fdatasync`, none if nothing was appended.
    ///
    /// # Errors
    /// If that is not certain.
    fn sync(&mut self) -> Result<(), JournalError>;

    /// All entries, oldest first.
    ///
    /// # Errors
    /// If they cannot be read.
    fn replay(&self) -> Result<Vec<Journalled>, JournalError>;

    /// Makes everything appended durable, begins a new segment with these entries and drops the segments before `first`,
    /// or all but the new one; atomic and durable when it returns. What stays is not read or written.
    ///
    /// # Errors
    /// If an entry is too long, or it is not certain that it is so.
    fn roll(&mut self, entries: &[Vec<u8>], first: Segment) -> Result<(), JournalError>;

    /// The segment that is appended to.
    fn segment(&self) -> Segment;

    /// Bytes of that segment: when to begin another.
    fn segment_bytes(&self) -> u64;
}

#[cfg(test)]
mod tests;
