//! What `demo` prints.

use serde::{Deserialize, Serialize};

use crate::document::Described;

/// One step of the demonstration.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct DemoStep {
    /// For example `publish`.
    pub name: String,
    /// What was seen, in one sentence.
    pub result: String,
    /// How long it took, milliseconds.
    pub duration_ms: f64,
}

/// The main job on a fresh local network. It is printed only when every byte and every decision was as expected.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct DemoReport {
    /// Nodes, one process each.
    pub nodes: u32,
    /// Where logs and data are, as given or made.
    pub dir: String,
    /// Bytes published and compared after retrieving.
    pub bytes_compared: u64,
    /// Reads refused as they must be.
    pub refusals: u32,
    /// The steps in order.
    pub steps: Vec<DemoStep>,
}

impl Described for DemoReport {
    const SCHEMA: &'static str = "carechain/demo/1";
}
