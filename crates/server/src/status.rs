//! How the node is: findings, worst first, and the figures they are drawn from.
//!
//! ```text
//!  engine, links, what was heard, disk ──► inputs ──► findings (pure) ──► memory: since when ──► report, metrics, log
//! ```

mod disk;
mod findings;
mod gauges;
mod inputs;
mod memory;
mod monitor;
mod names;
mod phase;
mod report;
mod view;

pub(super) use disk::free_percent;
pub(super) use inputs::Reserves;
pub(super) use monitor::{Monitor, MonitorConfig};
