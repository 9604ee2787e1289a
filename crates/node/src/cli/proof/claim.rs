//! Claims in words: what the ledger holds under a key, with ids and names as people know them.

use carechain_crypto::{AccessRequestId, DepartmentId, EhrId, GrantId, HospitalId, KeyId, PersonId};
use carechain_schema::ProofClaim;
use carechain_types::{
    AccessValue, AttemptCounts, CountsValue, DecodeError, EhrByPatientValue, EhrValue, Genesis, GrantValue,
    HospitalValue, ListKind, ListName, PersonCounts, PersonValue, RecordCounts, Refusal, RequestValue,
    StateKey, StateTag, StateValue as _, TransactionKind, VerifiedClaim, VerifiedProof, VerifiedTransaction,
};

use crate::cli::lines::hospital_name;
use crate::cli::words::timestamp;

/// The id that a claim is about. Whose counter it is shows in the value; an absent one is a record's if the proof speaks of
/// that record. Digests of several ids have no text form and stand as hexadecimal.
pub(super) fn text_id(claim: &VerifiedClaim, proof: &VerifiedProof) -> String {
    let StateKey { tag, id, index } = claim.key;
    match tag {
        StateTag::Person | StateTag::EhrByPatient | StateTag::Attempt | StateTag::AttemptCounts => {
            PersonId::new(id).to_string()
        }
        StateTag::Department => DepartmentId::new(id).to_string(),
        StateTag::Hospital => HospitalId::new(id).to_string(),
        StateTag::Member | StateTag::Parameter => index.to_string(),
        StateTag::Ehr | StateTag::Access => EhrId::new(id).to_string(),
        StateTag::Request => AccessRequestId::new(id).to_string(),
        StateTag::Grant => GrantId::new(id).to_string(),
        StateTag::Counts => counted(claim, proof),
        StateTag::Organisation
        | StateTag::Refused
        | StateTag::Tombstone
        | StateTag::Mandate
        | StateTag::Key => KeyId::new(id).to_hex(),
    }
}

fn counted(claim: &VerifiedClaim, proof: &VerifiedProof) -> String {
    let id = claim.key.id;
    let record = EhrId::new(id);
    let is_record = match claim.bytes() {
        Some(bytes) => CountsValue::<RecordCounts>::from_bytes(bytes).is_ok(),
        None => proof.claim(&StateKey::ehr(&record)).is_some(),
    };
    let is_person = claim.bytes().is_none_or(|bytes| CountsValue::<PersonCounts>::from_bytes(bytes).is_ok());
    if is_record {
        record.to_string()
    } else if is_person {
        PersonId::new(id).to_string()
    } else {
        HospitalId::new(id).to_string()
    }
}

/// Which entry under its id a key names.
pub(super) const fn index(key: &StateKey) -> Option<u64> {
    match key.tag {
        StateTag::EhrByPatient | StateTag::Access | StateTag::Attempt => Some(key.index),
        _ => None,
    }
}

/// Whose list it is, as text.
pub(super) fn list_subject(name: &ListName) -> String {
    match name.kind {
        ListKind::Audit => EhrId::new(name.subject).to_string(),
        ListKind::Attempts | ListKind::Records | ListKind::Requests | ListKind::Grants => {
            PersonId::new(name.subject).to_string()
        }
    }
}

/// What the ledger holds, in words.
pub(super) fn shows(claim: &VerifiedClaim, genesis: &Genesis) -> Result<String, DecodeError> {
    let Some(bytes) = claim.bytes() else { return Ok("absent".to_owned()) };
    Ok(match claim.key.tag {
        StateTag::Person => person(&PersonValue::from_bytes(bytes)?),
        StateTag::Hospital => HospitalValue::from_bytes(bytes)?.name.as_str().to_owned(),
        StateTag::Ehr => record(&EhrValue::from_bytes(bytes)?, genesis),
        StateTag::EhrByPatient => EhrByPatientValue::from_bytes(bytes)?.ehr_id.to_string(),
        StateTag::Request => request(&RequestValue::from_bytes(bytes)?),
        StateTag::Grant => grant(&GrantValue::from_bytes(bytes)?),
        StateTag::Access | StateTag::Attempt => {
            let entry = AccessValue::from_bytes(bytes)?.entry;
            format!("{} {}, {}", entry.reader, entry.decision.as_str(), entry.reason.as_str())
        }
        StateTag::AttemptCounts => {
            let counts = CountsValue::<AttemptCounts>::from_bytes(bytes)?.counts;
            format!("{} entries of attempts", counts.attempts)
        }
        StateTag::Counts => counts(bytes),
        StateTag::Department
        | StateTag::Organisation
        | StateTag::Member
        | StateTag::Parameter
        | StateTag::Refused
        | StateTag::Tombstone
        | StateTag::Mandate
        | StateTag::Key => "present".to_owned(),
    })
}

fn counts(bytes: &[u8]) -> String {
    if let Ok(value) = CountsValue::<RecordCounts>::from_bytes(bytes) {
        return format!("{} access entries", value.counts.access_entries);
    }
    let Ok(CountsValue { counts, .. }) = CountsValue::<PersonCounts>::from_bytes(bytes) else {
        return "present".to_owned();
    };
    let newest = |id: Option<String>| id.unwrap_or_else(|| "none".to_owned());
    format!(
        "{} records, newest request {}, newest grant {}",
        counts.records,
        newest(counts.newest_request.map(|id| id.to_string())),
        newest(counts.newest_grant.map(|id| id.to_string())),
    )
}

fn person(value: &PersonValue) -> String {
    let roles =
        value.roles.iter().map(|term| format!("{} until {}", term.role.as_str(), timestamp(term.until)));
    let roles: Vec<_> = roles.collect();
    let suspended = if value.suspended == 0 { "" } else { ", suspended" };
    format!("{}{suspended}", roles.join(", "))
}

fn record(value: &EhrValue, genesis: &Genesis) -> String {
    let hospital = hospital_name(genesis, &value.hospital).unwrap_or_else(|| value.hospital.to_string());
    let EhrValue { patient, author, length, .. } = value;
    let purged = if value.purged == 0 { "" } else { ", erased" };
    format!(
        "{} of {patient}, {length} bytes, published by {author} at {hospital}{purged}",
        value.kind.as_str()
    )
}

fn request(value: &RequestValue) -> String {
    let RequestValue { patient, grantee, access, purpose, status, .. } = value;
    let (access, purpose, status) = (access.as_str(), purpose.as_str(), status.as_str());
    format!("{grantee} asks {patient} to {access} for {purpose}: {status}")
}

fn grant(value: &GrantValue) -> String {
    let GrantValue { patient, grantee, access, purpose, from, until, lines, .. } = value;
    let in_force = lines.iter().filter(|line| line.revoked == 0).count();
    format!(
        "{patient} lets {grantee} {} {in_force} records for {}, from {} until {}, {} revoked",
        access.as_str(),
        purpose.as_str(),
        timestamp(*from),
        timestamp(*until),
        lines.len() - in_force,
    )
}

/// A transaction: what kind, by whom, and what became of it.
pub(super) fn of_transaction(transaction: &VerifiedTransaction) -> ProofClaim {
    let body = &transaction.body;
    let kind = TransactionKind::from_number(body.kind).map_or("unknown kind", TransactionKind::as_str);
    let outcome = match Refusal::from_code(transaction.outcome.code) {
        _ if transaction.outcome.is_done() => "done".to_owned(),
        Some(refusal) => format!("refused, {}", refusal.as_str()),
        None => format!("refused with code {}", transaction.outcome.code),
    };
    ProofClaim {
        subject: "transaction".to_owned(),
        id: transaction.id.to_hex(),
        index: None,
        shows: format!("{kind} by {}: {outcome}", body.sender),
    }
}
