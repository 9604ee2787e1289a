//! `grant`: the patient permits a person or department to read up to 256 records for a time.

use std::collections::BTreeSet;

use carechain_crypto::GrantId;
use carechain_types::{
    AccessKind, BoundedVec, CountsValue, EhrValue, GrantLine, GrantLineValue, GrantPart, GrantValue, KeyUse,
    Party, PersonCounts, Refusal, RequestStatus, RequestValue, Span, StateKey, Time, TombstoneValue,
    grant_id,
};

use crate::call::Call;
use crate::effect::{Effect, Stop, require};
use crate::limits::{GRANT_START_AHEAD_MAX, GRANT_WINDOW_MAX};
use crate::new_id::require_new;
use crate::permissions::Verb;
use crate::standing::{require_use, sealing_key};
use crate::state_reader::{StateReader, read_value};

/// Sent by the patient; answers at most one open request, permitting what it asked or less; each line is a record of the
/// patient with one address sealed to the grantee's key in force; not revoked before it arrived.
pub(crate) fn grant<R: StateReader, S>(call: &Call<'_, R, S>, part: &GrantPart) -> Result<Effect, Stop> {
    let (patient, _) = call.actor.require_person(Verb::Grant, call.now())?;
    require(part.patient == patient, Refusal::NotPermitted)?;
    require(part.grantee != Party::Person(patient), Refusal::Contradiction)?;
    let id = grant_id(&call.transaction_id);
    require(!was_revoked_before(call, &id, patient_party(part))?, Refusal::RevokedBefore)?;
    let window = window(part, call.now())?;
    let request = answered_request(call, part)?;
    check_lines(call, part)?;
    require_new(call.state, id.get())?;
    let counts_key = StateKey::counts(patient.get());
    let counts = read_value::<CountsValue<PersonCounts>>(call.state, &counts_key)?
        .map_or_else(PersonCounts::default, |value| value.counts);
    let value = GrantValue {
        stamp: call.stamp(),
        patient,
        grantee: part.grantee,
        access: part.access,
        purpose: part.purpose,
        from: window.from,
        until: window.until,
        lines: lines(part)?,
        previous: counts.newest_grant,
    };
    let counts = PersonCounts { newest_grant: Some(id), ..counts };
    let mut effect = Effect::with_result(id.get().to_vec())
        .write(StateKey::grant(&id), &value)
        .write(counts_key, &CountsValue { stamp: call.stamp(), counts });
    if let Some((key, request)) = request {
        let answered = RequestValue { status: RequestStatus::Granted, grant: Some(id), ..request };
        effect = effect.write(key, &answered);
    }
    Ok(effect)
}

struct Window {
    from: Time,
    until: Time,
}

/// From zero = now; the window is neither empty, nor over already, nor longer or later than the limits.
fn window(part: &GrantPart, now: Time) -> Result<Window, Refusal> {
    let from = if part.from == Time::ZERO { now } else { part.from };
    require(part.duration > Span::ZERO && part.duration <= GRANT_WINDOW_MAX, Refusal::OutOfBounds)?;
    require(from <= now.after(GRANT_START_AHEAD_MAX), Refusal::OutOfBounds)?;
    let until = from.after(part.duration);
    require(now < until, Refusal::OutOfBounds)?;
    Ok(Window { from, until })
}

const fn patient_party(part: &GrantPart) -> Party {
    Party::Person(part.patient)
}

fn was_revoked_before<R: StateReader, S>(
    call: &Call<'_, R, S>,
    id: &GrantId,
    signer: Party,
) -> Result<bool, Stop> {
    let tombstone = read_value::<TombstoneValue>(call.state, &StateKey::tombstone(id, &signer))?;
    Ok(tombstone.is_some_and(|tombstone| call.now() < tombstone.until))
}

/// The request it answers, if it names one: to this patient, open, by the same grantee, for the same purpose, and asking
/// for at least what is permitted.
fn answered_request<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &GrantPart,
) -> Result<Option<(StateKey, RequestValue)>, Stop> {
    let Some(id) = part.request else { return Ok(None) };
    let key = StateKey::request(&id);
    let request = read_value::<RequestValue>(call.state, &key)?.ok_or(Refusal::NotFound)?;
    require(request.patient == part.patient, Refusal::NotFound)?;
    require(request.status == RequestStatus::Open, Refusal::Answered)?;
    let permitted = part.access == AccessKind::Read || request.access == AccessKind::ReadAmend;
    let matches = request.grantee == part.grantee && request.purpose == part.purpose && permitted;
    require(matches, Refusal::Contradiction)?;
    Ok(Some((key, request)))
}

fn check_lines<R: StateReader, S>(call: &Call<'_, R, S>, part: &GrantPart) -> Result<(), Stop> {
    let distinct: BTreeSet<_> = part.lines.iter().map(|line| line.ehr_id).collect();
    require(!distinct.is_empty() && distinct.len() == part.lines.len(), Refusal::Contradiction)?;
    let key = sealing_key(call.state, &part.grantee, &part.grantee_key_id, call.now())?;
    require_use(&key, KeyUse::Ordinary)?;
    let mut parts = call.parts();
    for line in &part.lines {
        let ehr = read_value::<EhrValue>(call.state, &StateKey::ehr(&line.ehr_id))?;
        let ehr = ehr.filter(|ehr| ehr.patient == part.patient).ok_or(Refusal::NotFound)?;
        require(ehr.purged == 0, Refusal::Superseded)?;
        parts.take_address(line.part, &key)?;
    }
    Ok(parts.finish()?)
}

fn lines<const MAX: usize>(part: &GrantPart) -> Result<BoundedVec<GrantLineValue, MAX>, Refusal> {
    let line = |line: &GrantLine| GrantLineValue { ehr_id: line.ehr_id, part: line.part, revoked: 0 };
    BoundedVec::new(part.lines.iter().map(line).collect()).map_err(|_| Refusal::OutOfBounds)
}
