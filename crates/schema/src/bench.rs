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

/// Quantiles of a run, milliseconds.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Quantiles {
    /// Half are at most this.
    pub p50_ms: f64,
    /// 99 of 100 are at most this.
    pub p99_ms: f64,
    /// The greatest.
    pub max_ms: f64,
}

/// Latency and rate of transactions: `bench publish`, `bench consensus`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct BenchConsensus {
    /// Nodes, one process each.
    pub nodes: u32,
    /// Transactions measured.
    pub count: u64,
    /// From the signed transaction sent to the verified proof held.
    #[serde(flatten)]
    pub latency: Quantiles,
    /// Transactions a second.
    pub per_second: f64,
    /// The machine.
    pub machine: Machine,
}

impl Described for BenchConsensus {
    const SCHEMA: &'static str = "carechain/bench/1";
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
    /// The machine.
    pub machine: Machine,
}

impl Described for BenchTransfer {
    const SCHEMA: &'static str = "carechain/bench-transfer/1";
}
