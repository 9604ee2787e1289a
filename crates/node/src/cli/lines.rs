//! What the ledger says, as lines of documents.

use carechain_client::{GrantView, OperationError, RecordView, RequestView, Session};
use carechain_crypto::{HospitalId, TransactionId};
use carechain_schema::{AbstractLine, AccessLine, GrantLine, RequestLine, RequestStatus};
use carechain_types::{AccessEntry, Genesis, RequestStatus as Status, Time};

use super::words::timestamp;

/// A request; with its reason for the patient, who alone can open it.
pub(super) fn request(session: &Session, view: &RequestView) -> Result<RequestLine, OperationError> {
    let value = &view.value;
    let reason = if session.person()? == value.patient { session.reason(view)? } else { None };
    let reason = reason.map(|reason| {
        let keywords: Vec<_> = reason.keywords.iter().map(|word| word.as_str()).collect();
        match (reason.text.as_str(), keywords.join(", ")) {
            (text, words) if words.is_empty() => text.to_owned(),
            ("", words) => format!("records with keywords: {words}"),
            (text, words) => format!("{text} (records with keywords: {words})"),
        }
    });
    Ok(RequestLine {
        request_id: view.id.to_string(),
        patient: value.patient.to_string(),
        grantee: value.grantee.to_string(),
        access: value.access.as_str().to_owned(),
        purpose: value.purpose.as_str().to_owned(),
        ehr_ids: view.part.selection.ehr_ids.iter().map(ToString::to_string).collect(),
        status: match value.status {
            Status::Open => RequestStatus::Open,
            Status::Granted => RequestStatus::Granted,
            Status::Denied => RequestStatus::Denied,
        },
        grant_id: value.grant.map(|grant| grant.to_string()),
        requested: timestamp(committed_at(session, &value.stamp.transaction_id)?),
        reason,
    })
}

/// A grant.
pub(super) fn grant(view: &GrantView) -> GrantLine {
    let value = &view.value;
    let ids = |revoked: bool| {
        let lines = value.lines.iter().filter(move |line| (line.revoked != 0) == revoked);
        lines.map(|line| line.ehr_id.to_string()).collect()
    };
    GrantLine {
        grant_id: view.id.to_string(),
        patient: value.patient.to_string(),
        grantee: value.grantee.to_string(),
        access: value.access.as_str().to_owned(),
        purpose: value.purpose.as_str().to_owned(),
        from: timestamp(value.from),
        until: timestamp(value.until),
        ehr_ids: ids(false),
        revoked: ids(true),
    }
}

/// A record, with the words that the index has of it.
pub(super) fn record(
    session: &Session,
    view: &RecordView,
    hints: &[AbstractLine],
) -> Result<AbstractLine, OperationError> {
    let value = &view.value;
    let ehr_id = view.ehr_id.to_string();
    let hint = hints.iter().find(|hint| hint.ehr_id == ehr_id);
    Ok(AbstractLine {
        patient: value.patient.to_string(),
        author: value.author.to_string(),
        hospital: value.hospital.to_string(),
        kind: value.kind.as_str().to_owned(),
        bytes: value.length,
        published: timestamp(committed_at(session, &value.stamp.transaction_id)?),
        keywords: hint.map(|hint| hint.keywords.clone()).unwrap_or_default(),
        title: hint.and_then(|hint| hint.title.clone()),
        amends: value.amends.map(|id| id.to_string()),
        amended_by: value.amended_by.map(|id| id.to_string()),
        ehr_id,
    })
}

/// An access entry, with the hospital's name from the genesis file.
pub(super) fn access(entry: &AccessEntry, genesis: &Genesis) -> AccessLine {
    AccessLine {
        reader: entry.reader.to_string(),
        on_behalf_of: entry.on_behalf_of.map(|id| id.to_string()),
        patient: entry.patient.map(|id| id.to_string()),
        ehr_id: (*entry.ehr_id.get() != [0; 20]).then(|| entry.ehr_id.to_string()),
        grant_id: entry.grant.map(|id| id.to_string()),
        gateway: entry.gateway.to_string(),
        gateway_name: hospital_name(genesis, &entry.gateway),
        purpose: entry.purpose.as_str().to_owned(),
        decision: entry.decision.as_str().to_owned(),
        reason: entry.reason.as_str().to_owned(),
        count: entry.count,
        first: timestamp(entry.first),
        last: timestamp(entry.last),
        height: entry.height.get(),
    }
}

/// Name of a founding hospital.
pub(super) fn hospital_name(genesis: &Genesis, id: &HospitalId) -> Option<String> {
    let hospital = genesis.hospitals.iter().find(|hospital| hospital.id == *id)?;
    Some(hospital.name.as_str().to_owned())
}

/// An access entry in two lines of text: who, which record, decision and reason.
pub(super) fn describe_access(line: &AccessLine) -> String {
    let count = if line.count > 1 { format!(" ({} times)", line.count) } else { String::new() };
    let record = line.ehr_id.as_deref().unwrap_or("unknown records");
    let hospital = line.gateway_name.as_ref().unwrap_or(&line.gateway);
    format!(
        "{}  {}  {} {record}{count}\n    {} for {} at {hospital}, height {}",
        line.last, line.decision, line.reader, line.reason, line.purpose, line.height,
    )
}

/// A request in a few lines of text.
pub(super) fn describe_request(line: &RequestLine) -> String {
    let status = match line.status {
        RequestStatus::Open => "open",
        RequestStatus::Granted => "granted",
        RequestStatus::Denied => "denied",
    };
    let records = match line.ehr_ids.len() {
        0 => "records by filter".to_owned(),
        1 => line.ehr_ids[0].clone(),
        count => format!("{count} records"),
    };
    let grant = line.grant_id.as_ref().map_or_else(String::new, |grant| format!("  {grant}"));
    let reason = line.reason.as_ref().map_or_else(String::new, |reason| format!("\n  reason: {reason}"));
    format!(
        "{}  {status}{grant}\n  {} asks to {} {records} for {}, {}{reason}",
        line.request_id, line.grantee, line.access, line.purpose, line.requested,
    )
}

/// A grant in a few lines of text.
pub(super) fn describe_grant(line: &GrantLine) -> String {
    let revoked = match line.revoked.len() {
        0 => String::new(),
        count => format!(", {count} revoked"),
    };
    format!(
        "{}  {} may {} for {}\n  from {} until {}\n  records: {}{revoked}",
        line.grant_id,
        line.grantee,
        line.access,
        line.purpose,
        line.from,
        line.until,
        if line.ehr_ids.is_empty() { "none".to_owned() } else { line.ehr_ids.join(" ") },
    )
}

/// A record in one or two lines of text.
pub(super) fn describe_record(line: &AbstractLine) -> String {
    let title = line.title.as_deref().filter(|title| !title.is_empty());
    let title = title.map_or_else(String::new, |title| format!("  \"{title}\""));
    let words =
        if line.keywords.is_empty() { String::new() } else { format!("  [{}]", line.keywords.join(", ")) };
    let amended = line.amended_by.as_ref().map_or_else(String::new, |id| format!("  replaced by {id}"));
    format!(
        "{}  {}  {}{title}{words}{amended}\n  of {}, by {} at {}",
        line.ehr_id, line.published, line.kind, line.patient, line.author, line.hospital,
    )
}

fn committed_at(session: &Session, id: &TransactionId) -> Result<Time, OperationError> {
    Ok(session.transaction(id)?.0.time)
}
