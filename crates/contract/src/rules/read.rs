//! `read`: a gateway wraps a reader's signed request; the contract decides and writes the access entry.
//!
//! A wrap whose inner signature fails, whose reader key the reader never had, that names another gateway, is outside the
//! expiry rule or was seen before writes no access entry: else any member could write refusals in an honest reader's name.
//! It is the wrapping gateway's outcome and counts in `counts(hospital)`.

use carechain_crypto::HospitalId;
use carechain_types::{
    CountsValue, EhrValue, HospitalCounts, PersonValue, READ_REQUEST_VERSION, ReadPart, Refusal, StateKey,
};

use super::access_log::write_entry;
use super::decision::decide;
use crate::actor::Actor;
use crate::call::Call;
use crate::effect::{Effect, Stop, require};
use crate::permissions::Verb;
use crate::seen::request_digest;
use crate::standing;
use crate::state_reader::{StateReader, read_value};

/// The sender is a hospital by its node key; the result is the decision with the id of its entry.
pub(crate) fn read<R: StateReader, S>(call: &Call<'_, R, S>, part: &ReadPart) -> Result<Effect, Stop> {
    call.actor.require(Verb::WrapRead, call.now())?;
    let Actor::Hospital { id: gateway, .. } = call.actor else { return Err(Refusal::NotPermitted.into()) };
    require(part.request.version == READ_REQUEST_VERSION, Refusal::Malformed)?;
    require(part.address_matches <= 1, Refusal::Malformed)?;
    call.parts().finish()?;
    let Some(reader) = honoured_reader(call, part)? else { return bad_wrap(call, &gateway) };
    let ehr = read_value::<EhrValue>(call.state, &StateKey::ehr(&part.request.ehr_id))?;
    let decided = decide(call, part, &reader, ehr.as_ref())?;
    write_entry(call, part, ehr.as_ref(), decided)
}

/// The reader, if the wrap is genuine, fresh, and the key one the reader has or had.
fn honoured_reader<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &ReadPart,
) -> Result<Option<PersonValue>, Stop> {
    let digest = request_digest(call.context, part);
    if !call.seen.contains(&digest) || call.state.seen(&digest)? {
        return Ok(None);
    }
    let reader = standing::person(call.state, &part.request.reader)?;
    let listed =
        |reader: &PersonValue| reader.signing_keys.iter().any(|period| period.key == part.request.reader_key);
    Ok(reader.filter(listed))
}

fn bad_wrap<R: StateReader, S>(call: &Call<'_, R, S>, gateway: &HospitalId) -> Result<Effect, Stop> {
    let key = StateKey::counts(gateway.get());
    let hour = call.now().hour();
    let counts = read_value::<CountsValue<HospitalCounts>>(call.state, &key)?
        .map(|value| value.counts)
        .filter(|counts| counts.hour == hour)
        .unwrap_or(HospitalCounts { hour, bad_wraps: 0 });
    let counts = HospitalCounts { bad_wraps: counts.bad_wraps.saturating_add(1), ..counts };
    let value = CountsValue { stamp: call.stamp(), counts };
    let refused = Effect { refusal: Some(Refusal::BadWrap), ..Effect::default() };
    Ok(refused.write(key, &value))
}
