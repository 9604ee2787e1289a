//! Positions of transactions.

use carechain_types::Height;

/// Where a transaction stands.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// Height of its block.
    pub height: Height,
    /// Its index in the block.
    pub index: u32,
}
