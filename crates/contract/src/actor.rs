//! Who sends a transaction: the sender's entry in state, found by the key that signed.

use carechain_crypto::{HospitalId, PersonId, SigningPublicKey};
use carechain_types::{HospitalValue, Party, PersonValue, Refusal, StateKey, Time};

use crate::effect::require;
use crate::permissions::{Capacity, Verb, permits, roles_permit};
use crate::state_reader::{StateFailure, StateReader, read_value};

/// A sender whose key is enrolled and in force.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Actor {
    /// A person.
    Person {
        /// Who.
        id: PersonId,
        /// Their entry.
        value: Box<PersonValue>,
    },
    /// A hospital.
    Hospital {
        /// Which.
        id: HospitalId,
        /// What its key is for.
        capacity: Capacity,
    },
}

impl Actor {
    /// Whether the key is one of the sender's, in force at a block time; departments and organisations sign nothing.
    pub(crate) fn enrolled(
        state: &impl StateReader,
        sender: &Party,
        key: &SigningPublicKey,
        now: Time,
    ) -> Result<Option<Self>, StateFailure> {
        match *sender {
            Party::Person(id) => {
                let value = read_value::<PersonValue>(state, &StateKey::person(&id))?;
                Ok(value
                    .filter(|value| has_key_in_force(value, key, now))
                    .map(|value| Self::Person { id, value: Box::new(value) }))
            }
            Party::Hospital(id) => {
                let value = read_value::<HospitalValue>(state, &StateKey::hospital(&id))?;
                Ok(value
                    .and_then(|value| capacity_of(&value, key))
                    .map(|capacity| Self::Hospital { id, capacity }))
            }
            Party::Department(_) | Party::Organisation(_) => Ok(None),
        }
    }

    /// Refuses a suspended sender, and one whose roles or key do not permit the verb.
    pub(crate) fn require(&self, verb: Verb, now: Time) -> Result<(), Refusal> {
        match self {
            Self::Person { value, .. } => {
                require(value.suspended == 0, Refusal::Suspended)?;
                require(roles_permit(&value.roles, verb, now), Refusal::NotPermitted)
            }
            Self::Hospital { capacity, .. } => require(permits(*capacity, verb), Refusal::NotPermitted),
        }
    }

    /// Refuses all but the persons the table permits.
    pub(crate) fn require_person(&self, verb: Verb, now: Time) -> Result<(PersonId, &PersonValue), Refusal> {
        self.require(verb, now)?;
        match self {
            Self::Person { id, value } => Ok((*id, value)),
            Self::Hospital { .. } => Err(Refusal::NotPermitted),
        }
    }

    /// Whether the sender is the grantee, or belongs to the department that is.
    pub(crate) fn stands_for(&self, grantee: &Party) -> bool {
        match self {
            Self::Person { id, value } => belongs_to(grantee, id, value),
            Self::Hospital { .. } => false,
        }
    }

    /// The hospital for which the sender acts as registrar; refuses all who are none.
    pub(crate) fn require_registrar(&self, verb: Verb, now: Time) -> Result<HospitalId, Refusal> {
        self.require(verb, now)?;
        match self {
            Self::Person { value, .. } => value.enroller.hospital().ok_or(Refusal::NotPermitted),
            Self::Hospital { id, .. } => Ok(*id),
        }
    }
}

/// Whether a party field means this person: by name, or as the department they belong to at this block.
pub(crate) fn belongs_to(party: &Party, id: &PersonId, value: &PersonValue) -> bool {
    match party {
        Party::Person(named) => named == id,
        Party::Department(department) => value.department == Some(*department),
        Party::Organisation(_) | Party::Hospital(_) => false,
    }
}

fn has_key_in_force(person: &PersonValue, key: &SigningPublicKey, now: Time) -> bool {
    person.signing_keys.iter().any(|period| period.key == *key && period.in_force(now))
}

/// What a hospital's key is for; a node key of the epoch before is no longer a sender.
fn capacity_of(hospital: &HospitalValue, key: &SigningPublicKey) -> Option<Capacity> {
    if hospital.node_keys.last().is_some_and(|node| node.key == *key) {
        return Some(Capacity::NodeKey);
    }
    hospital.registrar_keys.contains(key).then_some(Capacity::RegistrarKey)
}
