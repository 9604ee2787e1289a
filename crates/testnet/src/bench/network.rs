//! A network that lasts as long as a measurement.

use std::time::Duration;

use super::error::BenchError;
use super::plan::BenchPlan;
use crate::network::{Interface, Life, Testnet, start_all, stop_all};

/// How long a node may take to be ready.
const READY: Duration = Duration::from_secs(60);

/// Measures on a fresh network, which ends however it goes.
pub(super) fn on_network<T>(
    plan: &BenchPlan,
    measure: impl FnOnce(&Testnet) -> Result<T, BenchError>,
) -> Result<T, BenchError> {
    let net = Testnet::init(&plan.network(), plan.nodes, Interface::Clear)?;
    let result =
        start_all(&net, Life::WithThisProcess, READY).map_err(BenchError::from).and_then(|()| measure(&net));
    let ended = stop_all(&net);
    let measured = result?;
    ended?;
    Ok(measured)
}
