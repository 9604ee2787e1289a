//! State keys in words and text ids, for people who read what a proof shows.

use core::fmt;

use carechain_crypto::{AccessRequestId, DepartmentId, EhrId, GrantId, HospitalId, KeyId, PersonId};

use super::key::{StateKey, StateTag};

impl fmt::Display for StateKey {
    /// For example `access entry 2 of ehr_…`. The id of a counter is hexadecimal, since the key alone does not say
    /// whether it is a person's, a record's or a hospital's; so are ids that are digests.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tag, id, index } = *self;
        let person = PersonId::new(id);
        let digest = || KeyId::new(id).to_hex();
        match tag {
            StateTag::Person => write!(formatter, "{person}"),
            StateTag::Department => write!(formatter, "{}", DepartmentId::new(id)),
            StateTag::Hospital => write!(formatter, "{}", HospitalId::new(id)),
            StateTag::Member => write!(formatter, "member {index}"),
            StateTag::Parameter => write!(formatter, "parameter {index}"),
            StateTag::Ehr => write!(formatter, "{}", EhrId::new(id)),
            StateTag::EhrByPatient => write!(formatter, "record {index} of {person}"),
            StateTag::Request => write!(formatter, "{}", AccessRequestId::new(id)),
            StateTag::Grant => write!(formatter, "{}", GrantId::new(id)),
            StateTag::Access => write!(formatter, "access entry {index} of {}", EhrId::new(id)),
            StateTag::Attempt => write!(formatter, "attempt {index} of {person}"),
            StateTag::Counts => write!(formatter, "counter of id {}", digest()),
            StateTag::AttemptCounts => write!(formatter, "counter of the attempts of {person}"),
            StateTag::Refused => write!(formatter, "refused attempts under {}", digest()),
            StateTag::Tombstone => write!(formatter, "early revocation under {}", digest()),
            StateTag::Key => write!(formatter, "holder of key {}", digest()),
            StateTag::Organisation | StateTag::Mandate => write!(formatter, "{} {}", tag.as_str(), digest()),
        }
    }
}
