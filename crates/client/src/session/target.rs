//! Whom things are sealed to: a key in force, read from the state with proof, its id recomputed.

use carechain_crypto::{KeyId, SealingPublicKey};
use carechain_types::{
    DepartmentValue, KeyUse, Party, PersonValue, SealingKeyPeriod, StateKey, VerifiedProof,
};

use super::{Session, value};
use crate::error::OperationError;

/// A recipient and the key of theirs that is in force.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) party: Party,
    pub(crate) key: SealingPublicKey,
    pub(crate) key_id: KeyId,
}

impl Session {
    /// The recipient's key in force in a proven state.
    pub(crate) fn target(
        &self,
        proof: &VerifiedProof,
        party: Party,
        key_use: KeyUse,
    ) -> Result<Target, OperationError> {
        let nobody = || OperationError::NoSealingKey { who: party.to_string() };
        let key = Self::target_key(party)?;
        let periods = match party {
            Party::Person(_) => {
                let person: PersonValue = value(proof, &key)?;
                if person.suspended != 0 {
                    return Err(nobody());
                }
                person.sealing_keys.into_inner()
            }
            _ => value::<DepartmentValue>(proof, &key)?.sealing_keys.into_inner(),
        };
        newest(&periods, proof, key_use).map(|(key, key_id)| Target { party, key, key_id }).ok_or_else(nobody)
    }

    /// Where a recipient's keys stand in the state.
    pub(crate) fn target_key(party: Party) -> Result<StateKey, OperationError> {
        match party {
            Party::Person(id) => Ok(StateKey::person(&id)),
            Party::Department(id) => Ok(StateKey::department(&id)),
            Party::Organisation(_) | Party::Hospital(_) => {
                Err(OperationError::Argument { problem: "things are sealed to persons and departments" })
            }
        }
    }
}

/// The newest key in force: one enrolled later replaces one that still runs.
fn newest(
    periods: &[SealingKeyPeriod],
    proof: &VerifiedProof,
    key_use: KeyUse,
) -> Option<(SealingPublicKey, KeyId)> {
    periods
        .iter()
        .rev()
        .filter(|period| period.key.key_use == key_use && period.in_force(proof.header.time))
        .find_map(|period| Some((period.key.as_x25519()?, period.key.id())))
}
