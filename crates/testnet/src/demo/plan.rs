//! What a demonstration is asked for.

use std::path::PathBuf;

/// What a demonstration is asked for.
#[derive(Clone, Debug)]
pub struct DemoPlan {
    /// How many nodes, at least 4.
    pub nodes: usize,
    /// Folder of the network and of everything made.
    pub folder: PathBuf,
    /// Files or folders to publish; none = a generated study.
    pub inputs: Vec<PathBuf>,
}
