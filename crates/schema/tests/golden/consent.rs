//! Search, requests, grants, inbox, audit.

use carechain_schema::{
    AbstractLine, AccessLine, AuditReport, ConsentDecision, GrantLine, GrantList, Inbox, InboxEvent,
    RecordList, RequestLine, RequestList, RequestStatus, SearchPage, SearchRequest,
};

use crate::examples::{bytes, id, time};
use crate::{check, check_document};

fn line() -> AbstractLine {
    AbstractLine {
        ehr_id: id("ehr", 'a'),
        patient: id("per", 'a'),
        author: id("per", 'b'),
        hospital: id("hos", 'a'),
        kind: "study".to_owned(),
        bytes: 65_536,
        published: time(0),
        keywords: vec!["ct".to_owned(), "thorax".to_owned()],
        title: Some("CT thorax".to_owned()),
        amends: Some(id("ehr", 'b')),
        amended_by: None,
    }
}

fn request() -> RequestLine {
    RequestLine {
        request_id: id("req", 'a'),
        patient: id("per", 'a'),
        grantee: id("per", 'c'),
        access: "read".to_owned(),
        purpose: "TREAT".to_owned(),
        ehr_ids: vec![id("ehr", 'a')],
        status: RequestStatus::Granted,
        grant_id: Some(id("grt", 'a')),
        requested: time(1),
        reason: Some("follow-up".to_owned()),
    }
}

fn grant() -> GrantLine {
    GrantLine {
        grant_id: id("grt", 'a'),
        patient: id("per", 'a'),
        grantee: id("per", 'c'),
        access: "read".to_owned(),
        purpose: "TREAT".to_owned(),
        from: time(2),
        until: time(26),
        ehr_ids: vec![id("ehr", 'a')],
        revoked: vec![id("ehr", 'b')],
    }
}

#[test]
fn search_and_records_are_as_they_were() {
    let search = SearchRequest {
        patient: Some(id("per", 'a')),
        author: Some(id("per", 'b')),
        hospital: Some(id("hos", 'a')),
        keywords: vec!["ct".to_owned()],
        from: Some(time(0)),
        until: Some(time(24)),
        count_max: Some(50),
        after: Some("00000000000000ff".to_owned()),
    };
    check("search-request-1", &search);
    check_document(SearchPage { abstracts: vec![line()], next: Some("00000000000000fe".to_owned()) });
    check_document(RecordList { patient: id("per", 'a'), complete_as_of: time(3), records: vec![line()] });
    assert_eq!(serde_json::from_str::<SearchRequest>("{}").unwrap(), SearchRequest::default());
}

#[test]
fn requests_grants_and_decisions_are_as_they_were() {
    check_document(request());
    check_document(RequestList { complete_as_of: Some(time(3)), requests: vec![request()] });
    check_document(GrantList { complete_as_of: None, grants: vec![grant()] });
    check_document(ConsentDecision {
        decision: "granted".to_owned(),
        request_id: Some(id("req", 'a')),
        grant: Some(grant()),
    });
}

#[test]
fn every_inbox_event_is_as_it_was() {
    let events = vec![
        InboxEvent::Requested { request: request() },
        InboxEvent::Granted { grant: grant() },
        InboxEvent::Denied { request_id: id("req", 'b'), code: Some("not-needed".to_owned()) },
        InboxEvent::Revoked { grant_id: id("grt", 'b'), ehr_id: None },
        InboxEvent::Revoked { grant_id: id("grt", 'b'), ehr_id: Some(id("ehr", 'a')) },
        InboxEvent::Published { ehr_id: id("ehr", 'a'), author: id("per", 'b') },
        InboxEvent::Read { ehr_id: id("ehr", 'a'), height: 41 },
    ];
    check_document(events[0].clone());
    check_document(Inbox { height: 42, events });
}

pub(crate) fn allowed() -> AccessLine {
    AccessLine {
        reader: id("per", 'c'),
        on_behalf_of: None,
        patient: Some(id("per", 'a')),
        ehr_id: Some(id("ehr", 'a')),
        grant_id: Some(id("grt", 'a')),
        gateway: id("hos", 'c'),
        gateway_name: Some("St. Anna".to_owned()),
        purpose: "TREAT".to_owned(),
        decision: "allowed".to_owned(),
        reason: "granted".to_owned(),
        count: 1,
        first: time(3),
        last: time(3),
        height: 41,
    }
}

#[test]
fn audit_is_as_it_was() {
    let refused = AccessLine {
        grant_id: None,
        decision: "refused".to_owned(),
        reason: "no-grant".to_owned(),
        count: 9,
        last: time(4),
        ..allowed()
    };
    check_document(AuditReport {
        subject: id("per", 'a'),
        complete_as_of: time(5),
        entries: vec![allowed(), refused],
        proofs: vec![bytes()],
    });
}
