//! New identifiers: one in use under any kind is refused, for counters and entry ids name their subject without kind.

use carechain_types::{Refusal, StateKey, StateTag};

use crate::effect::Stop;
use crate::state_reader::StateReader;

const KINDS: [StateTag; 8] = [
    StateTag::Person,
    StateTag::Department,
    StateTag::Organisation,
    StateTag::Hospital,
    StateTag::Ehr,
    StateTag::Request,
    StateTag::Grant,
    StateTag::Mandate,
];

/// Refuses an id that anything has.
pub(crate) fn require_new(state: &impl StateReader, id: &[u8; 20]) -> Result<(), Stop> {
    for tag in KINDS {
        if state.get(&StateKey { tag, id: *id, index: 0 })?.is_some() {
            return Err(Stop::Refused(Refusal::Exists));
        }
    }
    Ok(())
}
