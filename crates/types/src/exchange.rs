//! What a client and its gateway exchange beside signed bodies: canonical bytes over HTTP, never stored or hashed.

use carechain_crypto::{Signature, SubtreeValue};
use serde::{Deserialize, Serialize};

use crate::bounded::BoundedVec;
use crate::checked_byte::checked_byte;
use crate::limits::{RECEIPTS_MAX, STATE_QUERY_KEYS_MAX, UPLOAD_CHUNKS_MAX};
use crate::numbers::Height;
use crate::query::Query;
use crate::read_request::{ReadRequest, ShownAddress};
use crate::receipt::Receipt;
use crate::state::StateKey;
use crate::time::Time;
use crate::upload::{UploadComplete, UploadOpen};

/// A query with its signature: the `carechain-query` header.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignedQuery {
    /// What is signed.
    pub query: Query,
    /// By the key it states.
    pub signature: Signature,
}

checked_byte! {
    /// Whether a proof carries the bodies of the transactions that wrote the values.
    Bodies {
        /// Values alone.
        Without = 0 "without",
        /// Values with the bodies that show recipients, filters and part digests.
        With = 1 "with",
    }
}

/// How fresh an answer must be.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Freshness {
    /// Heads that make the answer complete as of this time; none = no heads.
    pub complete_as_of: Option<Time>,
    /// Answer only from this height on.
    pub min_height: Option<Height>,
}

/// Asks for values, or their absence, at these keys, all at one height.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StateQuery {
    /// The keys.
    pub keys: BoundedVec<StateKey, STATE_QUERY_KEYS_MAX>,
    /// Whether to carry the writers' bodies.
    pub bodies: Bodies,
    /// How fresh.
    pub freshness: Freshness,
}

checked_byte! {
    /// A list whose wholeness one proof shows.
    ListKind {
        /// A patient's records: counts(patient), ehr_by_patient(patient, i), ehr(id).
        Records = 1 "records",
        /// Requests to a patient, newest first by `previous`.
        Requests = 2 "requests",
        /// Grants of a patient, newest first by `previous`.
        Grants = 3 "grants",
        /// Access entries of one record: counts(ehr), access(ehr, i).
        Audit = 4 "audit",
        /// A person's attempts on ids that do not exist: attempt_counts(person), attempt(person, i).
        Attempts = 5 "attempts",
    }
}

/// Where a page of a list starts; a list is read newest first.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum ListStart {
    /// At the newest.
    #[default]
    Newest,
    /// At the entry below this index: lists with an index.
    Below(u64),
    /// At this id: lists linked by `previous`.
    At([u8; 20]),
}

/// Asks for one page of a list.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ListQuery {
    /// Which list.
    pub kind: ListKind,
    /// Whose: a person's id, or a record's for [`ListKind::Audit`].
    pub subject: [u8; 20],
    /// Where to start.
    pub start: ListStart,
    /// Entries at most.
    pub count_max: u16,
    /// How fresh.
    pub freshness: Freshness,
}

/// A read request with its signature and what the reader shows beside it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignedReadRequest {
    /// What is signed.
    pub request: ReadRequest,
    /// By the key it states.
    pub signature: Signature,
    /// Opening, root and length; none = the reader has no address.
    pub shown: Option<ShownAddress>,
}

/// The opening of an upload with its signature.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignedUploadOpen {
    /// What is signed.
    pub open: UploadOpen,
    /// By the key it states.
    pub signature: Signature,
}

/// The completion of an upload: signed, with the values each chunk must have.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignedUploadComplete {
    /// What is signed.
    pub complete: UploadComplete,
    /// By the key that opened the upload.
    pub signature: Signature,
    /// The manifest: one value a chunk, merging to the root.
    pub values: BoundedVec<SubtreeValue, UPLOAD_CHUNKS_MAX>,
}

/// Receipts of a finished upload.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct UploadReceipts {
    /// One a holder.
    pub receipts: BoundedVec<Receipt, RECEIPTS_MAX>,
}
