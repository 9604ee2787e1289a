//! Blocks, state tree, indexes and the replica's journal.

mod backend;
mod limits;

#[cfg(feature = "rocks")]
pub use backend::RocksBackend;
pub use backend::{
    Backend, BackendError, Batch, Change, Durability, FaultPoint, FaultyBackend, MemoryBackend, Order, Row, ScanRange,
    Table, after_prefix,
};
