//! Keys before they are enrolled: sound, distinct, and nobody else's.
//!
//! No two parties share a key: each enrolled key, ended ones included, leaves `key(key id)` with its holder, and a second
//! enrolment of it is refused. Node keys of the members and the enrolling hospital's registrar keys stand elsewhere in
//! state and are compared directly. A possession proof names nobody, so a member can enrol keys it saw on their way to
//! another hospital's registrar: visible on the ledger, useless without the private half, and answered by new keys.

use std::collections::BTreeSet;

use carechain_crypto::{KeyId, SigningPublicKey, check_sealing_key, check_signing_key};
use carechain_types::{
    HospitalValue, KeyHolderValue, KeyUse, Membership, Party, Refusal, SealingKey, SealingKeyPeriod,
    SigningKeyPeriod, Stamp, StateKey, Time,
};

use crate::block_context::BlockContext;
use crate::effect::{Effect, Stop, require};
use crate::state_reader::{StateReader, read_value};

/// Keys to enrol for one holder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewKeys<'a> {
    /// Keys it signs with.
    pub(crate) signing: &'a [SigningPublicKey],
    /// Keys that things are sealed to.
    pub(crate) sealing: &'a [SealingKey],
}

impl NewKeys<'_> {
    /// Refuses weak or malformed keys, a key twice, and a missing everyday sealing key.
    pub(crate) fn check_sound(&self) -> Result<(), Refusal> {
        for key in self.signing {
            check_signing_key(key).map_err(|_| Refusal::BadKey)?;
        }
        for key in self.sealing {
            let key = key.as_x25519().ok_or(Refusal::BadKey)?;
            check_sealing_key(&key).map_err(|_| Refusal::BadKey)?;
        }
        let ids = self.ids();
        require(ids.iter().collect::<BTreeSet<_>>().len() == ids.len(), Refusal::Contradiction)?;
        let everyday = self.sealing.iter().any(|key| key.key_use == KeyUse::Ordinary);
        require(everyday, Refusal::Contradiction)
    }

    /// Refuses a key that somebody enrolled before, a member's node keys, a registrar's key or the index key.
    pub(crate) fn check_free(
        &self,
        state: &impl StateReader,
        context: &BlockContext<'_>,
        hospital: &HospitalValue,
    ) -> Result<(), Stop> {
        for id in self.ids() {
            let holder = read_value::<KeyHolderValue>(state, &StateKey::key(&id))?;
            require(holder.is_none(), Refusal::KeyTaken)?;
        }
        for key in self.signing {
            let node = context.membership.replica_of_key(key).is_some();
            require(!node && !hospital.registrar_keys.contains(key), Refusal::KeyTaken)?;
        }
        // What is sealed to people no node opens: a sealing key needs no proof of possession, so it could be a node's.
        let Membership { index_key, members, .. } = context.membership;
        let of_nodes = |key: &SealingKey| {
            key.bytes == index_key.bytes || members.iter().any(|member| member.sealing_key.bytes == key.bytes)
        };
        Ok(require(!self.sealing.iter().any(of_nodes), Refusal::KeyTaken)?)
    }

    /// Writes down who holds each key.
    pub(crate) fn write_holder(&self, effect: Effect, holder: Party, stamp: Stamp) -> Effect {
        let value = KeyHolderValue { stamp, holder };
        self.ids().iter().fold(effect, |effect, id| effect.write(StateKey::key(id), &value))
    }

    /// The signing keys, in force from now on.
    pub(crate) fn signing_periods(&self, now: Time) -> Vec<SigningKeyPeriod> {
        let period = |key: &SigningPublicKey| SigningKeyPeriod { key: *key, from: now, until: Time::ZERO };
        self.signing.iter().map(period).collect()
    }

    /// The sealing keys, in force from now on.
    pub(crate) fn sealing_periods(&self, now: Time) -> Vec<SealingKeyPeriod> {
        let period = |key: &SealingKey| SealingKeyPeriod { key: key.clone(), from: now, until: Time::ZERO };
        self.sealing.iter().map(period).collect()
    }

    fn ids(&self) -> Vec<KeyId> {
        let signing = self.signing.iter().map(SigningPublicKey::key_id);
        signing.chain(self.sealing.iter().map(SealingKey::id)).collect()
    }
}
