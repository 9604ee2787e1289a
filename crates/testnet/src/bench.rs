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

pub(crate) use error::BenchError;
pub(crate) use plan::BenchPlan;
pub(crate) use publish::publish;
pub(crate) use transfer::{Gateway, download, upload};
