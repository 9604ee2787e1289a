//! Whether a block had room for a transaction that it left out.

use crate::limits::{BLOCK_FULL_BYTES, BLOCK_FULL_COUNT};

/// How full a block is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fullness {
    /// A primary that takes in all it may could not have added another transaction.
    Full,
    /// Any transaction would have fitted.
    Roomy,
}

impl Fullness {
    /// Of a block with so many transactions of so many bytes, parts included.
    pub(crate) const fn of_size(count: usize, bytes: usize) -> Self {
        if count >= BLOCK_FULL_COUNT || bytes > BLOCK_FULL_BYTES { Self::Full } else { Self::Roomy }
    }
}

#[cfg(test)]
mod tests;
