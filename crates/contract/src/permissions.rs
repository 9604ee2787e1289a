//! The one table of who may do what: role or key of a hospital × verb.

use carechain_types::{Role, RoleTerm, Time};

/// What can be done.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Verb {
    /// Enrol a department.
    EnrolDepartment,
    /// Enrol a person.
    EnrolPerson,
    /// Suspend a person.
    Suspend,
    /// Publish a record of a patient of one's hospital.
    Publish,
    /// Publish a record of one's own.
    PublishOwn,
    /// Ask a patient for access.
    Request,
    /// Permit access to one's records.
    Grant,
    /// Deny a request to oneself.
    Deny,
    /// End a grant of one's own.
    Revoke,
    /// Wrap a reader's signed request.
    WrapRead,
    /// Read under a grant.
    ReadGranted,
    /// Read one's own records.
    ReadOwn,
    /// Search abstracts.
    Search,
    /// Search the abstracts of one's own records.
    SearchOwn,
    /// See access entries of others.
    Audit,
}

impl Verb {
    /// All verbs.
    pub const ALL: [Self; 15] = [
        Self::EnrolDepartment,
        Self::EnrolPerson,
        Self::Suspend,
        Self::Publish,
        Self::PublishOwn,
        Self::Request,
        Self::Grant,
        Self::Deny,
        Self::Revoke,
        Self::WrapRead,
        Self::ReadGranted,
        Self::ReadOwn,
        Self::Search,
        Self::SearchOwn,
        Self::Audit,
    ];

    /// Whether a role that has lapsed still suffices: for what only takes access away, so that nobody is stuck with a
    /// permission they want to end, and for seeing one's own records, which stay one's own.
    const fn outlives_role(self) -> bool {
        matches!(self, Self::Deny | Self::Revoke | Self::ReadOwn | Self::SearchOwn)
    }
}

/// In what capacity somebody acts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Capacity {
    /// A person in a role.
    Role(Role),
    /// A hospital by one of its registrars' keys.
    RegistrarKey,
    /// A hospital by its node's key.
    NodeKey,
}

/// Whether the capacity may do it. The table itself.
#[must_use]
pub const fn permits(capacity: Capacity, verb: Verb) -> bool {
    use Verb::{
        Audit, Deny, EnrolDepartment, EnrolPerson, Grant, Publish, PublishOwn, ReadGranted, ReadOwn, Request,
        Revoke, Search, SearchOwn, Suspend, WrapRead,
    };
    match capacity {
        Capacity::Role(Role::Patient) => {
            matches!(verb, PublishOwn | Grant | Deny | Revoke | ReadOwn | SearchOwn)
        }
        Capacity::Role(Role::Doctor) => matches!(verb, Publish | Request | ReadGranted | Search),
        Capacity::Role(Role::Nurse | Role::Pharmacist | Role::Analyst | Role::Researcher) => {
            matches!(verb, Request | ReadGranted | Search)
        }
        Capacity::Role(Role::Auditor | Role::PrivacyOfficer) => matches!(verb, Audit),
        // A guardian acts under a mandate, in the patient's capacity; an operator runs the node and touches no record.
        Capacity::Role(Role::Guardian | Role::Operator) => false,
        Capacity::Role(Role::Registrar) | Capacity::RegistrarKey => {
            matches!(verb, EnrolDepartment | EnrolPerson | Suspend)
        }
        Capacity::NodeKey => matches!(verb, WrapRead),
    }
}

/// Whether one of a person's roles permits it at a block time.
#[must_use]
pub fn roles_permit(roles: &[RoleTerm], verb: Verb, now: Time) -> bool {
    roles
        .iter()
        .any(|term| permits(Capacity::Role(term.role), verb) && (now < term.until || verb.outlives_role()))
}
