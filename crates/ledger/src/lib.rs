//! Blocks, state tree, indexes and the replica's journal.

mod backend;
mod journal;
mod limits;
mod state_tree;

#[cfg(feature = "rocks")]
pub use backend::RocksBackend;
pub use backend::{
    Backend, BackendError, Batch, Change, Durability, FaultPoint, FaultyBackend, MemoryBackend, Order, Row,
    ScanRange, Table, after_prefix,
};
pub use journal::{FileJournal, JournalBinding, JournalError, JournalStore, MemoryJournal};
pub use state_tree::{
    CommittedState, Page, PageError, PagePath, Slot, StateError, StateOverlay, StateSource, StateUpdate,
    prepare, prove,
};
