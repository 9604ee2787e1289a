//! Liveness: once the faults have stopped, every submitted, unexpired transaction commits within a bound and all correct
//! members reach one height. Byzantine members go on with what they do.
//!
//! Source: Castro and Liskov 1999, §4.5.2; design section 5, "Timers cannot be made to fire".

use core::fmt::Write;

use carechain_contract::NotIncludable;
use carechain_crypto::TransactionId;
use carechain_engine::NotAdmitted;
use carechain_types::{ReplicaId, Span};

use crate::limits::SETTLED_WITHIN;
use crate::violation::Violation;

/// Where a member stands, in words.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) member: ReplicaId,
    pub(crate) words: String,
}

/// Whether there is time left; `after` is how long ago the faults stopped.
pub(crate) fn check(
    after: Span,
    waiting: usize,
    standing: impl FnOnce() -> Vec<Standing>,
) -> Result<(), Violation> {
    if after <= SETTLED_WITHIN {
        return Ok(());
    }
    let mut text = String::new();
    for Standing { member, words } in standing() {
        write!(text, "member {member}: {words}. ").expect("writing to a string does not fail");
    }
    Err(Violation::Stuck { after, waiting, standing: text })
}

/// A correct member did not admit an unexpired transaction of an enrolled key.
pub(crate) fn check_admission(
    member: ReplicaId,
    id: TransactionId,
    reason: &NotAdmitted,
) -> Result<(), Violation> {
    match reason {
        // The client's own clock said so before, or that of the node is wrong, or was when it committed the head.
        NotAdmitted::Expiry | NotAdmitted::NotIncludable(NotIncludable::Expiry { .. }) => Ok(()),
        NotAdmitted::NotIncludable(_) | NotAdmitted::Mempool(_) | NotAdmitted::Busy => {
            Err(Violation::NotAdmitted { member, id, reason: reason.to_string() })
        }
    }
}
