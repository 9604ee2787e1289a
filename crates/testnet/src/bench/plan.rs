//! What a measurement is asked for.

use std::path::PathBuf;

/// What a measurement is asked for.
#[derive(Clone, Debug)]
pub struct BenchPlan {
    /// How many nodes.
    pub nodes: usize,
    /// Folder of the network and of everything made.
    pub folder: PathBuf,
    /// How often it is measured.
    pub count: usize,
    /// Bytes of the record before encryption.
    pub bytes: u64,
}

impl BenchPlan {
    /// Folder of the network.
    #[must_use]
    pub fn network(&self) -> PathBuf {
        self.folder.join("network")
    }
}
