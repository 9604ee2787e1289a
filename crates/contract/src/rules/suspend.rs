//! `suspend`: a registrar ends a person's standing.
//!
//! Every grant to the person and every grant of theirs is dead from the same block on, however many there are: a read
//! looks at the standing of reader and patient (`decision.rs`), so that nothing has to be rewritten. Nothing is sealed
//! to the person any more, and what they send is refused.

use carechain_types::{PersonValue, Refusal, StateKey, SuspendPart};

use crate::call::Call;
use crate::effect::{Effect, Stop, require};
use crate::permissions::Verb;
use crate::state_reader::{StateReader, read_value};

/// The sender is registrar of the hospital that enrolled the person. Doing it twice changes nothing.
pub(crate) fn suspend<R: StateReader, S>(call: &Call<'_, R, S>, part: &SuspendPart) -> Result<Effect, Stop> {
    let hospital_id = call.actor.require_registrar(Verb::Suspend, call.now())?;
    call.parts().finish()?;
    let key = StateKey::person(&part.person);
    let mut person = read_value::<PersonValue>(call.state, &key)?.ok_or(Refusal::NotFound)?;
    require(person.enroller.hospital() == Some(hospital_id), Refusal::NotFound)?;
    if person.suspended != 0 {
        return Ok(Effect::default());
    }
    person.suspended = 1;
    Ok(Effect::default().write(key, &person))
}
