//! Access entries: the on-ledger decision on one attempt to read a file. It *is* the authorisation.

use carechain_crypto::{EhrId, GrantId, HospitalId, PersonId, RequestDigest, SigningPublicKey};
use serde::{Deserialize, Serialize};

use crate::checked_byte::checked_byte;
use crate::numbers::Height;
use crate::public_part::AccessPurpose;
use crate::time::Time;

checked_byte! {
    /// What was decided.
    Decision {
        /// Bytes may flow.
        Allowed = 1 "allowed",
        /// They may not.
        Refused = 2 "refused",
    }
}

checked_byte! {
    /// Why it was decided so.
    DecisionReason {
        /// The owner reads.
        Owner = 1 "owner",
        /// A grant in force.
        Granted = 2 "granted",
        /// No such record.
        UnknownRecord = 10 "unknown-record",
        /// No grant names this reader, record and patient.
        NoGrant = 11 "no-grant",
        /// The grant is not valid yet.
        NotYetValid = 12 "not-yet-valid",
        /// The grant has expired.
        Expired = 13 "expired",
        /// The grant, or its line for this record, was revoked.
        Revoked = 14 "revoked",
        /// The reader's key is no longer in force.
        KeyEnded = 15 "key-ended",
        /// The reader is suspended.
        ReaderSuspended = 16 "reader-suspended",
        /// None of the reader's roles in force may read.
        Role = 17 "role",
        /// Opening, root or length shown do not give the record's commitment.
        AddressMismatch = 18 "address-mismatch",
        /// The range is empty or ends beyond the file.
        Range = 19 "range",
        /// The purpose is not the grant's.
        Purpose = 20 "purpose",
        /// The record was erased.
        Purged = 21 "purged",
        /// Acting for somebody else without a mandate.
        NoMandate = 22 "no-mandate",
        /// The patient who granted is suspended, and with them every grant of theirs.
        PatientSuspended = 23 "patient-suspended",
    }
}

checked_byte! {
    /// Whether an entry stands for one attempt or for many refused ones.
    EntryShape {
        /// One attempt.
        Single = 1 "single",
        /// Refused attempts beyond the fifth of one reader, record and hour; rewritten in place.
        Aggregate = 2 "aggregate",
    }
}

/// One access entry.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AccessEntry {
    /// Who read, or tried to.
    pub reader: PersonId,
    /// With which key.
    pub reader_key: SigningPublicKey,
    /// For whom.
    pub on_behalf_of: Option<PersonId>,
    /// Whose record; none if it does not exist.
    pub patient: Option<PersonId>,
    /// Which record; zeros in an aggregate over unknown ids.
    pub ehr_id: EhrId,
    /// Under which grant.
    pub grant: Option<GrantId>,
    /// Through which gateway.
    pub gateway: HospitalId,
    /// Why, as stated.
    pub purpose: AccessPurpose,
    /// What was decided.
    pub decision: Decision,
    /// Why it was decided so.
    pub reason: DecisionReason,
    /// One attempt or many.
    pub shape: EntryShape,
    /// How many attempts.
    pub count: u32,
    /// Block time of the first.
    pub first: Time,
    /// Block time of the last.
    pub last: Time,
    /// The (last) read request.
    pub request_digest: RequestDigest,
    /// Height of the (last) block that wrote it.
    pub height: Height,
    /// Time of that block.
    pub time: Time,
}

/// Where an entry stands in state.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct EntryId {
    /// EHR id, or the reader's id for records that do not exist.
    pub subject: [u8; 20],
    /// Index among the subject's entries.
    pub index: u64,
    /// Height of the block that wrote it.
    pub height: Height,
}

/// Result bytes of a `read` outcome.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReadResult {
    /// What was decided.
    pub decision: Decision,
    /// Why.
    pub reason: DecisionReason,
    /// The entry; none for a wrap that writes none.
    pub entry: Option<EntryId>,
}
