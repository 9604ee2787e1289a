//! What nodes answer about themselves and about transactions.

use carechain_schema::{
    ConsensusStatus, FindingCode, FindingLine, HeadLine, NodeReport, NoticeLine, NoticeList, OutcomeLine,
    PeerLine, PeerState, SearchRequest, Severity, StatusReport, StorageStatus, SyncState, TransactionReport,
    TransactionState, TransactionStatus,
};

use crate::check_document;
use crate::examples::{bytes, hex, id, time};

fn report() -> TransactionReport {
    TransactionReport {
        transaction_id: hex(0x7a),
        height: 42,
        block_time: time(1),
        outcome: OutcomeLine { code: 13, name: "too_few_receipts".to_owned() },
        result: bytes(),
        proof: bytes(),
    }
}

#[test]
fn node_is_as_it_was() {
    check_document(NodeReport {
        version: "0.1.0".to_owned(),
        hospital: id("hos", 'a'),
        name: "west".to_owned(),
        chain_id: hex(0xc0),
        ready: true,
    });
}

#[test]
fn status_is_as_it_was() {
    check_document(StatusReport {
        version: "0.1.0".to_owned(),
        hospital: id("hos", 'a'),
        name: "west".to_owned(),
        chain_id: hex(0xc0),
        ready: false,
        findings: vec![FindingLine {
            code: FindingCode::NoQuorum,
            severity: Severity::Blocking,
            since: time(2),
            sentence: "3 of 4 hospitals must answer and 2 do: south and east are away".to_owned(),
            advice: "ring them".to_owned(),
        }],
        head: HeadLine { height: 42, block_id: hex(0xb1), block_time: time(1) },
        consensus: ConsensusStatus {
            epoch: 0,
            view: 3,
            primary: id("hos", 'd'),
            view_change: false,
            member_count: 4,
            quorum: 3,
            pending_transactions: 0,
        },
        sync: SyncState::AtHead,
        peers: vec![
            PeerLine {
                hospital: id("hos", 'b'),
                name: "north".to_owned(),
                state: PeerState::Connected,
                height: Some(42),
                view: Some(3),
                head_time: Some(time(1)),
                heard: Some(time(1)),
                clock_offset_ms: Some(-3),
            },
            PeerLine {
                hospital: id("hos", 'c'),
                name: "south".to_owned(),
                state: PeerState::Away,
                height: None,
                view: None,
                head_time: None,
                heard: None,
                clock_offset_ms: None,
            },
        ],
        storage: StorageStatus {
            ledger_bytes: Some(1_048_576),
            chunk_bytes: Some(367_001_600),
            free_bytes: Some(10_737_418_240),
            file_count: Some(7),
            file_count_below_policy: None,
        },
        summary: "3 of 4 hospitals must answer and 2 do: south and east are away".to_owned(),
    });
}

#[test]
fn transactions_are_as_they_were() {
    check_document(report());
    check_document(TransactionStatus {
        transaction_id: hex(0x7a),
        state: TransactionState::Committed,
        report: Some(report()),
    });
}

#[test]
fn notices_are_as_they_were() {
    let notice =
        |event: &str, id: String| NoticeLine { event: event.to_owned(), id, height: 41, block_time: time(1) };
    check_document(NoticeList {
        height: 42,
        notices: vec![
            notice("request", id("req", 'a')),
            notice("grant", id("grt", 'a')),
            notice("deny", id("req", 'b')),
            notice("revoke", id("grt", 'b')),
            notice("publish", id("ehr", 'a')),
            notice("read", id("ehr", 'a')),
        ],
    });
}

#[test]
fn a_field_that_a_request_does_not_have_is_refused() {
    assert!(serde_json::from_str::<SearchRequest>(r#"{"patient":"per_","height":1}"#).is_err());
    assert!(serde_json::from_str::<SearchRequest>("{}").is_ok());
}
