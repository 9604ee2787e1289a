//! JSON types of the HTTP interface and the command line. What is signed or proven travels beside them, as canonical bytes.
//!
//! Both speak in [`Document`]s: one JSON object with a versioned schema name, `ok`, and either data or a failure whose
//! code is one of a closed list. Ids stand in their text forms, times are RFC 3339 in UTC, sizes are in bytes, binary is
//! base64.
//!
//! Invariants
//! - No content key, root of a record, seed, passphrase, plaintext or file name of a record stands in any of these types.
//!   What a gateway must see of an address travels inside canonical bytes, to that gateway only.
//! - A name with a version never changes its meaning: a field may be added, none removed or retyped. The golden files in
//!   `tests/fixtures/schema` hold every shape.

mod base64;
mod document;
mod error_code;
mod failure;
mod finding;
#[cfg(feature = "openapi")]
mod openapi;
mod routes;
mod timestamp;

mod audit;
mod bench;
mod consent;
mod demo;
mod enrolment;
mod network;
mod node;
mod notice;
mod proof;
mod publish;
mod retrieve;
mod search;
mod status;
mod transaction;
mod upload;

pub use audit::{AccessLine, AuditReport};
pub use base64::Base64;
pub use bench::{BenchPublish, BenchTransfer, Machine, TransferMemory, TransferStage};
pub use consent::{
    ConsentDecision, GrantLine, GrantList, Inbox, InboxEvent, RequestLine, RequestList, RequestStatus,
};
pub use demo::{DemoReport, DemoStep};
pub use document::{Described, Document, Origin, OutcomeLine};
pub use enrolment::{DepartmentRegistered, KeyCreated, KeyLine, PersonLine, PersonList, RoleLine};
pub use error_code::{ErrorCode, ExitStatus, Retry};
pub use failure::Failure;
pub use finding::{FindingCode, FindingLine, Severity};
pub use network::{GenesisHospitalLine, GenesisReport, TestnetNode, TestnetReport};
pub use node::NodeReport;
pub use notice::{NoticeLine, NoticeList};
#[cfg(feature = "openapi")]
pub use openapi::{FAILURE_DOCUMENT, failure_document};
pub use proof::{ProofCheck, ProofClaim, ProofFileCheck, WholeListLine};
pub use publish::{CopyHolder, PublishReport};
pub use retrieve::{RetrieveReport, RetrievedLine};
pub use routes::{Method, QUERY_HEADER, Route};
pub use search::{AbstractLine, RecordList, SearchPage, SearchRequest};
pub use status::{ConsensusStatus, HeadLine, PeerLine, PeerState, StatusReport, StorageStatus, SyncState};
pub use timestamp::{Timestamp, TimestampError};
pub use transaction::{TransactionReport, TransactionState, TransactionStatus};
pub use upload::{UploadState, UploadStatus};
