//! The decision on one read: key, suspension, mandate, then owner or role and grant, then the request itself.

use carechain_types::{
    ByteRange, DecisionReason, EhrValue, GrantValue, PersonValue, ReadPart, StateKey, Time,
};

use crate::actor::belongs_to;
use crate::call::Call;
use crate::effect::Stop;
use crate::permissions::{Verb, roles_permit};
use crate::standing;
use crate::state_reader::{StateReader, read_value};

/// The reason: [`DecisionReason::Owner`] and [`DecisionReason::Granted`] allow, every other one refuses. The record's own
/// state is looked at last, so that its reasons go only to readers who may know of it.
pub(super) fn decide<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &ReadPart,
    reader: &PersonValue,
    ehr: Option<&EhrValue>,
) -> Result<DecisionReason, Stop> {
    if let Some(reason) = standing_refuses(part, reader, call.now()) {
        return Ok(reason);
    }
    let Some(ehr) = ehr else { return Ok(DecisionReason::UnknownRecord) };
    if let Some(reason) = access_refuses(call, part, reader, ehr)? {
        return Ok(reason);
    }
    let permitted =
        if part.request.grant.is_some() { DecisionReason::Granted } else { DecisionReason::Owner };
    Ok(request_refuses(part, ehr).unwrap_or(permitted))
}

fn standing_refuses(part: &ReadPart, reader: &PersonValue, now: Time) -> Option<DecisionReason> {
    let key = part.request.reader_key;
    if !reader.signing_keys.iter().any(|period| period.key == key && period.in_force(now)) {
        return Some(DecisionReason::KeyEnded);
    }
    if reader.suspended != 0 {
        return Some(DecisionReason::ReaderSuspended);
    }
    // Mandates come later: until then nobody acts for anybody.
    if part.request.on_behalf_of.is_some() {
        return Some(DecisionReason::NoMandate);
    }
    // Without a grant only owners read, and who is none has no grant: that says nothing about roles or records.
    let granted = part.request.grant.is_some();
    (granted && !roles_permit(&reader.roles, Verb::ReadGranted, now)).then_some(DecisionReason::Role)
}

fn access_refuses<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &ReadPart,
    reader: &PersonValue,
    ehr: &EhrValue,
) -> Result<Option<DecisionReason>, Stop> {
    let Some(id) = part.request.grant else {
        let own =
            ehr.patient == part.request.reader && roles_permit(&reader.roles, Verb::ReadOwn, call.now());
        return Ok((!own).then_some(DecisionReason::NoGrant));
    };
    let grant = read_value::<GrantValue>(call.state, &StateKey::grant(&id))?.filter(|grant| {
        grant.patient == ehr.patient && belongs_to(&grant.grantee, &part.request.reader, reader)
    });
    let Some(grant) = grant else { return Ok(Some(DecisionReason::NoGrant)) };
    let Some(line) = grant.lines.iter().find(|line| line.ehr_id == part.request.ehr_id) else {
        return Ok(Some(DecisionReason::NoGrant));
    };
    if line.revoked != 0 {
        return Ok(Some(DecisionReason::Revoked));
    }
    let patient = standing::person(call.state, &grant.patient)?;
    if patient.is_none_or(|patient| patient.suspended != 0) {
        return Ok(Some(DecisionReason::PatientSuspended));
    }
    Ok(window_or_purpose_refuses(call.now(), part, &grant))
}

fn window_or_purpose_refuses(now: Time, part: &ReadPart, grant: &GrantValue) -> Option<DecisionReason> {
    if now < grant.from {
        Some(DecisionReason::NotYetValid)
    } else if grant.until <= now {
        Some(DecisionReason::Expired)
    } else if part.request.purpose != grant.purpose {
        Some(DecisionReason::Purpose)
    } else {
        None
    }
}

fn request_refuses(part: &ReadPart, ehr: &EhrValue) -> Option<DecisionReason> {
    let ByteRange { start, end } = part.request.range;
    if ehr.purged != 0 {
        Some(DecisionReason::Purged)
    } else if part.address_matches == 0 {
        Some(DecisionReason::AddressMismatch)
    } else if start >= end || end > ehr.length {
        Some(DecisionReason::Range)
    } else {
        None
    }
}
