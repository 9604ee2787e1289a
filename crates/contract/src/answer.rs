//! What a reader is told about a decision: unknown, hidden and not-yours look the same.

use carechain_types::DecisionReason;

/// What the caller of a gateway may learn. The access entry has the reason itself, for patient and auditor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Answer {
    /// Bytes flow.
    Allowed,
    /// Nothing that this reader may know of.
    NotFound,
    /// The reader's own standing: key, suspension, role, mandate.
    Standing,
    /// The reader's own grant does not cover this, now or in this way.
    OwnGrant,
    /// The reader may read the record, but not as asked: range or address.
    Malformed,
}

/// What to tell the reader. Reasons about the record are told only to its owner and to readers whose grant names it.
#[must_use]
pub const fn answer_to_reader(reason: DecisionReason) -> Answer {
    match reason {
        DecisionReason::Owner | DecisionReason::Granted => Answer::Allowed,
        DecisionReason::UnknownRecord | DecisionReason::NoGrant | DecisionReason::Purged => Answer::NotFound,
        DecisionReason::KeyEnded
        | DecisionReason::ReaderSuspended
        | DecisionReason::Role
        | DecisionReason::NoMandate => Answer::Standing,
        DecisionReason::NotYetValid
        | DecisionReason::Expired
        | DecisionReason::Revoked
        | DecisionReason::PatientSuspended
        | DecisionReason::Purpose => Answer::OwnGrant,
        DecisionReason::AddressMismatch | DecisionReason::Range => Answer::Malformed,
    }
}
