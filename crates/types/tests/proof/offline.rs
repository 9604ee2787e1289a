//! Single claims, transactions, certificates and heads.

use carechain_crypto::PersonId;
use carechain_types::{
    BoundedString, BoundedVec, Certificate, Genesis, HospitalValue, Outcome, Phase, Proof, ProofError,
    ProofKind, Span, StateKey, StateValue, TransactionProof, tree,
};

use crate::chain::{CREATED, Chain, chain, genesis};
use crate::fixture;

fn state_proof_of(chain: &Chain, voted: u64) -> Proof {
    let present = chain.genesis.hospitals[1].id;
    let absent = PersonId::new([0x77; 20]);
    chain.state_proof(&[StateKey::hospital(&present), StateKey::person(&absent)], voted)
}

fn transaction_proof(chain: &Chain) -> Proof {
    let chain_id = chain.genesis.chain_id();
    let leaves = chain.block.leaf_digests(&chain_id);
    let outcomes: Vec<_> = chain.outcomes.iter().map(Outcome::digest).collect();
    let transaction = &chain.block.transactions[2];
    let path = |digests: &[_]| BoundedVec::new(tree::path(digests, 2).expect("inside")).expect("short");
    Proof {
        kind: ProofKind::Transaction,
        claims: BoundedVec::empty(),
        transaction: Some(TransactionProof {
            body: transaction.body.clone(),
            signature: transaction.signature,
            outcome: chain.outcomes[2].clone(),
            leaf_index: 2,
            transaction_path: path(&leaves),
            outcome_path: path(&outcomes),
        }),
        heads: None,
        ..state_proof_of(chain, 1)
    }
}

#[test]
fn files_are_frozen() {
    let chain = chain();
    fixture("genesis.json", &chain.genesis.to_bytes());
    fixture("proof.json", &state_proof_of(&chain, 1).to_file());
    fixture("proof_transaction.json", &transaction_proof(&chain).to_file());
}

#[test]
fn genesis_file_reads_back_and_refuses_any_edit() {
    let bytes = genesis().to_bytes();
    assert_eq!(Genesis::from_bytes(&bytes).expect("reads"), genesis());
    let mut spaced = bytes.clone();
    spaced.push(b'\n');
    assert!(Genesis::from_bytes(&spaced).is_err());
    let renamed = String::from_utf8(bytes).expect("JSON").replace("Hospital 2", "Hospital 9");
    assert!(Genesis::from_bytes(renamed.as_bytes()).is_err());
}

#[test]
fn state_proof_shows_a_value_and_an_absence_as_of_the_earliest_head() {
    let chain = chain();
    let proof = Proof::from_file(&state_proof_of(&chain, 1).to_file()).expect("reads");
    let verified = proof.verify(&chain.genesis).expect("holds");
    let key = StateKey::hospital(&chain.genesis.hospitals[1].id);
    let value: HospitalValue = verified.claim(&key).expect("claimed").value().expect("typed").expect("there");
    assert_eq!(value.name.as_str(), "Hospital 2");
    assert_eq!(verified.claims[1].bytes(), None);
    assert_eq!(verified.current_as_of, Some(CREATED.after(Span::SECOND.times(2))));
    assert_eq!(value.to_bytes(), verified.claims[0].bytes().expect("there"));
}

#[test]
fn a_head_that_voted_above_the_header_takes_the_time_away() {
    let chain = chain();
    let verified = state_proof_of(&chain, 2).verify(&chain.genesis).expect("holds");
    assert_eq!(verified.current_as_of, None);
}

#[test]
fn another_ledger_is_refused() {
    let chain = chain();
    let mut other = genesis();
    other.name = BoundedString::new("Another consortium").expect("short");
    assert!(matches!(state_proof_of(&chain, 1).verify(&other), Err(ProofError::Chain { .. })));
}

#[test]
fn a_quorum_less_one_is_refused() {
    let chain = chain();
    let mut proof = state_proof_of(&chain, 1);
    let mut certificate = chain.certificate.clone();
    certificate.votes = BoundedVec::new(certificate.votes[..2].to_vec()).expect("two");
    proof.certificate = Some(certificate);
    assert!(matches!(proof.verify(&chain.genesis), Err(ProofError::Signature(_))));
}

#[test]
fn a_prepared_certificate_commits_nothing() {
    let chain = chain();
    let mut proof = state_proof_of(&chain, 1);
    proof.certificate = Some(Certificate { phase: Phase::Prepare, ..chain.certificate.clone() });
    assert!(matches!(proof.verify(&chain.genesis), Err(ProofError::Certificate { .. })));
}

#[test]
fn any_one_byte_changed_is_refused() {
    let chain = chain();
    for file in [state_proof_of(&chain, 1).to_file(), transaction_proof(&chain).to_file()] {
        for index in 0..file.len() {
            let mut changed = file.clone();
            changed[index] ^= 1;
            let holds = Proof::from_file(&changed).is_ok_and(|proof| proof.verify(&chain.genesis).is_ok());
            assert!(!holds, "byte {index} does not matter");
        }
    }
}
