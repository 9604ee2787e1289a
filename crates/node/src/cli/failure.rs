//! What a command fails with: a code, a sentence, and what to do.

use std::path::Path;

use carechain_client::{KeystoreError, OperationError};
use carechain_schema::{ErrorCode, Failure};

/// A failed command. Made from the errors of the crates below; only here are they mapped to codes.
#[derive(Debug, thiserror::Error)]
#[error("{}", failure.message)]
pub(crate) struct CommandError {
    /// As it is printed.
    pub failure: Failure,
}

impl CommandError {
    /// With a code, a sentence and what to do.
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { failure: Failure::new(code, message, hint) }
    }

    /// Arguments or files of the caller are wrong.
    pub(crate) fn usage(message: impl core::fmt::Display, hint: impl Into<String>) -> Self {
        Self::new(ErrorCode::Usage, message.to_string(), hint)
    }

    /// Something on this machine failed.
    pub(crate) fn local(message: impl core::fmt::Display, hint: impl Into<String>) -> Self {
        Self::new(ErrorCode::Internal, message.to_string(), hint)
    }
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        Self { failure }
    }
}

impl From<OperationError> for CommandError {
    fn from(error: OperationError) -> Self {
        match error {
            OperationError::NoPerson => Self::usage(
                "nobody is named: a key alone does not say whose it is",
                "add person = \"per_…\" to the profile, or --as per_…; `person register` printed the id",
            ),
            OperationError::Unanswered => Self::new(
                error.code(),
                error.to_string(),
                "type the same `request` with --wait, which finds the open one, or look again with `requests req_…`",
            ),
            error => error.failure().into(),
        }
    }
}

/// With the file's name, which an error about its content does not have.
pub(super) fn describe_keystore_error(path: &Path, error: &KeystoreError) -> String {
    match error {
        KeystoreError::File(_) | KeystoreError::EmptyPassphrase => error.to_string(),
        _ => format!("{}: {error}", path.display()),
    }
}
