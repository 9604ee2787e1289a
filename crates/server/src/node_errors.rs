//! What failures of the engine mean to a caller of the HTTP border.

use carechain_api::NodeError;
use carechain_engine::NotAdmitted;

use crate::engine_thread::EngineGone;

/// A thread that does not take an order.
pub(super) fn gone(error: EngineGone) -> NodeError {
    match error {
        EngineGone::Busy => NodeError::Busy,
        EngineGone::Stopped { .. } => NodeError::NotReady { reason: error.to_string() },
    }
}

/// What a refusal to admit means to a caller.
pub(super) fn not_admitted(refusal: NotAdmitted) -> NodeError {
    match refusal {
        NotAdmitted::Expiry => NodeError::Expiry,
        NotAdmitted::NotIncludable(carechain_contract::NotIncludable::NotEnrolled { .. }) => {
            NodeError::Unauthorized
        }
        NotAdmitted::NotIncludable(reason) => NodeError::Invalid { problem: reason.to_string() },
        NotAdmitted::Mempool(_) | NotAdmitted::Busy => NodeError::Busy,
    }
}
