//! A proof verifies with the genesis file alone, and no longer after any change of its bytes.
//!
//! Writes `tests/fixtures/{genesis,proof,proof_transaction}.json` under `CARECHAIN_BLESS=1`; an independent reader in
//! another language checks the same files.

use std::path::PathBuf;

use carechain_crypto::{Nonce, PersonId, SealingPublicKey, Secret, SigningKeyPair, StateRoot};
use carechain_types::{
    Block, BoundedBytes, BoundedString, BoundedVec, Certificate, Claim, Commit, DenyPart, Endpoints, Genesis,
    GenesisHospital, Head, Header, Height, NodeSigner, Outcome, Parameters, Party, Phase, Proof, ProofError,
    ProofKind, PublicPart, ReasonCode, ReplicaId, SealingKey, SearchPolicy, SignedHead, Span, StateKey,
    StateValue, Time, Transaction, TransactionBody, TransactionProof, View, hospital_id, tree,
};
use carechain_types::{HospitalValue, StatePath, state_proof};

const CREATED: Time = Time::from_micros(1_767_225_600_000_000);

fn pair(seed: u8) -> SigningKeyPair {
    SigningKeyPair::from_seed(&Secret::new([seed; 32]))
}

fn sealing_key(byte: u8) -> SealingKey {
    SealingKey::x25519(SealingPublicKey::new([byte; 32]))
}

fn hospital(index: u8) -> GenesisHospital {
    let name = BoundedString::new(format!("Hospital {index}")).expect("short");
    let governance_keys = BoundedVec::new(vec![pair(100 + index).public()]).expect("one");
    GenesisHospital {
        id: hospital_id(&name, 1, &governance_keys),
        name,
        weight: 1,
        governance_threshold: 1,
        governance_keys,
        node_key: pair(index).public(),
        node_sealing_key: sealing_key(50 + index),
        endpoints: Endpoints {
            votes: BoundedString::new(format!("node{index}.example:7101")).expect("short"),
            bulk: BoundedString::new(format!("node{index}.example:7102")).expect("short"),
        },
        registrar_keys: BoundedVec::new(vec![pair(150 + index).public()]).expect("one"),
        index_key_share: BoundedBytes::new(vec![index; 80]).expect("eighty"),
    }
}

fn genesis() -> Genesis {
    Genesis {
        created: CREATED,
        name: BoundedString::new("Example consortium").expect("short"),
        parameters: Parameters {
            receipts_required: 2,
            copies: 3,
            search_policy: SearchPolicy::AnyOf,
            default_window: Span::DAY,
            recovery_delay: Span::HOUR.times(72),
            transaction_bytes_max: 1 << 20,
            block_bytes_max: 4 << 20,
        },
        index_key: sealing_key(42),
        hospitals: BoundedVec::new((1..=4).map(hospital).collect()).expect("four"),
    }
}

fn transaction(genesis: &Genesis, salt: u8) -> Transaction {
    let part = PublicPart::Deny(DenyPart {
        request: carechain_crypto::AccessRequestId::new([salt; 20]),
        code: ReasonCode::NotNeeded,
    });
    let body = TransactionBody {
        version: 1,
        sender: Party::Person(PersonId::new([7; 20])),
        sender_key: pair(200).public(),
        salt: Nonce::new([salt; 16]),
        expiry_time: CREATED.after(Span::MINUTE.times(5)),
        kind: part.kind().number(),
        public_part: BoundedBytes::new(part.to_bytes()).expect("short"),
        parts: BoundedVec::empty(),
    };
    let signature = NodeSigner::sign(&pair(200), &genesis.chain_id(), &body);
    Transaction { body, signature }
}

struct Chain {
    genesis: Genesis,
    block: Block,
    outcomes: Vec<Outcome>,
    certificate: Certificate,
    entries: Vec<(StateKey, Vec<u8>)>,
}

fn chain() -> Chain {
    let genesis = genesis();
    let chain_id = genesis.chain_id();
    let transactions: Vec<_> = (1..=3).map(|salt| transaction(&genesis, salt)).collect();
    let leaves: Vec<_> = transactions.iter().map(|transaction| transaction.leaf(&chain_id)).collect();
    let outcomes: Vec<_> = leaves
        .iter()
        .map(|leaf| Outcome { transaction_id: leaf.id, code: 6, result: BoundedBytes::empty() })
        .collect();
    let entries = genesis.initial_state();
    let state_root = root(&entries);
    let genesis_header = genesis.header(state_root);
    let digests: Vec<_> = leaves.iter().map(|leaf| leaf.digest()).collect();
    let outcome_digests: Vec<_> = outcomes.iter().map(Outcome::digest).collect();
    let header = Header {
        height: Height::new(1),
        parent: genesis_header.id(),
        time: CREATED.after(Span::SECOND),
        transaction_count: 3,
        transactions_root: tree::root(&digests),
        outcomes_root: tree::root(&outcome_digests),
        ..genesis_header
    };
    let certificate = certificate(&genesis, &header);
    let block = Block { header, transactions: BoundedVec::new(transactions).expect("three") };
    Chain { genesis, block, outcomes, certificate, entries }
}

fn root(entries: &[(StateKey, Vec<u8>)]) -> StateRoot {
    state_proof::root_of(entries.iter().map(|(key, value)| (key.hash(), value.as_slice())))
}

fn certificate(genesis: &Genesis, header: &Header) -> Certificate {
    let commit =
        Commit { epoch: header.epoch, view: View::ZERO, height: header.height, block_id: header.id() };
    let votes = (0..3)
        .map(|member: u16| {
            let pair = pair(u8::try_from(member).expect("small") + 1);
            (ReplicaId::new(member), NodeSigner::sign(&pair, &genesis.chain_id(), &commit))
        })
        .collect();
    Certificate {
        phase: Phase::Commit,
        epoch: header.epoch,
        view: View::ZERO,
        height: header.height,
        block_id: header.id(),
        votes: BoundedVec::new(votes).expect("three"),
    }
}

fn heads(chain: &Chain, voted: u64) -> BoundedVec<SignedHead, 200> {
    let heads = (1..4_u16)
        .map(|member| {
            let head = Head {
                epoch: chain.block.header.epoch,
                member: ReplicaId::new(member),
                view: View::ZERO,
                height: Height::new(1),
                block_id: chain.block.header.id(),
                voted: Height::new(voted),
                time: CREATED.after(Span::SECOND.times(u64::from(member) + 1)),
            };
            let pair = pair(u8::try_from(member).expect("small") + 1);
            let signature = NodeSigner::sign(&pair, &chain.genesis.chain_id(), &head);
            SignedHead { member: head.member, head, signature }
        })
        .collect();
    BoundedVec::new(heads).expect("three")
}

fn state_proof_of(chain: &Chain, voted: u64) -> Proof {
    let tree: Vec<_> = chain.entries.iter().map(|(key, value)| (key.hash(), value.as_slice())).collect();
    let present = chain.genesis.hospitals[1].id;
    let absent = PersonId::new([0x77; 20]);
    let claims = [StateKey::hospital(&present), StateKey::person(&absent)].map(|key| {
        let value = chain.entries.iter().find(|(other, _)| *other == key).map(|(_, value)| value.clone());
        Claim {
            key,
            value: value.map(|value| BoundedBytes::new(value).expect("short")),
            path: StatePath::of(&tree, &key.hash()),
            body: None,
        }
    });
    Proof {
        kind: ProofKind::State,
        chain_id: chain.genesis.chain_id(),
        epochs: BoundedVec::empty(),
        header: chain.block.header.clone(),
        certificate: Some(chain.certificate.clone()),
        claims: BoundedVec::new(claims.to_vec()).expect("two"),
        transaction: None,
        heads: Some(heads(chain, voted)),
    }
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

fn fixture(name: &str, bytes: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name);
    if std::env::var_os("CARECHAIN_BLESS").is_some() {
        std::fs::write(&path, bytes).expect("fixtures are writable");
    }
    assert_eq!(std::fs::read(&path).expect("fixtures are here"), bytes, "{name} changed");
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
    assert_eq!(verified.complete_as_of, Some(CREATED.after(Span::SECOND.times(2))));
    assert_eq!(value.to_bytes(), verified.claims[0].bytes().expect("there"));
}

#[test]
fn a_head_that_voted_above_the_header_takes_completeness_away() {
    let chain = chain();
    let verified = state_proof_of(&chain, 2).verify(&chain.genesis).expect("holds");
    assert_eq!(verified.complete_as_of, None);
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
