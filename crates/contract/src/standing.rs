//! What persons, departments and the consortium's parameters are at a block: the lookups that several rules share.

use carechain_crypto::{KeyId, PersonId};
use carechain_types::{
    DepartmentValue, KeyUse, ParameterValue, Party, PersonValue, Refusal, Role, SealingKey, SealingKeyPeriod,
    StateKey, Time,
};

use crate::effect::Stop;
use crate::state_reader::{StateFailure, StateReader, read_value};

/// A person, if enrolled.
pub(crate) fn person(state: &impl StateReader, id: &PersonId) -> Result<Option<PersonValue>, StateFailure> {
    read_value(state, &StateKey::person(id))
}

/// A person who is a patient, of a term in force or lapsed, and not suspended. All others are `not_found`, so that a
/// doctor's id and an unknown one look the same.
pub(crate) fn patient(state: &impl StateReader, id: &PersonId) -> Result<PersonValue, Stop> {
    person(state, id)?
        .filter(|value| value.suspended == 0 && value.roles.iter().any(|term| term.role == Role::Patient))
        .ok_or(Stop::Refused(Refusal::NotFound))
}

/// The sealing key of a party by its id, in force now. Nothing is sealed to suspended persons; organisations and
/// hospitals have no sealing keys here.
pub(crate) fn sealing_key(
    state: &impl StateReader,
    party: &Party,
    key_id: &KeyId,
    now: Time,
) -> Result<SealingKey, Stop> {
    let periods = match party {
        Party::Person(id) => person(state, id)?
            .filter(|value| value.suspended == 0)
            .map(|value| value.sealing_keys.into_inner()),
        Party::Department(id) => read_value::<DepartmentValue>(state, &StateKey::department(id))?
            .map(|value| value.sealing_keys.into_inner()),
        Party::Organisation(_) | Party::Hospital(_) => None,
    };
    let in_force = |period: &SealingKeyPeriod| period.in_force(now) && period.key.id() == *key_id;
    periods
        .and_then(|periods| periods.into_iter().find(in_force))
        .map(|period| period.key)
        .ok_or(Stop::Refused(Refusal::KeyNotInForce))
}

/// Refuses a key that is for another use.
pub(crate) fn require_use(key: &SealingKey, key_use: KeyUse) -> Result<(), Refusal> {
    if key.key_use == key_use { Ok(()) } else { Err(Refusal::KeyNotInForce) }
}

/// A parameter as a little-endian number; `None` if it is not set or longer than a number.
pub(crate) fn parameter(state: &impl StateReader, number: u64) -> Result<Option<u64>, StateFailure> {
    let value = read_value::<ParameterValue>(state, &StateKey::parameter(number))?;
    Ok(value.and_then(|value| {
        let mut bytes = [0; 8];
        bytes.get_mut(..value.bytes.len())?.copy_from_slice(&value.bytes);
        Some(u64::from_le_bytes(bytes))
    }))
}
