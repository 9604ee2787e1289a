//! What ends a measurement.

use std::path::PathBuf;

use carechain_client::OperationError;
use carechain_disk::private_file::FileError;

use crate::network::{InitError, PeopleError, ProcessError, TestnetError};

/// A measurement that does not come to its end gives no figures.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The network cannot be made.
    #[error(transparent)]
    Init(#[from] InitError),
    /// The network cannot be read.
    #[error(transparent)]
    Testnet(#[from] TestnetError),
    /// A node does not start or end.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// Somebody cannot be enrolled.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// What is measured failed.
    #[error(transparent)]
    Operation(#[from] OperationError),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] FileError),
    /// A file cannot be used.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A node does not say how it is.
    #[error("node {index} does not answer: {problem}")]
    Silent {
        /// Which node.
        index: usize,
        /// What it said instead.
        problem: String,
    },
    /// Something that must come before the next measurement does not: figures from then on would mean something else.
    #[error("{what} did not come in time")]
    Late {
        /// What.
        what: &'static str,
    },
    /// The retrieved file is not the published one.
    #[error("the bytes retrieved are not those published")]
    Differs,
    /// No node fits the gateway that was asked for.
    #[error("no node {what}: use more nodes")]
    NoGateway {
        /// What is looked for.
        what: &'static str,
    },
}

impl BenchError {
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
