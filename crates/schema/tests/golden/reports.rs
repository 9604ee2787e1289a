//! Proof checks, the demonstration, measurements.

use carechain_schema::{
    BenchPublish, BenchTransfer, DemoReport, DemoStep, Machine, ProofCheck, ProofClaim, ProofFileCheck,
    TransferMemory, TransferStage, WholeListLine,
};

use crate::check_document;
use crate::consent::allowed;
use crate::examples::{hex, id, time};

#[test]
fn proof_check_is_as_it_was() {
    let access = ProofClaim {
        subject: "access".to_owned(),
        id: id("ehr", 'a'),
        index: Some(0),
        shows: "allowed, granted".to_owned(),
    };
    check_document(ProofCheck {
        chain_id: hex(0xc0),
        files: vec![ProofFileCheck {
            file: "audit.proof".to_owned(),
            kind: "state".to_owned(),
            height: 42,
            block_time: time(1),
            votes: 3,
            current_as_of: Some(time(1)),
            claims: vec![access],
            accesses: vec![allowed()],
        }],
        lists: vec![WholeListLine {
            list: "audit".to_owned(),
            id: id("ehr", 'a'),
            count: 1,
            complete_as_of: time(1),
        }],
    });
}

#[test]
fn demo_is_as_it_was() {
    check_document(DemoReport {
        nodes: 4,
        dir: "demo".to_owned(),
        bytes_compared: 1_048_576,
        refusals: 4,
        steps: vec![DemoStep {
            name: "publish".to_owned(),
            result: "one record, two copies".to_owned(),
            duration_ms: 85.5,
        }],
    });
}

/// Round figures nobody measured, so that nobody quotes them.
#[test]
fn measurements_are_as_they_were() {
    let machine = Machine { cores: 2, fdatasync_p50_ms: 1.0, verify_p50_us: 100.0 };
    check_document(BenchPublish {
        nodes: 4,
        count: 1_000,
        p50_ms: 10.0,
        p99_ms: 20.0,
        max_ms: 30.0,
        machine: machine.clone(),
    });
    check_document(BenchTransfer {
        nodes: 4,
        count: 10,
        bytes: 350_000_000,
        seconds_p50: 1.0,
        seconds_max: 2.0,
        megabytes_per_second: 350.0,
        plain_write_megabytes_per_second: 1_000.0,
        stages: vec![TransferStage { name: "sealing".to_owned(), seconds_p50: 0.5 }],
        memory: TransferMemory {
            client_peak_bytes: 1_000_000,
            gateway_peak_bytes: 2_000_000,
            holder_peak_bytes: 3_000_000,
        },
        machine,
    });
}
