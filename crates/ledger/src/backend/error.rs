//! Why a backend failed.

use std::error::Error;
use std::path::PathBuf;

use super::Table;

/// A failed read or write. Fatal: the node stops, since what is on disk is no longer known.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The database did not open: in use by another process, damaged, or not readable.
    #[error("cannot open the database at {path:?}: {source}")]
    Open {
        /// Its folder.
        path: PathBuf,
        /// The store's words.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A read failed.
    #[error("cannot read table {}: {source}", table.name())]
    Read {
        /// The table.
        table: Table,
        /// The store's words.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A write or sync failed.
    #[error("cannot write the ledger's database: {source}")]
    Write {
        /// The store's words.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A planned fault of a test, or any write after it.
    #[error("planned fault at write {write}")]
    Planned {
        /// Number of the write that failed, from 1.
        write: u64,
    },
}
