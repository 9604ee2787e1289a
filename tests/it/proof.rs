//! Proofs: accepted with the genesis file alone, refused after any one byte is changed.

use std::path::Path;

use carechain_types::{BoundedVec, Genesis, Proof, Role, StateTag};

use crate::support::{Network, carechain};

/// Whether the proof holds.
fn holds(bytes: &[u8], genesis: &Genesis) -> bool {
    Proof::from_file(bytes).is_ok_and(|proof| proof.verify(genesis).is_ok())
}

/// What `proof verify` exits with, in a folder with nothing but the two files.
fn verified(proof: &[u8], genesis: &[u8]) -> i32 {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("proof"), proof).unwrap();
    std::fs::write(folder.path().join("genesis.json"), genesis).unwrap();
    carechain(folder.path(), &["proof", "verify", "proof", "--genesis", "genesis.json", "--json"]).code
}

#[track_caller]
fn check(proof_file: &Path, genesis_file: &Path, complete: bool) {
    let (proof, genesis_bytes) = (std::fs::read(proof_file).unwrap(), std::fs::read(genesis_file).unwrap());
    let genesis = Genesis::from_bytes(&genesis_bytes).unwrap();
    assert_eq!(verified(&proof, &genesis_bytes), 0);
    let says = Proof::from_file(&proof).unwrap().verify(&genesis).unwrap();
    assert_eq!(says.current_as_of.is_some(), complete);
    // Every byte in this process, a few through the command.
    for place in 0..proof.len() {
        let mut changed = proof.clone();
        changed[place] ^= 1;
        assert!(!holds(&changed, &genesis), "byte {place} of {}", proof.len());
        if place % (proof.len() / 4) == 3 {
            assert_eq!(verified(&changed, &genesis_bytes), 1, "byte {place}");
        }
    }
    assert!(!holds(&proof[..proof.len() - 1], &genesis), "without its last byte");
    assert!(!holds(&[&proof[..], b"\n"].concat(), &genesis), "with one byte more");
}

#[test]
fn audit_and_publish_proofs_hold_and_no_changed_byte_does() {
    let network = Network::shared();
    let patient = network.person("proof-patient", 1, Role::Patient);
    let author = network.person("proof-author", 2, Role::Doctor);
    let ehr = author.publish(&patient, "ct", 10_000);
    author.run(&["retrieve", &ehr, "--out", "refused"]).failed(4, "not_found");
    let audit = patient.run(&["audit", "--ehr", &ehr, "--prove", "audit.proof"]).data();
    assert_eq!(audit["entries"].as_array().unwrap().len(), 1);
    assert_eq!(audit["proofs"].as_array().unwrap().len(), 1);
    let genesis = network.path("genesis.json");
    check(&patient.folder.join("audit.proof"), &genesis, true);
    let whole = Proof::from_file(&std::fs::read(patient.folder.join("audit.proof")).unwrap()).unwrap();
    for cut in [StateTag::Access, StateTag::Counts] {
        let mut proof = whole.clone();
        let kept = proof.claims.iter().filter(|claim| claim.key.tag != cut).cloned().collect();
        proof.claims = BoundedVec::new(kept).unwrap();
        assert_eq!(verified(&proof.to_file(), &std::fs::read(&genesis).unwrap()), 1, "without {cut:?}");
    }
    let proofs = author.folder.join("state").join(&author.name).join("proofs");
    check(&proofs.join(format!("{ehr}.proof")), &genesis, false);
}

#[test]
fn a_proof_of_another_ledger_is_refused() {
    let network = Network::shared();
    let patient = network.person("other-ledger", 1, Role::Patient);
    patient.run(&["audit", "--prove", "audit.proof"]).done();
    let other = Network::init(1);
    let proof = std::fs::read(patient.folder.join("audit.proof")).unwrap();
    assert_eq!(verified(&proof, &std::fs::read(other.path("genesis.json")).unwrap()), 1);
}
