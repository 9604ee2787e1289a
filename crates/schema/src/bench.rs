//! What `bench` prints.

use serde::{Deserialize, Serialize};

use crate::document::Described;

/// The machine as the run itself measured it; figures mean little without.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Machine {
    /// Processor cores.
    pub cores: u32,
    /// Median of a synced write of 4 KiB in the data folder, milliseconds.
    pub fdatasync_p50_ms: f64,
    /// Median of one strict signature check, microseconds.
    pub verify_p50_us: f64,
}

/// Latency of publishing on an idle network: `bench publish`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct BenchPublish {
    /// Nodes, one process each.
    pub nodes: u32,
    /// Publications measured.
    pub count: u64,
    /// From the signed transaction sent to the verified proof held, milliseconds: half took at most this.
    pub p50_ms: f64,
    /// 99 of 100 took at most this.
    pub p99_ms: f64,
    /// The greatest.
    pub max_ms: f64,
    /// The machine.
    pub machine: Machine,
}

impl Described for BenchPublish {
    const SCHEMA: &'static str = "carechain/bench-publish/1";
}

/// Greatest resident memory while files were transferred, bytes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TransferMemory {
    /// Of the client.
    pub client_peak_bytes: u64,
    /// Of the node the client calls.
    pub gateway_peak_bytes: u64,
    /// Of the greatest other node.
    pub holder_peak_bytes: u64,
}

/// How long one stage of a transfer lasted, until the next began.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct TransferStage {
    /// Its name.
    pub name: String,
    /// Median seconds a file.
    pub seconds_p50: f64,
}

/// Duration and rate of whole files: `bench upload`, `bench download`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct BenchTransfer {
    /// Nodes, one process each.
    pub nodes: u32,
    /// Files measured.
    pub count: u64,
    /// Length of the record before encryption, bytes.
    pub bytes: u64,
    /// Median seconds a file.
    pub seconds_p50: f64,
    /// Greatest seconds a file.
    pub seconds_max: f64,
    /// Bytes by median seconds, in millions.
    pub megabytes_per_second: f64,
    /// One plain file written and synced in the same folder in the same run, millions of bytes a second. An upload writes
    /// three, a download two.
    pub plain_write_megabytes_per_second: f64,
    /// Where the time went.
    pub stages: Vec<TransferStage>,
    /// Greatest memory.
    pub memory: TransferMemory,
    /// The machine.
    pub machine: Machine,
}

impl Described for BenchTransfer {
    const SCHEMA: &'static str = "carechain/bench-transfer/1";
}
