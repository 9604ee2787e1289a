//! How a world ended.

use carechain_types::Span;

use crate::coverage::Coverage;
use crate::violation::Violation;

/// The end of one world.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What decided everything.
    pub seed: u64,
    /// Digest of everything that happened, in order.
    pub trace: u64,
    /// Events that were planned.
    pub events: u64,
    /// How long it was, in its own time.
    pub simulated: Span,
    /// How long after the end of the faults it settled, or gave up; `None` if it never came so far.
    pub settled_after: Option<Span>,
    /// What it met.
    pub coverage: Coverage,
    /// The broken promise, if any.
    pub violation: Option<Violation>,
}
