//! The replica's journal: votes, certificates and bodies that must be on disk before a message leaves.
//!
//! Entries are opaque bytes of the engine. The journal is bound to one chain and one node key: a replica without its own
//! intact journal never signs consensus messages under that key again.
//!
//! Crash: what [`JournalStore::sync`] confirmed is there after it, whole and in order; of what was appended since, a
//! prefix of whole entries may be. A torn tail is cut only where nothing behind it can have been synced; anything else
//! that does not check is corruption, and the journal refuses to open.
//! Invariants: after a failed write or sync nothing more is written ([`JournalError::Poisoned`]): a failure is never
//! "no earlier vote". The folder has one owner at a time.

mod error;
mod file;
mod frame;
mod head;
mod memory;

pub use error::JournalError;
pub use file::FileJournal;
pub use head::JournalBinding;
pub use memory::MemoryJournal;

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
    fn replay(&self) -> Result<Vec<Vec<u8>>, JournalError>;

    /// Replaces all entries, unsynced ones too, by those that must survive; atomic and durable when it returns.
    ///
    /// # Errors
    /// If that is not certain.
    fn rotate(&mut self, keep: &[Vec<u8>]) -> Result<(), JournalError>;

    /// Bytes of all entries with their frames: when to rotate.
    fn size_bytes(&self) -> u64;
}

#[cfg(test)]
mod tests;
