//! A small cluster for tests: replicas with a fake executor, a lossy network, journals that lose their unsynced tail.

mod fixtures;
mod node;
mod world;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub(crate) use fixtures::{GENESIS, Oracle, config, genesis, membership, signer};
