//! Publishing: the EHR abstract (Li 2022, table 1) is the public part of `publish`.
//!
//! `H_Name` is `hospital`, `P_ID` is `patient`, `D_ID` the sender, `D_PKey` its key, `Signature` the transaction's,
//! `H_Address` the sealed address parts, `Keywords` the index entry part, sealed where the paper has clear text.

use carechain_crypto::{Commitment, EhrId, GrantId, HospitalId, KeyId, PersonId, UploadId};
use serde::{Deserialize, Serialize};

use crate::bounded::BoundedVec;
use crate::checked_byte::checked_byte;
use crate::limits::{RECEIPTS_MAX, RECIPIENTS_MAX};
use crate::party::Party;
use crate::receipt::Receipt;

checked_byte! {
    /// Coarse class of a record.
    EhrKind {
        /// Not said.
        Unspecified = 0 "unspecified",
        /// A study: images with their report.
        Study = 1 "study",
        /// A report or letter.
        Report = 2 "report",
        /// Laboratory results.
        Laboratory = 3 "laboratory",
        /// A discharge or care summary.
        Summary = 4 "summary",
        /// Medication.
        Medication = 5 "medication",
    }
}

checked_byte! {
    /// Who finds the abstract.
    Visibility {
        /// Whoever the consortium's search policy lets search.
        Searchable = 1 "searchable",
        /// Only the patient: no index entry exists.
        PatientOnly = 2 "patient-only",
    }
}

checked_byte! {
    /// Why an address is sealed to a recipient.
    RecipientUse {
        /// The patient.
        Patient = 1 "patient",
        /// The patient's recovery key.
        Recovery = 2 "recovery",
        /// A guardian.
        Guardian = 3 "guardian",
        /// Escrow.
        Escrow = 4 "escrow",
        /// A grantee: stands in sealing contexts only, never in a publish.
        Grant = 5 "grant",
    }
}

/// One recipient of a published record's sealed address.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Recipient {
    /// Why.
    pub recipient_use: RecipientUse,
    /// Who.
    pub recipient: Party,
    /// Which of their sealing keys, in force at the block.
    pub key_id: KeyId,
    /// Index of the detached part that holds the sealed address.
    pub part: u16,
}

/// Public part of `publish`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PublishPart {
    /// Whose record it is.
    pub patient: PersonId,
    /// Hospital it comes from.
    pub hospital: HospitalId,
    /// Upload that brought the file.
    pub upload_id: UploadId,
    /// Commitment to the address.
    pub commitment: Commitment,
    /// Length of the file, bytes.
    pub length: u64,
    /// Coarse class.
    pub kind: EhrKind,
    /// The version it replaces.
    pub amends: Option<EhrId>,
    /// The `read+amend` grant under which somebody amends who is neither its author nor the patient; else none.
    pub grant: Option<GrantId>,
    /// Who finds it.
    pub visibility: Visibility,
    /// To whom the address is sealed; the patient first.
    pub recipients: BoundedVec<Recipient, RECIPIENTS_MAX>,
    /// Holders' promises.
    pub receipts: BoundedVec<Receipt, RECEIPTS_MAX>,
}
