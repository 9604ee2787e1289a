//! What a stranger with nothing but files concludes, over the golden proofs.

use std::path::Path;

use carechain_schema::ErrorCode;
use carechain_types::{BoundedVec, Genesis, Proof, StateTag};

use super::check::{NamedFile, check};
use super::describe;

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    std::fs::read(folder.join(name)).unwrap()
}

fn genesis() -> Genesis {
    Genesis::from_bytes(&fixture("genesis.json")).unwrap()
}

fn named(bytes: Vec<u8>) -> NamedFile {
    NamedFile { name: "a.proof".to_owned(), bytes }
}

/// The file without the claims that `cut` picks: every signature and path of the rest still holds.
fn without(name: &str, cut: impl Fn(usize) -> bool) -> NamedFile {
    let proof = Proof::from_file(&fixture(name)).unwrap();
    let kept = proof.claims.iter().enumerate().filter(|(index, _)| !cut(*index));
    let claims = BoundedVec::new(kept.map(|(_, claim)| claim.clone()).collect()).unwrap();
    named(Proof { claims, ..proof }.to_file())
}

#[test]
fn an_audit_names_reader_decision_hospital_and_that_it_is_complete() {
    let genesis = genesis();
    let report = check(&[named(fixture("proof_audit.json"))], &genesis).unwrap();
    let list = &report.lists[0];
    assert_eq!((report.lists.len(), list.list.as_str(), list.count), (1, "audit", 6));
    assert!(list.id.starts_with("ehr_"));
    let access = &report.files[0].accesses[1];
    assert!(access.reader.starts_with("per_"));
    assert_eq!((access.decision.as_str(), access.reason.as_str()), ("allowed", "granted"));
    assert_eq!(access.gateway_name.as_deref(), Some("Hospital 2"));
    let text = describe(&report, &genesis);
    assert!(text.contains("no-grant for TREAT at Hospital 2"), "{text}");
    assert!(text.contains("complete: 6 access entries (17 attempts) on ehr_"), "{text}");
    assert!(text.ends_with("none is missing as of 2026-01-01T00:00:02.000000Z"), "{text}");
}

#[test]
fn every_id_of_a_list_is_text() {
    let report = check(&[named(fixture("proof_lists.json"))], &genesis()).unwrap();
    assert_eq!(report.lists.len(), 4);
    for claim in &report.files[0].claims {
        let prefix = claim.id.split('_').next().unwrap();
        assert!(["per", "ehr", "req", "grt"].contains(&prefix), "{} {}", claim.subject, claim.id);
    }
}

#[test]
fn an_audit_is_refused_without_any_one_entry_or_the_counter() {
    let count = Proof::from_file(&fixture("proof_audit.json")).unwrap().claims.len();
    for cut in 0..count {
        let proof = Proof::from_file(&fixture("proof_audit.json")).unwrap();
        let result = check(&[without("proof_audit.json", |index| index == cut)], &genesis());
        // The abstract of the record is no part of the list.
        if proof.claims[cut].key.tag == StateTag::Ehr {
            assert_eq!(result.unwrap().lists.len(), 1);
        } else {
            let failure = result.unwrap_err().failure;
            assert_eq!(failure.code, ErrorCode::ProofRefused);
            assert!(failure.message.starts_with("not complete: "), "{}", failure.message);
        }
    }
}

#[test]
fn the_lists_of_a_person_are_refused_without_any_one_claim() {
    let count = Proof::from_file(&fixture("proof_lists.json")).unwrap().claims.len();
    for cut in 0..count {
        let result = check(&[without("proof_lists.json", |index| index == cut)], &genesis());
        assert_eq!(result.unwrap_err().failure.code, ErrorCode::ProofRefused, "claim {cut}");
    }
}

#[test]
fn an_audit_in_two_files_is_complete_when_both_are_named() {
    let newest = || without("proof_audit.json", |index| (2..5).contains(&index));
    let oldest = || without("proof_audit.json", |index| index >= 5);
    for file in [newest(), oldest()] {
        assert!(check(&[file], &genesis()).is_err());
    }
    assert_eq!(check(&[newest(), oldest()], &genesis()).unwrap().lists[0].count, 6);
}

#[test]
fn single_claims_and_transactions_are_never_called_complete() {
    let genesis = genesis();
    for name in ["proof.json", "proof_transaction.json"] {
        let report = check(&[named(fixture(name))], &genesis).unwrap();
        assert!(report.lists.is_empty());
        assert!(!describe(&report, &genesis).contains("complete"), "{name}");
    }
    let refused = check(&[named(b"{}".to_vec())], &genesis).unwrap_err();
    assert_eq!(refused.failure.code, ErrorCode::ProofRefused);
}
