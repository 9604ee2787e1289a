//! Blocks, state tree, indexes and the replica's journal.

mod backend;
mod indexes;
mod journal;
mod ledger;
mod limits;
mod state_tree;
#[cfg(test)]
mod test_chain;

#[cfg(feature = "rocks")]
pub use backend::RocksBackend;
pub use backend::{
    Backend, BackendError, Batch, Change, Durability, FaultPoint, FaultyBackend, MemoryBackend, Order, Row,
    ScanRange, Table, after_prefix,
};
pub use indexes::{IndexEntry, IndexList, IndexPosition, SearchPage, SearchRange, SearchToken};
pub use journal::{
    FileJournal, JournalBinding, JournalError, JournalStore, Journalled, MemoryJournal, Segment,
};
pub use ledger::{
    BlockEvidence, CommittedBlock, Ledger, LedgerError, Position, StoredPart, StoredTransaction, VerifyError,
    prepare_on,
};
pub use state_tree::{
    CommittedSource, CommittedState, EmptyState, Page, PageError, PagePath, Slot, StateError, StateOverlay,
    StateSource, StateUpdate, prepare, prove,
};
