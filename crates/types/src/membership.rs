//! The members of one epoch.

use carechain_crypto::{Digest, HospitalId, SigningPublicKey, hash};
use serde::{Deserialize, Serialize};

use crate::bounded::{BoundedString, NonEmptyVec};
use crate::codec::encode;
use crate::keys::SealingKey;
use crate::limits::{ENDPOINT_BYTES_MAX, REPLICAS_MAX};
use crate::numbers::{Epoch, ReplicaId, View};
use crate::quorum::Quorum;

/// Where a node listens: host and port, for votes and for bulk traffic.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Endpoints {
    /// `host:port` of the votes swarm.
    pub votes: BoundedString<ENDPOINT_BYTES_MAX>,
    /// `host:port` of the bulk swarm.
    pub bulk: BoundedString<ENDPOINT_BYTES_MAX>,
}

/// One voting node.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Member {
    /// Its hospital.
    pub hospital: HospitalId,
    /// Share of files it holds.
    pub weight: u32,
    /// Ed25519 key it signs votes and receipts with.
    pub node_key: SigningPublicKey,
    /// Key that its index-key share is sealed to.
    pub sealing_key: SealingKey,
    /// Where it listens.
    pub endpoints: Endpoints,
}

/// The members of one epoch, in the order that names primaries.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Membership {
    /// Which epoch.
    pub epoch: Epoch,
    /// Version of the ledger rules it runs.
    pub protocol: u16,
    /// Key that index entries are sealed to.
    pub index_key: SealingKey,
    /// The members; never none.
    pub members: NonEmptyVec<Member, REPLICAS_MAX>,
}

impl Membership {
    /// Its digest, which the last header of the epoch before carries.
    #[must_use]
    pub fn digest(&self) -> Digest {
        hash(&encode(self))
    }

    /// The quorum arithmetic for its size.
    #[must_use]
    pub fn quorum(&self) -> Quorum {
        Quorum::new(self.members.len()).expect("a membership is never without members")
    }

    /// `members[view mod n]`, nothing else.
    #[must_use]
    pub fn primary(&self, view: View) -> ReplicaId {
        let index = view.get() % self.members.len() as u64;
        ReplicaId::new(u16::try_from(index).expect("below the greatest number of replicas"))
    }

    /// A member by its index.
    #[must_use]
    pub fn member(&self, replica: ReplicaId) -> Option<&Member> {
        self.members.get(usize::from(replica.get()))
    }

    /// The index of a node key.
    #[must_use]
    pub fn replica_of_key(&self, key: &SigningPublicKey) -> Option<ReplicaId> {
        let index = self.members.iter().position(|member| member.node_key == *key)?;
        Some(ReplicaId::new(u16::try_from(index).expect("below the greatest number of replicas")))
    }

    /// The member of a hospital.
    #[must_use]
    pub fn member_of_hospital(&self, hospital: &HospitalId) -> Option<&Member> {
        self.members.iter().find(|member| member.hospital == *hospital)
    }

    /// All indices, ascending.
    pub fn replicas(&self) -> impl Iterator<Item = ReplicaId> + use<> {
        let count = u16::try_from(self.members.len()).expect("below the greatest number of replicas");
        (0..count).map(ReplicaId::new)
    }
}
