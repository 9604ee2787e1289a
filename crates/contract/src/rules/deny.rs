//! `deny`: the patient says no to a request.

use carechain_types::{DenyPart, Refusal, RequestStatus, RequestValue, StateKey};

use crate::call::Call;
use crate::effect::{Effect, Stop, require};
use crate::permissions::Verb;
use crate::state_reader::{StateReader, read_value};

/// The request is to the sender and open. Another patient's request looks like an unknown one.
pub(crate) fn deny<R: StateReader, S>(call: &Call<'_, R, S>, part: &DenyPart) -> Result<Effect, Stop> {
    let (patient, _) = call.actor.require_person(Verb::Deny, call.now())?;
    call.parts().finish()?;
    let key = StateKey::request(&part.request);
    let mut request = read_value::<RequestValue>(call.state, &key)?.ok_or(Refusal::NotFound)?;
    require(request.patient == patient, Refusal::NotFound)?;
    require(request.status == RequestStatus::Open, Refusal::Answered)?;
    request.status = RequestStatus::Denied;
    Ok(Effect::default().write(key, &request))
}
