//! Requests, grants, denials, revocations.

use carechain_crypto::{AccessRequestId, EhrId, GrantId, HospitalId, KeyId, PersonId};
use serde::{Deserialize, Serialize};

use crate::bounded::BoundedVec;
use crate::checked_byte::checked_byte;
use crate::limits::GRANT_LINES_MAX;
use crate::party::Party;
use crate::time::{Span, Time};

checked_byte! {
    /// What a grant permits.
    AccessKind {
        /// Read.
        Read = 1 "read",
        /// Read, and publish an amended version.
        ReadAmend = 2 "read+amend",
    }
}

checked_byte! {
    /// Why access is asked for (HL7 PurposeOfUse, the codes that matter here).
    AccessPurpose {
        /// Treatment.
        Treatment = 1 "TREAT",
        /// Emergency treatment.
        Emergency = 2 "ETREAT",
        /// Payment.
        Payment = 3 "HPAYMT",
        /// Operations of the hospital.
        Operations = 4 "HOPERAT",
        /// Research.
        Research = 5 "HRESCH",
        /// Public health.
        PublicHealth = 6 "PUBHLTH",
        /// At the patient's own request.
        PatientRequest = 7 "PATRQT",
        /// Legal.
        Legal = 8 "HLEGAL",
    }
}

checked_byte! {
    /// Why something was denied or ended.
    ReasonCode {
        /// Not said.
        Unspecified = 0 "unspecified",
        /// The asker is not known to the patient.
        UnknownAsker = 1 "unknown-asker",
        /// Not needed for the purpose.
        NotNeeded = 2 "not-needed",
        /// No longer wanted.
        Withdrawn = 3 "withdrawn",
        /// Left the institution.
        Left = 4 "left",
        /// Key lost or compromised.
        KeyCompromised = 5 "key-compromised",
        /// Misconduct.
        Misconduct = 6 "misconduct",
    }
}

/// Which records a request is for: ids, or filters over the patient's records. Ids exclude filters.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct RequestSelection {
    /// These records.
    pub ehr_ids: BoundedVec<EhrId, GRANT_LINES_MAX>,
    /// Those by this author.
    pub author: Option<Party>,
    /// Those from this hospital.
    pub hospital: Option<HospitalId>,
    /// Those published at or after.
    pub from: Option<Time>,
    /// Those published before.
    pub until: Option<Time>,
}

impl RequestSelection {
    /// Whether any filter is set.
    #[must_use]
    pub const fn has_filters(&self) -> bool {
        self.author.is_some() || self.hospital.is_some() || self.from.is_some() || self.until.is_some()
    }
}

/// Public part of `request` (Li 2022, table 2); keyword filters stand only inside the sealed reason part.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RequestPart {
    /// Whom is asked.
    pub patient: PersonId,
    /// Who would read: the sender or its department.
    pub grantee: Party,
    /// What is asked for.
    pub access: AccessKind,
    /// Why.
    pub purpose: AccessPurpose,
    /// Which records.
    pub selection: RequestSelection,
}

/// One record of a grant.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GrantLine {
    /// The record.
    pub ehr_id: EhrId,
    /// Index of the detached part that holds the address sealed to the grantee.
    pub part: u16,
}

/// Public part of `grant`: sent by the patient.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GrantPart {
    /// The request it answers, if one.
    pub request: Option<AccessRequestId>,
    /// The patient.
    pub patient: PersonId,
    /// Who may read: person or department.
    pub grantee: Party,
    /// Which of their sealing keys, in force at the block.
    pub grantee_key_id: KeyId,
    /// What is permitted.
    pub access: AccessKind,
    /// Why.
    pub purpose: AccessPurpose,
    /// Start; zero = this block's time.
    pub from: Time,
    /// How long.
    pub duration: Span,
    /// The records.
    pub lines: BoundedVec<GrantLine, GRANT_LINES_MAX>,
}

/// Public part of `deny`: sent by the patient.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DenyPart {
    /// The request.
    pub request: AccessRequestId,
    /// Why.
    pub code: ReasonCode,
}

checked_byte! {
    /// Result of a `revoke` outcome. A grant that is another patient's looks like one that does not exist.
    RevokeEffect {
        /// The grant, or its line, is ended.
        Ended = 1 "ended",
        /// No such grant of the sender: one that arrives within ten minutes will be refused.
        Remembered = 2 "remembered",
    }
}

/// Public part of `revoke`: sent by the patient.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RevokePart {
    /// The grant.
    pub grant: GrantId,
    /// One record of it; none = all.
    pub ehr_id: Option<EhrId>,
}
