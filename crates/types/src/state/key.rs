//! Logical keys of the state and their hashes.

use carechain_crypto::{
    AccessRequestId, Context, DepartmentId, Digest, EhrId, GrantId, HospitalId, KeyId, PersonId, derive_id,
    hash,
};
use serde::{Deserialize, Serialize};

use crate::checked_byte::checked_byte;
use crate::codec::encode;
use crate::party::Party;

checked_byte! {
    /// Kind of a state entry; part of its key.
    StateTag {
        /// A person.
        Person = 1 "person",
        /// A department.
        Department = 2 "department",
        /// An organisation; comes later.
        Organisation = 3 "organisation",
        /// A hospital.
        Hospital = 4 "hospital",
        /// A member by index.
        Member = 5 "member",
        /// A parameter by number.
        Parameter = 6 "parameter",
        /// An EHR abstract.
        Ehr = 7 "ehr",
        /// A patient's i-th record.
        EhrByPatient = 8 "ehr_by_patient",
        /// An access request.
        Request = 9 "request",
        /// A grant.
        Grant = 10 "grant",
        /// A record's i-th access entry.
        Access = 11 "access",
        /// A person's i-th attempt on ids that do not exist.
        Attempt = 12 "attempt",
        /// Counters of a person, record or hospital.
        Counts = 13 "counts",
        /// Refused attempts of one reader on one record.
        Refused = 14 "refused",
        /// A grant revoked before it arrived.
        Tombstone = 15 "tombstone",
        /// A mandate; comes later.
        Mandate = 16 "mandate",
        /// Who enrolled a public key, so that no two parties share one.
        Key = 17 "key",
        /// Counters of a person's attempts on ids that do not exist: apart from `counts`, which that person may see.
        AttemptCounts = 18 "attempt_counts",
    }
}

/// A logical state key.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct StateKey {
    /// Kind of the entry.
    pub tag: StateTag,
    /// Subject; zeros if none.
    pub id: [u8; 20],
    /// Index; 0 if none.
    pub index: u64,
}

#[derive(Serialize)]
struct RefusedInput {
    reader: PersonId,
    ehr_id: EhrId,
}

#[derive(Serialize)]
struct TombstoneInput {
    grant: GrantId,
    signer: Party,
}

impl StateKey {
    const fn of(tag: StateTag, id: [u8; 20], index: u64) -> Self {
        Self { tag, id, index }
    }

    /// Where it stands in the tree.
    #[must_use]
    pub fn hash(&self) -> Digest {
        hash(&encode(self))
    }

    /// person(id)
    #[must_use]
    pub const fn person(id: &PersonId) -> Self {
        Self::of(StateTag::Person, *id.get(), 0)
    }

    /// department(id)
    #[must_use]
    pub const fn department(id: &DepartmentId) -> Self {
        Self::of(StateTag::Department, *id.get(), 0)
    }

    /// hospital(id)
    #[must_use]
    pub const fn hospital(id: &HospitalId) -> Self {
        Self::of(StateTag::Hospital, *id.get(), 0)
    }

    /// member(i)
    #[must_use]
    pub const fn member(index: u64) -> Self {
        Self::of(StateTag::Member, [0; 20], index)
    }

    /// parameter(n)
    #[must_use]
    pub const fn parameter(number: u64) -> Self {
        Self::of(StateTag::Parameter, [0; 20], number)
    }

    /// ehr(id)
    #[must_use]
    pub const fn ehr(id: &EhrId) -> Self {
        Self::of(StateTag::Ehr, *id.get(), 0)
    }

    /// `ehr_by_patient(patient, i)`
    #[must_use]
    pub const fn ehr_by_patient(patient: &PersonId, index: u64) -> Self {
        Self::of(StateTag::EhrByPatient, *patient.get(), index)
    }

    /// request(id)
    #[must_use]
    pub const fn request(id: &AccessRequestId) -> Self {
        Self::of(StateTag::Request, *id.get(), 0)
    }

    /// grant(id)
    #[must_use]
    pub const fn grant(id: &GrantId) -> Self {
        Self::of(StateTag::Grant, *id.get(), 0)
    }

    /// access(ehr, i)
    #[must_use]
    pub const fn access(ehr_id: &EhrId, index: u64) -> Self {
        Self::of(StateTag::Access, *ehr_id.get(), index)
    }

    /// attempt(person, i)
    #[must_use]
    pub const fn attempt(person: &PersonId, index: u64) -> Self {
        Self::of(StateTag::Attempt, *person.get(), index)
    }

    /// `attempt_counts(person)`
    #[must_use]
    pub const fn attempt_counts(person: &PersonId) -> Self {
        Self::of(StateTag::AttemptCounts, *person.get(), 0)
    }

    /// counts(id) of a person, record or hospital
    #[must_use]
    pub const fn counts(id: &[u8; 20]) -> Self {
        Self::of(StateTag::Counts, *id, 0)
    }

    /// refused(20 bytes of KDF("refused", {reader, EHR id}))
    #[must_use]
    pub fn refused(reader: &PersonId, ehr_id: &EhrId) -> Self {
        let input = RefusedInput { reader: *reader, ehr_id: *ehr_id };
        Self::of(StateTag::Refused, derive_id(Context::Refused, &encode(&input)), 0)
    }

    /// tombstone(20 bytes of KDF("tombstone", {grant id, signer}))
    #[must_use]
    pub fn tombstone(grant: &GrantId, signer: &Party) -> Self {
        let input = TombstoneInput { grant: *grant, signer: *signer };
        Self::of(StateTag::Tombstone, derive_id(Context::Tombstone, &encode(&input)), 0)
    }

    /// key(key id)
    #[must_use]
    pub const fn key(id: &KeyId) -> Self {
        Self::of(StateTag::Key, *id.get(), 0)
    }
}
