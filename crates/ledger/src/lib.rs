//! Blocks, state tree, indexes and the replica's journal.
