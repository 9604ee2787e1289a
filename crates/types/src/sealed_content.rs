//! What sealed parts hold once they are opened: index entries and reasons.

use serde::{Deserialize, Serialize};

use crate::bounded::{BoundedString, BoundedVec};
use crate::limits::{
    INDEX_KEYWORDS_MAX, INDEX_STAFF_MAX, INDEX_TITLE_BYTES_MAX, INDEX_WORD_BYTES_MAX, REASON_TEXT_BYTES_MAX,
};
use crate::public_part::EhrKind;

/// Keywords, title and staff names of a record, sealed to the index key of the epoch.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct IndexEntry {
    /// Coarse class.
    pub kind: EhrKind,
    /// Keywords, lower case, ascending, distinct.
    pub keywords: BoundedVec<BoundedString<INDEX_WORD_BYTES_MAX>, INDEX_KEYWORDS_MAX>,
    /// Title; may be empty.
    pub title: BoundedString<INDEX_TITLE_BYTES_MAX>,
    /// Names of staff.
    pub staff: BoundedVec<BoundedString<INDEX_WORD_BYTES_MAX>, INDEX_STAFF_MAX>,
}

/// Why access is asked for, sealed to the patient.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reason {
    /// For the patient to read.
    pub text: BoundedString<REASON_TEXT_BYTES_MAX>,
    /// Keyword filters of the request: they stand nowhere else.
    pub keywords: BoundedVec<BoundedString<INDEX_WORD_BYTES_MAX>, INDEX_KEYWORDS_MAX>,
}
