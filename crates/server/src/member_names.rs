//! Names of the members' hospitals: a log line that counts members from 0 is read as another hospital's.

use std::sync::Arc;

use carechain_types::{Genesis, Membership, ReplicaId};

/// By replica. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct MemberNames(Arc<[String]>);

impl MemberNames {
    /// Of these members, as the genesis file names their hospitals.
    #[must_use]
    pub(super) fn of(genesis: &Genesis, membership: &Membership) -> Self {
        let name = |hospital| {
            let found = genesis.hospitals.iter().find(|of| of.id == hospital);
            found.map_or_else(|| hospital.to_string(), |of| of.name.as_str().to_owned())
        };
        Self(membership.members.iter().map(|member| name(member.hospital)).collect())
    }

    /// Of one member.
    #[must_use]
    pub(super) fn name(&self, member: ReplicaId) -> &str {
        self.0.get(usize::from(member.get())).map_or("an unknown member", String::as_str)
    }
}
