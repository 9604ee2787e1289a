//! `person`: a registrar enrols a person with roles and keys, or renews the roles of one it enrolled.

use std::collections::BTreeSet;

use carechain_crypto::{HospitalId, PersonId};
use carechain_types::limits::ROLE_LIFE_MAX;
use carechain_types::{
    BoundedVec, DepartmentValue, HospitalValue, POSSESSION_VERSION, PartKind, Party, PersonPart, PersonValue,
    Possession, Refusal, Role, RoleTerm, SignatureScheme, StateKey, Time, person_id,
};

use crate::actor::Actor;
use crate::admission::NewKeys;
use crate::call::Call;
use crate::effect::{Effect, Stop, require};
use crate::new_id::require_new;
use crate::permissions::Verb;
use crate::state_reader::{StateReader, read_value};

/// The sender is registrar of the enrolling hospital; roles end within a year; the department is the hospital's.
/// Registrars are made by a registrar's key of the hospital alone, never by other persons.
pub(crate) fn person<R: StateReader, S: SignatureScheme>(
    call: &Call<'_, R, S>,
    part: &PersonPart,
) -> Result<Effect, Stop> {
    let hospital_id = call.actor.require_registrar(Verb::EnrolPerson, call.now())?;
    require(part.enroller == Party::Hospital(hospital_id), Refusal::NotPermitted)?;
    check_roles(&call.actor, &part.roles, call.now())?;
    if let Some(id) = &part.department {
        let department = read_value::<DepartmentValue>(call.state, &StateKey::department(id))?;
        let own = department.is_some_and(|department| department.hospital == hospital_id);
        require(own, Refusal::NotFound)?;
    }
    match part.person {
        Some(person) => renew(call, part, person),
        None => enrol(call, part, hospital_id),
    }
}

/// The person is one that the hospital enrolled and did not suspend. Keys and what made the person stay; who is a patient
/// stays one, since records name them.
fn renew<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &PersonPart,
    person: PersonId,
) -> Result<Effect, Stop> {
    call.parts().finish()?;
    let no_keys = part.signing_keys.is_empty() && part.sealing_keys.is_empty() && part.possession.is_empty();
    require(no_keys, Refusal::Contradiction)?;
    let key = StateKey::person(&person);
    let mut value = read_value::<PersonValue>(call.state, &key)?.ok_or(Refusal::NotFound)?;
    require(value.enroller == part.enroller, Refusal::NotFound)?;
    require(value.suspended == 0, Refusal::Suspended)?;
    require(!is_patient(&value.roles) || is_patient(&part.roles), Refusal::Contradiction)?;
    value.department = part.department;
    value.roles = part.roles.clone();
    Ok(Effect::with_result(person.get().to_vec()).write(key, &value))
}

/// Each signing key shows possession; keys are sound and nobody else's.
fn enrol<R: StateReader, S: SignatureScheme>(
    call: &Call<'_, R, S>,
    part: &PersonPart,
    hospital_id: HospitalId,
) -> Result<Effect, Stop> {
    let hospital = read_value::<HospitalValue>(call.state, &StateKey::hospital(&hospital_id))?
        .ok_or(Refusal::NotFound)?;
    let mut parts = call.parts();
    if is_staff(&part.roles) {
        parts.take_optional(PartKind::Profile)?;
    }
    parts.finish()?;
    let keys = NewKeys { signing: &part.signing_keys, sealing: &part.sealing_keys };
    require(!keys.signing.is_empty(), Refusal::Contradiction)?;
    keys.check_sound()?;
    check_possession(call.scheme, part)?;
    keys.check_free(call.state, call.context, &hospital)?;
    let id = person_id(&call.transaction_id);
    require_new(call.state, id.get())?;
    let out_of_bounds = |_| Refusal::OutOfBounds;
    let value = PersonValue {
        stamp: call.stamp(),
        enroller: part.enroller,
        department: part.department,
        roles: part.roles.clone(),
        signing_keys: BoundedVec::new(keys.signing_periods(call.now())).map_err(out_of_bounds)?,
        sealing_keys: BoundedVec::new(keys.sealing_periods(call.now())).map_err(out_of_bounds)?,
        suspended: 0,
    };
    let effect = Effect::with_result(id.get().to_vec()).write(StateKey::person(&id), &value);
    Ok(keys.write_holder(effect, Party::Person(id), call.stamp()))
}

fn check_roles(actor: &Actor, roles: &[RoleTerm], now: Time) -> Result<(), Refusal> {
    let distinct: BTreeSet<_> = roles.iter().map(|term| term.role).collect();
    require(!roles.is_empty() && distinct.len() == roles.len(), Refusal::Contradiction)?;
    let latest = now.after(ROLE_LIFE_MAX);
    require(roles.iter().all(|term| now < term.until && term.until <= latest), Refusal::OutOfBounds)?;
    let by_hospital = matches!(actor, Actor::Hospital { .. });
    require(by_hospital || !distinct.contains(&Role::Registrar), Refusal::NotPermitted)
}

fn is_patient(roles: &[RoleTerm]) -> bool {
    roles.iter().any(|term| term.role == Role::Patient)
}

/// Profiles exist for staff only: a patient has no name on the ledger, not even a sealed one.
fn is_staff(roles: &[RoleTerm]) -> bool {
    roles.iter().all(|term| !matches!(term.role, Role::Patient | Role::Guardian))
}

fn check_possession(scheme: &impl SignatureScheme, part: &PersonPart) -> Result<(), Refusal> {
    let possession = Possession {
        version: POSSESSION_VERSION,
        signing_keys: part.signing_keys.clone(),
        sealing_keys: part.sealing_keys.clone(),
    };
    possession.check(scheme, &part.possession).map_err(|_| Refusal::NoPossession)
}
