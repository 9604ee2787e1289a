//! Texts: ids, times, words, and every JSON document of the schema.

use core::fmt::{Debug, Display};
use core::str::FromStr;

use carechain_client::PersonName;
use carechain_crypto::{
    AccessRequestId, DepartmentId, Digest, EhrId, GrantId, HospitalId, MandateId, OrganisationId, PersonId,
    SigningPublicKey, TransactionId, UploadId,
};
use carechain_schema as schema;
use carechain_schema::{Described, Document, Timestamp};
use carechain_types::{AccessKind, AccessPurpose, EhrKind, Party, ReasonCode, Role};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) fn text(data: &[u8]) {
    documents(data);
    let Ok(text) = str::from_utf8(data) else { return };
    id::<PersonId>(text);
    id::<HospitalId>(text);
    id::<DepartmentId>(text);
    id::<OrganisationId>(text);
    id::<EhrId>(text);
    id::<GrantId>(text);
    id::<AccessRequestId>(text);
    id::<MandateId>(text);
    id::<Timestamp>(text);
    if let Some(party) = Party::from_text(text) {
        assert_eq!(party.to_string(), text, "a party is written in one way");
    }
    let _ = PersonName::from_str(text);
    let _ = (Role::from_text(text), AccessKind::from_text(text), AccessPurpose::from_text(text));
    let _ = (EhrKind::from_text(text), ReasonCode::from_text(text));
    let _ = (TransactionId::from_hex(text), UploadId::from_hex(text), Digest::from_hex(text));
    let _ = SigningPublicKey::from_hex(text);
}

/// What parses is printed, and parses to the same again.
fn id<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(value) = T::from_str(text) {
        assert_eq!(T::from_str(&value.to_string()).ok(), Some(value), "{text}");
    }
}

fn documents(data: &[u8]) {
    let _ = serde_json::from_slice::<schema::SearchRequest>(data);
    document::<schema::AuditReport>(data);
    document::<schema::StatusReport>(data);
    document::<schema::SearchPage>(data);
    document::<schema::RecordList>(data);
    document::<schema::NoticeList>(data);
    document::<schema::UploadStatus>(data);
    document::<schema::TransactionReport>(data);
    document::<schema::TransactionStatus>(data);
    document::<schema::PublishReport>(data);
    document::<schema::RetrieveReport>(data);
    document::<schema::RequestList>(data);
    document::<schema::GrantList>(data);
    document::<schema::Inbox>(data);
    document::<schema::PersonList>(data);
}

/// What parses is written, and parses to the same again.
fn document<T: Described + Serialize + DeserializeOwned + PartialEq + Debug>(data: &[u8]) {
    let Ok(document) = serde_json::from_slice::<Document<T>>(data) else { return };
    let written = serde_json::to_vec(&document).expect("documents always encode");
    let again: Document<T> = serde_json::from_slice(&written).expect("what was written parses");
    // Numbers with a fraction may lose their last digits on the first way.
    assert_eq!(serde_json::to_vec(&again).ok(), Some(written));
    let _ = (document.schema().len(), document.exit_status());
    let _ = document.into_result();
}
