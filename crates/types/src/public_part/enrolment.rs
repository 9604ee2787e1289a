//! Enrolment: departments, persons, their end.

use carechain_crypto::{DepartmentId, HospitalId, OrganisationId, PersonId, Signature, SigningPublicKey};
use serde::{Deserialize, Serialize};

use super::consent::ReasonCode;
use crate::bounded::BoundedVec;
use crate::checked_byte::checked_byte;
use crate::keys::SealingKey;
use crate::limits::{ROLES_MAX, SEALING_KEYS_MAX, SIGNING_KEYS_MAX};
use crate::party::Party;
use crate::time::Time;

checked_byte! {
    /// What a person may do, attested by the hospital that enrolled them.
    Role {
        /// Owns records; grants and revokes.
        Patient = 1 "patient",
        /// Publishes and requests.
        Doctor = 2 "doctor",
        /// Requests and reads under a grant.
        Nurse = 3 "nurse",
        /// Requests and reads under a grant.
        Pharmacist = 4 "pharmacist",
        /// Requests and reads under a grant, for analysis.
        Analyst = 5 "analyst",
        /// Requests and reads under a grant, for research.
        Researcher = 6 "researcher",
        /// Reads access entries.
        Auditor = 7 "auditor",
        /// Acts for a patient under a mandate.
        Guardian = 8 "guardian",
        /// Enrols and suspends persons of the hospital.
        Registrar = 9 "registrar",
        /// Handles erasure, holds and disclosure reports.
        PrivacyOfficer = 10 "privacy-officer",
        /// Runs the node.
        Operator = 11 "operator",
    }
}

/// A role with its end.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RoleTerm {
    /// The role.
    pub role: Role,
    /// In force before this block time, at most a year ahead.
    pub until: Time,
}

/// Who enrols: a hospital or an organisation it sponsors.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Enroller {
    /// A member hospital.
    Hospital(HospitalId),
    /// An organisation.
    Organisation(OrganisationId),
}

impl Enroller {
    /// As a party field.
    #[must_use]
    pub const fn party(self) -> Party {
        match self {
            Self::Hospital(id) => Party::Hospital(id),
            Self::Organisation(id) => Party::Organisation(id),
        }
    }

    /// From a party field; persons and departments enrol nobody.
    #[must_use]
    pub const fn from_party(party: Party) -> Option<Self> {
        match party {
            Party::Hospital(id) => Some(Self::Hospital(id)),
            Party::Organisation(id) => Some(Self::Organisation(id)),
            Party::Person(_) | Party::Department(_) => None,
        }
    }
}

/// Public part of `department`: sent by a registrar of the hospital.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DepartmentPart {
    /// The hospital.
    pub hospital: HospitalId,
    /// Keys that things for the department are sealed to.
    pub sealing_keys: BoundedVec<SealingKey, SEALING_KEYS_MAX>,
}

/// Public part of `person`: sent by a registrar.
///
/// For a person who is there already it renews: department and roles are replaced, keys stay as they are and none come.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PersonPart {
    /// Whose roles are renewed; none = a new person is enrolled.
    pub person: Option<PersonId>,
    /// Organisation or hospital that enrols.
    pub enroller: Party,
    /// Department, if the person belongs to one.
    pub department: Option<DepartmentId>,
    /// Roles, each with its end.
    pub roles: BoundedVec<RoleTerm, ROLES_MAX>,
    /// Keys the person signs with.
    pub signing_keys: BoundedVec<SigningPublicKey, SIGNING_KEYS_MAX>,
    /// Keys that things for the person are sealed to.
    pub sealing_keys: BoundedVec<SealingKey, SEALING_KEYS_MAX>,
    /// One possession signature per signing key, in order.
    pub possession: BoundedVec<Signature, SIGNING_KEYS_MAX>,
}

/// Public part of `suspend`: sent by a registrar of the enrolling hospital.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SuspendPart {
    /// Whose standing ends.
    pub person: PersonId,
    /// Why.
    pub code: ReasonCode,
}
