//! What a rule returns: writes and a result, or why not.

use std::collections::BTreeMap;

use carechain_types::{Refusal, StateKey, StateValue};

use crate::state_reader::StateFailure;

/// What a transaction does.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Effect {
    /// Recorded as the outcome's code in place of 0.
    pub(crate) refusal: Option<Refusal>,
    /// Result bytes of the outcome.
    pub(crate) result: Vec<u8>,
    /// New values.
    pub(crate) writes: BTreeMap<StateKey, Vec<u8>>,
}

impl Effect {
    /// A result without writes so far.
    pub(crate) fn with_result(result: Vec<u8>) -> Self {
        Self { result, ..Self::default() }
    }

    /// Writes one value.
    pub(crate) fn write(mut self, key: StateKey, value: &impl StateValue) -> Self {
        self.writes.insert(key, value.to_bytes());
        self
    }
}

/// Why a rule gives no effect.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    /// The rule says no: a recorded outcome.
    Refused(Refusal),
    /// The state cannot be read: the node stops.
    Failed(StateFailure),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StateFailure> for Stop {
    fn from(failure: StateFailure) -> Self {
        Self::Failed(failure)
    }
}

/// `Ok` if the condition holds, else the refusal.
pub(crate) fn require(holds: bool, refusal: Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(refusal) }
}
