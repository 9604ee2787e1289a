//! Searching abstracts.

use carechain_crypto::{EhrId, HospitalId, PersonId};
use carechain_types::{EhrKind, Height, Party, Time};

/// One record found. A hint: what the ledger says of it is proven by asking for the state.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SearchHit {
    /// The record.
    pub ehr_id: EhrId,
    /// Whose.
    pub patient: PersonId,
    /// Who published.
    pub author: Party,
    /// Where from.
    pub hospital: HospitalId,
    /// Coarse class.
    pub kind: EhrKind,
    /// Length of the file, bytes.
    pub length: u64,
    /// Block time of the publication.
    pub published: Time,
    /// Keywords of the index entry.
    pub keywords: Vec<String>,
    /// Title of the index entry.
    pub title: String,
    /// The version it replaces.
    pub amends: Option<EhrId>,
    /// The version that replaces it.
    pub amended_by: Option<EhrId>,
}

/// A page of hits, newest first.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SearchPage {
    /// State searched.
    pub height: Height,
    /// The hits.
    pub hits: Vec<SearchHit>,
    /// Where the next page starts; none = this was the last.
    pub next: Option<String>,
}
