//! What a search asks for, behind its JSON: what clients ask and nodes answer.

use carechain_crypto::{HospitalId, PersonId};

use crate::party::Party;
use crate::time::Time;

/// What to search for; every field given must match.
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
    /// Hits on a page at most; the node has a bound of its own.
    pub count_max: Option<u16>,
}
