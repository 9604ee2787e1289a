//! What makes a demonstration fail.

use std::path::PathBuf;

use carechain_client::OperationError;
use carechain_disk::private_file::FileError;

use crate::network::{InitError, PeopleError, ProcessError, TestnetError};

/// A demonstration that fails says at which step and why.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The network cannot be made.
    #[error(transparent)]
    Init(#[from] InitError),
    /// The network cannot be read.
    #[error(transparent)]
    Testnet(#[from] TestnetError),
    /// A node does not start or end.
    #[error(transparent)]
    Process(#[from] ProcessError),
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
    /// Somebody cannot be enrolled.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// A person's operation failed.
    #[error(transparent)]
    Operation(#[from] OperationError),
    /// Something that must be refused was not.
    #[error("{what} was not refused")]
    NotRefused {
        /// What.
        what: &'static str,
    },
    /// Something was refused for another reason than it should.
    #[error("{what} was refused with \"{got}\" where \"{expected}\" was due")]
    WrongRefusal {
        /// What.
        what: &'static str,
        /// The code due.
        expected: &'static str,
        /// The code that came.
        got: String,
    },
    /// Bytes or numbers differ.
    #[error("{what}: {got} where {expected} was due")]
    Differs {
        /// Of what.
        what: &'static str,
        /// What was due.
        expected: String,
        /// What came.
        got: String,
    },
    /// The audit came without a proof.
    #[error("the audit came without a proof")]
    NoProof,
    /// The proof does not hold.
    #[error("the proof of the audit does not hold: {problem}")]
    Proof {
        /// Why.
        problem: String,
    },
    /// The same at a step, for people.
    #[error("step \"{step}\": {source}")]
    At {
        /// Which step.
        step: &'static str,
        /// What went wrong.
        source: Box<Self>,
    },
}
