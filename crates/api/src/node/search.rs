//! Searching abstracts.

use carechain_crypto::{EhrId, HospitalId, PersonId};
use carechain_types::{EhrKind, Height, Party, Time};

/// What is searched for; every field given must match.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SearchQuery {
    /// Records of this patient.
    pub patient: Option<PersonId>,
    /// Records by this author.
    pub author: Option<Party>,
    /// Records from this hospital.
    pub hospital: Option<HospitalId>,
    /// Records with all these keywords, compared in lower case.
    pub keywords: Vec<String>,
    /// Published at or after.
    pub from: Option<Time>,
    /// Published before.
    pub until: Option<Time>,
    /// Where the page before ended.
    pub after: Option<String>,
    /// Hits at most.
    pub count_max: u16,
}

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
