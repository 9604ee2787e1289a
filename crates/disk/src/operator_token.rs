//! The token that lets other machines see how a node is in full.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::private_file::{self, FileError};

/// Why a file gives no token. The operator mends the file, or names another.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// Its first line is empty, or has characters that cannot stand in a header.
    #[error("the first line of {} is no token: a token is printable ASCII without spaces", path.display())]
    NoToken {
        /// Which file.
        path: PathBuf,
    },
}

/// The token of a node's operators: printable ASCII without spaces, so that it may stand in a header.
pub struct OperatorToken(Zeroizing<String>);

impl OperatorToken {
    /// The first line of a file.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub fn read(path: &Path) -> Result<Self, TokenError> {
        let line = private_file::read_passphrase(path)?;
        let token = core::str::from_utf8(line.expose())
            .ok()
            .filter(|token| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
        let token = token.ok_or_else(|| TokenError::NoToken { path: path.to_owned() })?;
        Ok(Self(Zeroizing::new(token.to_owned())))
    }

    /// The token in the clear.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Debug for OperatorToken {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("OperatorToken([REDACTED])")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
