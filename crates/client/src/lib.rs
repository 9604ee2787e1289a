//! The client: publish, request, grant, retrieve and audit for people.
//!
//! ```text
//! command ─► Session ─┬─ Trust    every proof, against the pinned genesis file
//!                     ├─ KeyAgent private keys, which never leave it
//!                     └─ Caller   HTTP to one node, which is believed nothing
//! ```
//!
//! Invariants
//! - A client trusts no node for what it seals or signs: keys, requests, grants and abstracts are read as state claims
//!   with proof, fresh by the own clock; without proof it refuses before sealing.
//! - No private key, content key or plaintext record leaves this process; plaintext is written to disk only on the way
//!   out, after the last segment verified.
//! - It blocks: no runtime, no storage engine, no peer-to-peer network.

mod archive;
mod audit;
mod caller;
mod clock;
mod consent;
mod enrolment;
mod error;
mod keystore;
pub mod limits;
mod lists;
mod node_url;
mod profile;
mod progress;
mod publish;
mod random;
mod registry;
mod retrieve;
mod search;
mod session;
mod spool;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod test_gateway;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
mod trust;

pub use archive::{Keys, PackError, Packed, Sources, UnpackError, Unpacked, unpack};
pub use audit::AuditTrail;
pub use caller::{Answer, ByteStream, Call, CallError, Caller, TrustedError, Waits};
pub use clock::now;
pub use consent::{GrantTerms, RequestPlan};
pub use enrolment::{EnrolmentPlan, RenewalPlan};
pub use error::OperationError;
pub use keystore::{EnrolError, Enrolment, Hardness, Keystore, KeystoreError};
pub use lists::{GrantView, RecordView, RequestView, Whole};
pub use node_url::{InTheClear, NodeUrl, NodeUrlError};
pub use profile::{Profile, ProfileError};
pub use progress::{Progress, Stage, Unwatched};
pub use publish::{PublishPlan, Published};
pub use random::SystemRandom;
pub use registry::{
    LockedRegistry, PatientNumber, PatientNumberError, PersonName, PersonNameError, Registry, RegistryError,
};
pub use retrieve::{RetrieveTarget, Retrieved};
pub use session::{Committed, Draft, Session, SharedAgent, node_status, proof_file};
pub use trust::{Trust, TrustError};
