//! Who stands in a field: a person, department, organisation or hospital.

use carechain_crypto::{DepartmentId, HospitalId, OrganisationId, PersonId};
use core::fmt;
use serde::{Deserialize, Serialize};

/// Sender, author, grantee, recipient or signer: 21 bytes, {kind u8, id}.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Party {
    /// A person with keys of their own.
    Person(PersonId),
    /// A department: its keys are shared by its members.
    Department(DepartmentId),
    /// An organisation without a vote.
    Organisation(OrganisationId),
    /// A hospital: also the sender of its node's and registrars' keys.
    Hospital(HospitalId),
}

impl Party {
    /// Length of the encoding in bytes.
    pub const LENGTH: usize = 21;

    /// The kind byte of the encoding.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Self::Person(_) => 1,
            Self::Department(_) => 2,
            Self::Organisation(_) => 3,
            Self::Hospital(_) => 4,
        }
    }

    /// The bare id.
    #[must_use]
    pub const fn id(&self) -> &[u8; 20] {
        match self {
            Self::Person(id) => id.get(),
            Self::Department(id) => id.get(),
            Self::Organisation(id) => id.get(),
            Self::Hospital(id) => id.get(),
        }
    }

    /// The encoding: kind and id.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[0] = self.kind();
        bytes[1..].copy_from_slice(self.id());
        bytes
    }

    /// The person, if it is one.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(id) => Some(*id),
            _ => None,
        }
    }

    /// The hospital, if it is one.
    #[must_use]
    pub const fn hospital(&self) -> Option<HospitalId> {
        match self {
            Self::Hospital(id) => Some(*id),
            _ => None,
        }
    }

    const fn from_parts(kind: u8, id: [u8; 20]) -> Option<Self> {
        match kind {
            1 => Some(Self::Person(PersonId::new(id))),
            2 => Some(Self::Department(DepartmentId::new(id))),
            3 => Some(Self::Organisation(OrganisationId::new(id))),
            4 => Some(Self::Hospital(HospitalId::new(id))),
            _ => None,
        }
    }

    /// Parses the text form of whichever kind it is (`per_`, `dep_`, `org_`, `hos_`).
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let prefix = text.split('_').next()?;
        match prefix {
            PersonId::PREFIX => text.parse().ok().map(Self::Person),
            DepartmentId::PREFIX => text.parse().ok().map(Self::Department),
            OrganisationId::PREFIX => text.parse().ok().map(Self::Organisation),
            HospitalId::PREFIX => text.parse().ok().map(Self::Hospital),
            _ => None,
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => id.fmt(formatter),
            Self::Department(id) => id.fmt(formatter),
            Self::Organisation(id) => id.fmt(formatter),
            Self::Hospital(id) => id.fmt(formatter),
        }
    }
}

impl Serialize for Party {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.kind(), *self.id()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Party {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (kind, id) = <(u8, [u8; 20])>::deserialize(deserializer)?;
        Self::from_parts(kind, id)
            .ok_or_else(|| serde::de::Error::custom(format_args!("{kind} is no kind of party")))
    }
}
