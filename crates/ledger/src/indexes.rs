//! Derived lists that the authenticated state cannot give, since its keys are hashed: who wrote what, newest first.
//!
//! A row: list tag u8 ‖ subject ‖ block time u64 ‖ index in the block u32 → height u64 ‖ id 20 ‖ number u64, big-endian.
//! Equal positions in two lists are the same item, so that lists can be intersected. Everything here can be dropped and
//! derived again from transactions and outcomes; nothing here is proof of anything.

mod indexer;
mod list;
mod search;
mod tokens;

pub(crate) use indexer::stage_block;
pub use list::{IndexEntry, IndexList, IndexPosition, SearchToken};
pub use search::{SearchPage, SearchRange};

#[cfg(test)]
mod tests;
