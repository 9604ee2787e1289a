//! Audit: every access entry, with proof that none is missing.

use carechain_crypto::{EhrId, PersonId};
use carechain_types::{AccessEntry, AccessValue, ListKind, ListName, StateKey, Time, VerifiedProof};

use crate::error::OperationError;
use crate::lists::Whole;
use crate::session::{Session, value};

/// Access entries, newest first, with the proofs that show them whole.
#[derive(Clone, Debug)]
pub struct AuditTrail {
    /// No entry up to then is missing.
    pub complete_as_of: Time,
    /// The entries.
    pub entries: Vec<AccessEntry>,
    /// Canonical bytes of the proofs.
    pub proofs: Vec<Vec<u8>>,
}

impl From<Whole<AccessEntry>> for AuditTrail {
    fn from(whole: Whole<AccessEntry>) -> Self {
        Self { complete_as_of: whole.complete_as_of, entries: whole.items, proofs: whole.proofs }
    }
}

impl Session {
    /// Every attempt on one record.
    pub fn audit_record(&self, ehr_id: EhrId) -> Result<AuditTrail, OperationError> {
        let name = ListName { kind: ListKind::Audit, subject: *ehr_id.get() };
        Ok(self.whole(name, entry)?.into())
    }

    /// Every attempt on any record of a patient: complete as of the oldest of the answers it is made of.
    pub fn audit_patient(&self, patient: PersonId) -> Result<AuditTrail, OperationError> {
        let records = self.records(patient)?;
        let mut trail = AuditTrail {
            complete_as_of: records.complete_as_of,
            entries: Vec::new(),
            proofs: records.proofs,
        };
        for record in records.items {
            let of_record = self.audit_record(record.ehr_id)?;
            trail.complete_as_of = trail.complete_as_of.min(of_record.complete_as_of);
            trail.entries.extend(of_record.entries);
            trail.proofs.extend(of_record.proofs);
        }
        trail.entries.sort_by_key(|entry| core::cmp::Reverse((entry.time, entry.height)));
        Ok(trail)
    }

    /// A person's attempts on records that do not exist. For auditors: to the person such a record looks like a hidden one.
    pub fn audit_attempts(&self, person: PersonId) -> Result<AuditTrail, OperationError> {
        let name = ListName { kind: ListKind::Attempts, subject: *person.get() };
        Ok(self.whole(name, entry)?.into())
    }
}

fn entry(proof: &VerifiedProof, key: &StateKey) -> Result<AccessEntry, OperationError> {
    Ok(value::<AccessValue>(proof, key)?.entry)
}
