//! Values of the state, one struct per key.

use carechain_crypto::{
    AccessRequestId, Commitment, DepartmentId, EhrId, GrantId, HospitalId, PersonId, SigningPublicKey,
    TransactionId,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::access_entry::AccessEntry;
use crate::bounded::{BoundedBytes, BoundedString, BoundedVec};
use crate::checked_byte::checked_byte;
use crate::codec::{DecodeError, decode, encode};
use crate::keys::{SealingKeyPeriod, SigningKeyPeriod};
use crate::limits::{
    GOVERNANCE_KEYS_MAX, GRANT_LINES_MAX, KEY_PERIODS_MAX, NAME_BYTES_MAX, REGISTRAR_KEYS_MAX, ROLES_MAX,
    STATE_VALUE_BYTES_MAX,
};
use crate::numbers::{Epoch, Height};
use crate::party::Party;
use crate::public_part::{AccessKind, AccessPurpose, EhrKind, RoleTerm, Visibility};
use crate::time::Time;

/// Which transaction a value comes from.
///
/// A person, department, record, request or grant keeps the transaction that made it through every later change, since
/// that is the one whose body says its recipients, filters and parts. Counters, tombstones and aggregates name their
/// last writer.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Stamp {
    /// Version of the value's layout.
    pub version: u8,
    /// The transaction; zeros from genesis.
    pub transaction_id: TransactionId,
    /// Height of its block.
    pub height: Height,
}

impl Stamp {
    /// Version of all layouts here.
    pub const VERSION: u8 = 1;

    /// Written by genesis.
    pub const GENESIS: Self =
        Self { version: Self::VERSION, transaction_id: TransactionId::ZERO, height: Height::ZERO };

    /// Bytes of a stamp: version 1, transaction id 32, height 8.
    const BYTES: usize = 41;

    /// The stamp that the bytes of every value start with.
    #[must_use]
    pub fn of(value: &[u8]) -> Option<Self> {
        decode(value.get(..Self::BYTES)?, Self::BYTES).ok()
    }

    /// Written by a transaction of the block at `height`.
    #[must_use]
    pub const fn new(transaction_id: TransactionId, height: Height) -> Self {
        Self { version: Self::VERSION, transaction_id, height }
    }
}

/// A value of the state: its bytes are what the tree binds.
pub trait StateValue: Serialize + DeserializeOwned {
    /// Canonical bytes.
    fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// From canonical bytes.
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        decode(bytes, STATE_VALUE_BYTES_MAX)
    }
}

/// person(id)
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PersonValue {
    /// Who wrote it.
    pub stamp: Stamp,
    /// Organisation or hospital that enrolled.
    pub enroller: Party,
    /// Department, if any.
    pub department: Option<DepartmentId>,
    /// Roles, each with its end.
    pub roles: BoundedVec<RoleTerm, ROLES_MAX>,
    /// Signing keys, ended ones included.
    pub signing_keys: BoundedVec<SigningKeyPeriod, KEY_PERIODS_MAX>,
    /// Sealing keys, ended ones included.
    pub sealing_keys: BoundedVec<SealingKeyPeriod, KEY_PERIODS_MAX>,
    /// 1 from suspension on.
    pub suspended: u8,
}

/// department(id)
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DepartmentValue {
    /// Who wrote it.
    pub stamp: Stamp,
    /// Its hospital.
    pub hospital: HospitalId,
    /// Sealing keys, ended ones included.
    pub sealing_keys: BoundedVec<SealingKeyPeriod, KEY_PERIODS_MAX>,
}

/// A node key with the epoch it belongs to.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NodeKey {
    /// The epoch.
    pub epoch: Epoch,
    /// The key.
    pub key: SigningPublicKey,
}

/// hospital(id)
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct HospitalValue {
    /// Who wrote it.
    pub stamp: Stamp,
    /// Its name.
    pub name: BoundedString<NAME_BYTES_MAX>,
    /// Keys of its registrars.
    pub registrar_keys: BoundedVec<SigningPublicKey, REGISTRAR_KEYS_MAX>,
    /// How many governance keys must sign.
    pub governance_threshold: u8,
    /// Governance keys, ascending.
    pub governance_keys: BoundedVec<SigningPublicKey, GOVERNANCE_KEYS_MAX>,
    /// Node keys of the last two epochs, newest last.
    pub node_keys: BoundedVec<NodeKey, 2>,
    /// Its index among the members, if it is one.
    pub member_index: Option<u16>,
}

/// member(i)
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct MemberValue {
    /// Who wrote it.
    pub stamp: Stamp,
    /// The hospital.
    pub hospital: HospitalId,
}

/// parameter(n)
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ParameterValue {
    /// Who wrote it.
    pub stamp: Stamp,
    /// Its bytes, by number.
    pub bytes: BoundedBytes<64>,
}

/// ehr(id)
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EhrValue {
    /// Who wrote it.
    pub stamp: Stamp,
    /// Who published.
    pub author: Party,
    /// Whose record.
    pub patient: PersonId,
    /// Where from.
    pub hospital: HospitalId,
    /// Commitment to the address.
    pub commitment: Commitment,
    /// Length of the file, bytes.
    pub length: u64,
    /// Coarse class.
    pub kind: EhrKind,
    /// Who finds it.
    pub visibility: Visibility,
    /// The version it replaces.
    pub amends: Option<EhrId>,
    /// The version that replaces it.
    pub amended_by: Option<EhrId>,
    /// 1 once erased.
    pub purged: u8,
}

/// `ehr_by_patient(p, i)`
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EhrByPatientValue {
    /// Who wrote it.
    pub stamp: Stamp,
    /// The record.
    pub ehr_id: EhrId,
}

checked_byte! {
    /// Where an access request stands.
    RequestStatus {
        /// Not answered.
        Open = 1 "open",
        /// Answered by a grant.
        Granted = 2 "granted",
        /// Denied.
        Denied = 3 "denied",
    }
}

/// request(id)
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RequestValue {
    /// Who wrote it.
    pub stamp: Stamp,
    /// Whom is asked.
    pub patient: PersonId,
    /// Who would read.
    pub grantee: Party,
    /// What is asked for.
    pub access: AccessKind,
    /// Why.
    pub purpose: AccessPurpose,
    /// Where it stands.
    pub status: RequestStatus,
    /// The grant that answered.
    pub grant: Option<GrantId>,
    /// The patient's request before this one.
    pub previous: Option<AccessRequestId>,
}

/// One line of a grant in state.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GrantLineValue {
    /// The record.
    pub ehr_id: EhrId,
    /// Index of the detached part in the grant's transaction.
    pub part: u16,
    /// 1 once revoked.
    pub revoked: u8,
}

/// grant(id)
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GrantValue {
    /// Who wrote it.
    pub stamp: Stamp,
    /// Who grants.
    pub patient: PersonId,
    /// Who may read.
    pub grantee: Party,
    /// What is permitted.
    pub access: AccessKind,
    /// Why.
    pub purpose: AccessPurpose,
    /// From this block time on.
    pub from: Time,
    /// Before this block time.
    pub until: Time,
    /// The records.
    pub lines: BoundedVec<GrantLineValue, GRANT_LINES_MAX>,
    /// The patient's grant before this one.
    pub previous: Option<GrantId>,
}

/// access(ehr, i) and attempt(person, i)
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AccessValue {
    /// Who wrote it.
    pub stamp: Stamp,
    /// The entry.
    pub entry: AccessEntry,
}

/// Counters of a person's attempts on ids that do not exist: an auditor's, never the person's, to whom such an id must
/// look like one that is hidden.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct AttemptCounts {
    /// Entries under attempt(person, i).
    pub attempts: u64,
    /// Which hour since the Unix epoch.
    pub hour: u64,
    /// How many in that hour.
    pub count: u32,
    /// Index of that hour's aggregate, once there is one.
    pub aggregate_index: u64,
}

/// Counters of a person.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct PersonCounts {
    /// Records of the person.
    pub records: u64,
    /// Newest request to the person.
    pub newest_request: Option<AccessRequestId>,
    /// Newest grant of the person.
    pub newest_grant: Option<GrantId>,
}

/// Counters of a record.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct RecordCounts {
    /// Entries under access(ehr, i).
    pub access_entries: u64,
}

/// Counters of a hospital's gateway.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct HospitalCounts {
    /// Which hour since the Unix epoch.
    pub hour: u64,
    /// Wraps without an access entry in that hour.
    pub bad_wraps: u32,
}

/// counts(id) and `attempt_counts(person)`: absent = zeros.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(bound(deserialize = "C: DeserializeOwned"))]
pub struct CountsValue<C> {
    /// Who wrote it.
    pub stamp: Stamp,
    /// The counters.
    pub counts: C,
}

/// refused(reader, record)
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RefusedValue {
    /// Who wrote it.
    pub stamp: Stamp,
    /// Which hour since the Unix epoch.
    pub hour: u64,
    /// How many in that hour.
    pub count: u32,
    /// Index of that hour's aggregate, once there is one.
    pub aggregate_index: u64,
}

/// tombstone(grant, signer)
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TombstoneValue {
    /// Who wrote it.
    pub stamp: Stamp,
    /// From this block time on it reads as absent.
    pub until: Time,
}

/// key(id)
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct KeyHolderValue {
    /// Who wrote it.
    pub stamp: Stamp,
    /// The person or department that enrolled it, for ever.
    pub holder: Party,
}

macro_rules! state_values {
    ($($name:ty),*) => { $(impl StateValue for $name {})* };
}

state_values!(
    PersonValue,
    DepartmentValue,
    HospitalValue,
    MemberValue,
    ParameterValue,
    EhrValue,
    EhrByPatientValue,
    RequestValue,
    GrantValue,
    AccessValue,
    RefusedValue,
    TombstoneValue,
    KeyHolderValue
);

impl<C: Serialize + DeserializeOwned> StateValue for CountsValue<C> {}
