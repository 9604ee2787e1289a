//! What a registrar does: departments, persons, their roles, the end of their standing.

use carechain_crypto::{DepartmentId, PersonId};
use carechain_types::{
    BoundedVec, DepartmentPart, Party, PersonPart, PersonValue, PublicPart, ReasonCode, Role, RoleTerm,
    SealingKey, StateKey, SuspendPart, Time, department_id, person_id,
};

use crate::error::OperationError;
use crate::keystore::Enrolment;
use crate::session::{Committed, Draft, Session, value};

/// Whose roles to renew.
#[derive(Clone, Debug)]
pub struct RenewalPlan {
    /// A person of the node's hospital.
    pub person: PersonId,
    /// Roles; empty = those the person has.
    pub roles: Vec<Role>,
    /// When all of them end, at most a year ahead.
    pub until: Time,
    /// Department; none = the one the person belongs to, if any.
    pub department: Option<DepartmentId>,
}

/// Whom to enrol.
#[derive(Clone, Debug)]
pub struct EnrolmentPlan {
    /// Keys and possession, from the `.enrol` file.
    pub enrolment: Enrolment,
    /// Roles.
    pub roles: Vec<Role>,
    /// When all of them end, at most a year ahead.
    pub until: Time,
    /// Department, if the person belongs to one.
    pub department: Option<DepartmentId>,
}

impl Session {
    /// Enrols a department of the node's hospital with the keys that things for it are sealed to.
    pub fn register_department(
        &self,
        sealing_keys: Vec<SealingKey>,
    ) -> Result<(DepartmentId, Committed), OperationError> {
        let part = DepartmentPart { hospital: self.gateway(), sealing_keys: BoundedVec::new(sealing_keys)? };
        let committed = self.submit(Draft { part: PublicPart::Department(part), parts: Vec::new() })?;
        Ok((department_id(&committed.id), committed))
    }

    /// Enrols a person at the node's hospital.
    pub fn register_person(&self, plan: EnrolmentPlan) -> Result<(PersonId, Committed), OperationError> {
        let EnrolmentPlan { enrolment, roles, until, department } = plan;
        let terms = roles.into_iter().map(|role| RoleTerm { role, until }).collect();
        let part = PersonPart {
            person: None,
            enroller: Party::Hospital(self.gateway()),
            department,
            roles: BoundedVec::new(terms)?,
            signing_keys: enrolment.possession.signing_keys,
            sealing_keys: enrolment.possession.sealing_keys,
            possession: BoundedVec::new(enrolment.signatures)?,
        };
        let committed = self.submit(Draft { part: PublicPart::Person(part), parts: Vec::new() })?;
        Ok((person_id(&committed.id), committed))
    }

    /// Renews a person's roles; keys stay as they are.
    pub fn renew_person(&self, plan: RenewalPlan) -> Result<Committed, OperationError> {
        let RenewalPlan { person, roles, until, department } = plan;
        let value = self.show_person(person)?;
        let roles = if roles.is_empty() { value.roles.iter().map(|term| term.role).collect() } else { roles };
        let terms = roles.into_iter().map(|role| RoleTerm { role, until }).collect();
        let part = PersonPart {
            person: Some(person),
            enroller: Party::Hospital(self.gateway()),
            department: department.or(value.department),
            roles: BoundedVec::new(terms)?,
            signing_keys: BoundedVec::empty(),
            sealing_keys: BoundedVec::empty(),
            possession: BoundedVec::empty(),
        };
        self.submit(Draft { part: PublicPart::Person(part), parts: Vec::new() })
    }

    /// Ends a person's standing, and in the same block every grant to them.
    pub fn suspend(&self, person: PersonId, code: ReasonCode) -> Result<Committed, OperationError> {
        let part = PublicPart::Suspend(SuspendPart { person, code });
        self.submit(Draft { part, parts: Vec::new() })
    }

    /// What the ledger says of a person.
    pub fn show_person(&self, person: PersonId) -> Result<PersonValue, OperationError> {
        let key = StateKey::person(&person);
        value(&self.prove(&[key])?, &key)
    }
}
