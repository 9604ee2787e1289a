//! What sealed parts say once they are opened.

use serde::{Deserialize, Serialize};

use crate::bounded::{BoundedString, BoundedVec};
use crate::public_part::EhrKind;

/// Keywords of one record, or filters of one request.
pub const KEYWORDS_MAX: usize = 16;
/// Bytes of a keyword or a staff member's name.
pub const KEYWORD_BYTES_MAX: usize = 64;
/// Bytes of a title or a profile's line.
pub const TITLE_BYTES_MAX: usize = 128;
/// Staff members named in an index entry.
pub const STAFF_MAX: usize = 4;
/// Bytes of a request's explanation.
pub const REASON_BYTES_MAX: usize = 512;

/// Index entry: what searches find, sealed to the index key.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct IndexContent {
    /// Coarse class.
    pub kind: EhrKind,
    /// Keywords, compared in lower case.
    pub keywords: BoundedVec<BoundedString<KEYWORD_BYTES_MAX>, KEYWORDS_MAX>,
    /// Title.
    pub title: BoundedString<TITLE_BYTES_MAX>,
    /// Staff members.
    pub staff: BoundedVec<BoundedString<KEYWORD_BYTES_MAX>, STAFF_MAX>,
}

/// Profile of staff or an organisation, sealed to the index key.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProfileContent {
    /// Name.
    pub name: BoundedString<TITLE_BYTES_MAX>,
    /// Speciality, telephone, whatever the institution shows.
    pub note: BoundedString<TITLE_BYTES_MAX>,
}

/// Reason of a request, sealed to the patient.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReasonContent {
    /// In the asker's words.
    pub text: BoundedString<REASON_BYTES_MAX>,
    /// Only records with these keywords are asked for.
    pub keywords: BoundedVec<BoundedString<KEYWORD_BYTES_MAX>, KEYWORDS_MAX>,
}
