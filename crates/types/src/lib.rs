//! Signed bodies, the canonical codec, quorum arithmetic, blocks, certificates and proofs.
//!
//! Everything that is signed, hashed or stored is declared here, in the byte order of `docs/formats.md`.
//!
//! Invariants
//! - `codec` is the only file that names bincode.
//! - One signing purpose per body ([`SignedBody`]); only this crate calls the raw signing of `crypto`.
//! - A [`Verified`] value comes from a [`Verifier`] or from signing it oneself.

mod access_entry;
mod agent;
mod block;
mod bounded;
mod certificate;
mod checked_byte;
mod codec;
mod exchange;
mod genesis;
mod host_port;
mod ids;
mod keys;
pub mod limits;
mod membership;
mod message;
mod moment;
mod numbers;
mod organisation_name;
mod party;
mod possession;
mod proof;
mod public_part;
mod query;
mod quorum;
mod read_request;
mod receipt;
mod refusal;
mod remembered;
mod sealed_content;
mod search;
mod signed;
mod state;
pub mod state_proof;
mod time;
mod transaction;
mod transaction_leaf;
pub mod tree;
mod upload;
mod verified;

pub use access_entry::{AccessEntry, Decision, DecisionReason, EntryId, EntryShape, ReadResult};
pub use agent::{AgentError, AgentKeys, KeyAgent, PersonBody};
pub use block::{Block, Header, Outcome, PROTOCOL_VERSION};
pub use bounded::{BoundedBytes, BoundedString, BoundedVec, CountError, NonEmptyVec, TooMany};
pub use certificate::{Certificate, CertificateKey, Phase, SharedCertificate};
pub use codec::{DecodeError, decode, encode};
pub use exchange::{
    Bodies, Freshness, ListKind, ListQuery, ListStart, SignedQuery, SignedReadRequest, SignedUploadComplete,
    SignedUploadOpen, StateQuery, UploadReceipts,
};
pub use genesis::{
    Genesis, GenesisError, GenesisHospital, INDEX_KEY_SHARE_BYTES, Parameters, SearchPolicy, parameter,
};
pub use host_port::{HostPort, HostPortError};
pub use ids::{department_id, ehr_id, grant_id, hospital_id, person_id, request_id};
pub use keys::{KeyUse, SealingKey, SealingKeyPeriod, SigningKeyPeriod, in_force};
pub use membership::{Endpoints, Member, Membership};
pub use message::{
    Checkpoint, Commit, Head, MemberBody, NewView, PrePrepare, Prepare, Prepared, Signed, ViewChange,
};
pub use moment::Moment;
pub use numbers::{Epoch, Height, ReplicaId, View};
pub use organisation_name::{OrganisationName, OrganisationNameError};
pub use party::Party;
pub use possession::{POSSESSION_VERSION, Possession};
pub use proof::{
    Claim, EpochStep, ListCheck, ListGap, ListName, ListWalk, Proof, ProofError, ProofFileError, ProofKind,
    SignedHead, TransactionProof, VerifiedClaim, VerifiedProof, VerifiedTransaction, WholeList, check_lists,
};
pub use public_part::{
    AccessKind, AccessPurpose, DenyPart, DepartmentPart, EhrKind, Enroller, GrantLine, GrantPart, PartKind,
    PersonPart, PublicPart, PublicPartError, PublishPart, ReadPart, ReasonCode, Recipient, RecipientUse,
    RequestPart, RequestSelection, RevokeEffect, RevokePart, Role, RoleTerm, SuspendPart, TransactionKind,
    Visibility,
};
pub use query::{QUERY_PATH_BYTES_MAX, Query};
pub use quorum::Quorum;
pub use read_request::{ByteRange, READ_REQUEST_VERSION, ReadRequest, ShownAddress};
pub use receipt::{RECEIPT_VERSION, Receipt, ReceiptLeaf, ReceiptRoot};
pub use refusal::Refusal;
pub use remembered::RememberedEd25519;
pub use sealed_content::{IndexEntry, Reason};
pub use search::SearchQuery;
pub use signed::{NodeSigner, SignedBody};
pub use state::{
    AccessValue, AttemptCounts, CountsValue, DepartmentValue, EhrByPatientValue, EhrValue, GrantLineValue,
    GrantValue, HospitalCounts, HospitalValue, KeyHolderValue, MemberValue, NodeKey, ParameterValue,
    PersonCounts, PersonValue, RecordCounts, RefusedValue, RequestStatus, RequestValue, Stamp, StateKey,
    StateTag, StateValue, TombstoneValue,
};
pub use state_proof::{StateLeaf, StatePath, StateProofError};
pub use time::{Span, Time};
pub use transaction::{
    DetachedPart, PartHead, Submission, TRANSACTION_VERSION, Transaction, TransactionBody,
};
pub use transaction_leaf::TransactionLeaf;
pub use upload::{RepairFetch, UploadComplete, UploadOpen};
pub use verified::{
    Ed25519, Rejection, SignatureScheme, Verified, Verifier, Vote, certificate_of, sign_as_member,
};
