//! Searching EHR abstracts.

use serde::{Deserialize, Serialize};

use crate::document::Described;
use crate::timestamp::Timestamp;

/// What to search for (Li 2022, table 3). Fields given must all match; which combinations are allowed is the consortium's
/// search policy.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SearchRequest {
    /// Patient, `per_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<String>,
    /// Author, `per_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Hospital the record comes from, `hos_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hospital: Option<String>,
    /// Words that must all be among the keywords.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Published at or after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Published before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Abstracts on a page at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count_max: Option<u16>,
    /// The `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// An EHR abstract as a searcher sees it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AbstractLine {
    /// The record, `ehr_…`.
    pub ehr_id: String,
    /// Whose it is, `per_…`.
    pub patient: String,
    /// Who published it, `per_…` or another party's id.
    pub author: String,
    /// Hospital it comes from, `hos_…`.
    pub hospital: String,
    /// Coarse class.
    pub kind: String,
    /// Length of the encrypted file, bytes.
    pub bytes: u64,
    /// When it was published.
    pub published: Timestamp,
    /// Keywords from the index entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Title from the index entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub title: Option<String>,
    /// The version it replaces, `ehr_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub amends: Option<String>,
    /// The version that replaced it, `ehr_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub amended_by: Option<String>,
}

/// One page of abstracts, newest first. An index is derived and proves nothing: what is acted on is read again with proof.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchPage {
    /// The abstracts.
    pub abstracts: Vec<AbstractLine>,
    /// Given when there may be more: the `after` of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub next: Option<String>,
}

impl Described for SearchPage {
    const SCHEMA: &'static str = "carechain/search/1";
}

/// The patient's records, provably whole: `records`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RecordList {
    /// Whose, `per_…`.
    pub patient: String,
    /// The list is whole as of then.
    pub complete_as_of: Timestamp,
    /// The records, newest first.
    pub records: Vec<AbstractLine>,
}

impl Described for RecordList {
    const SCHEMA: &'static str = "carechain/records/1";
}
