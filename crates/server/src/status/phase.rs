//! Where consensus stands, in one sentence with the names of hospitals.

use carechain_consensus::{Phase, Status};
use carechain_types::ReplicaId;

use super::inputs::Inputs;
use super::names::listed;

/// Height, view, and what is waited for.
#[must_use]
pub(super) fn sentence(status: &Status, inputs: &Inputs) -> String {
    let Status { view, primary, committed, .. } = status;
    let waiting = waiting(status, inputs);
    let primary = inputs.name(*primary);
    format!("height {committed} is committed in view {view} led by {primary}; {waiting}")
}

/// What is waited for.
#[must_use]
pub(super) fn waiting(status: &Status, inputs: &Inputs) -> String {
    let names =
        |missing: &[ReplicaId]| listed(&missing.iter().map(|id| inputs.name(*id)).collect::<Vec<_>>());
    match &status.phase {
        Phase::Idle => "no block is open".to_owned(),
        Phase::CatchingUp { certified } => {
            format!("height {certified} is certified and being fetched from the others")
        }
        Phase::Checking { height } => format!("block {height} is being fetched and executed"),
        Phase::Preparing { height, missing } => {
            format!("block {height} lacks the PREPAREs of {}", names(missing))
        }
        Phase::Committing { height, missing } => {
            format!("block {height} lacks the COMMITs of {}", names(missing))
        }
        Phase::Following { view } => format!("this node follows view {view} of the others without voting"),
        Phase::WaitingForMembers { missing } => format!("the view change lacks {}", names(missing)),
        Phase::WaitingForNewView => {
            format!("the NEW-VIEW of {} is awaited", inputs.name(status.primary))
        }
        Phase::Withholding => "this node withholds its votes".to_owned(),
        Phase::Stopped => "a certified state differs from this node's own execution".to_owned(),
    }
}

/// Members whose vote or message is missing for the next step.
#[must_use]
pub(super) fn awaited(status: &Status) -> Vec<ReplicaId> {
    match &status.phase {
        Phase::Preparing { missing, .. }
        | Phase::Committing { missing, .. }
        | Phase::WaitingForMembers { missing } => missing.clone(),
        Phase::WaitingForNewView => vec![status.primary],
        _ => Vec::new(),
    }
}
