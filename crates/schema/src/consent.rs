//! Requests, grants, and what a patient finds in the inbox.

use serde::{Deserialize, Serialize};

use crate::document::Described;
use crate::timestamp::Timestamp;

/// Where a request stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// Not answered.
    Open,
    /// Answered with a grant.
    Granted,
    /// Denied.
    Denied,
}

/// One access request.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RequestLine {
    /// The request, `req_…`.
    pub request_id: String,
    /// Whom it asks, `per_…`.
    pub patient: String,
    /// Who would read, `per_…` or `dep_…`.
    pub grantee: String,
    /// `read` or `read+amend`.
    pub access: String,
    /// Purpose code, for example `TREAT`.
    pub purpose: String,
    /// Records named, `ehr_…`; empty when it asks by filters.
    pub ehr_ids: Vec<String>,
    /// Where it stands.
    pub status: RequestStatus,
    /// The grant that answered it, `grt_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_id: Option<String>,
    /// When it was made.
    pub requested: Timestamp,
    /// Why, as the patient alone can open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Described for RequestLine {
    const SCHEMA: &'static str = "carechain/request/1";
}

/// Requests, newest first: `requests`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RequestList {
    /// The list is whole as of then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete_as_of: Option<Timestamp>,
    /// The requests.
    pub requests: Vec<RequestLine>,
}

impl Described for RequestList {
    const SCHEMA: &'static str = "carechain/requests/1";
}

/// One grant.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GrantLine {
    /// The grant, `grt_…`.
    pub grant_id: String,
    /// Who granted, `per_…`.
    pub patient: String,
    /// Who may read, `per_…` or `dep_…`.
    pub grantee: String,
    /// `read` or `read+amend`.
    pub access: String,
    /// Purpose code.
    pub purpose: String,
    /// Start of the window.
    pub from: Timestamp,
    /// End of the window, exclusive.
    pub until: Timestamp,
    /// Records that may be read, `ehr_…`.
    pub ehr_ids: Vec<String>,
    /// Records of it that were revoked, `ehr_…`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<String>,
}

/// Grants, newest first: `grants`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GrantList {
    /// The list is whole as of then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete_as_of: Option<Timestamp>,
    /// The grants.
    pub grants: Vec<GrantLine>,
}

impl Described for GrantList {
    const SCHEMA: &'static str = "carechain/grants/1";
}

/// What a person is told of; one an object in the inbox, or one a line with `inbox --follow`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum InboxEvent {
    /// Somebody asks the patient.
    Requested {
        /// The request.
        request: RequestLine,
    },
    /// The asker was granted access.
    Granted {
        /// The grant.
        grant: GrantLine,
    },
    /// The asker was denied.
    Denied {
        /// The request, `req_…`.
        request_id: String,
        /// Why, as a word, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// The reader's grant was revoked.
    Revoked {
        /// The grant, `grt_…`.
        grant_id: String,
        /// The one record of it, `ehr_…`; none = all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ehr_id: Option<String>,
    },
    /// A record of the patient's was published.
    Published {
        /// The record, `ehr_…`.
        ehr_id: String,
        /// Who published it.
        author: String,
    },
    /// Somebody read a record of the patient's, or tried to: `audit` says who.
    Read {
        /// The record, `ehr_…`.
        ehr_id: String,
        /// Height of the block with the access entry.
        height: u64,
    },
}

impl Described for InboxEvent {
    const SCHEMA: &'static str = "carechain/inbox-event/1";
}

/// What a person is told of: `inbox`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Inbox {
    /// Everything up to and with this height: the `after` of the next question.
    pub height: u64,
    /// The events, oldest first.
    pub events: Vec<InboxEvent>,
}

impl Described for Inbox {
    const SCHEMA: &'static str = "carechain/inbox/1";
}

/// What a patient's decision became: `approve`, `grant`, `deny`, `revoke`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ConsentDecision {
    /// `granted`, `denied`, `revoked`, or `remembered`: a revocation of a grant that is not known yet.
    pub decision: String,
    /// The request it answers, `req_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The grant made or revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantLine>,
}

impl Described for ConsentDecision {
    const SCHEMA: &'static str = "carechain/consent/1";
}
