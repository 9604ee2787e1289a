//! Measurements on a fresh local network of real processes, the load included.
//!
//! Every report names what the machine did in the same run: a synced write and a signature check.

mod error;
mod machine;
mod memory;
mod network;
mod people;
mod plan;
mod publish;
mod quantiles;
mod stages;
mod transfer;

pub use error::BenchError;
pub use plan::BenchPlan;
pub use publish::publish;
pub use transfer::{Gateway, download, upload};
