//! Canonical bytes: what decodes is the only encoding of its value, and nothing that follows from it panics.

use core::fmt::Debug;

use carechain_crypto::{ChainId, Signature, SigningPublicKey};
use carechain_engine::{CommittedBlockMessage, PeerMessage};
use carechain_ledger::{Ledger, MemoryBackend};
use carechain_types::{
    AccessValue, AttemptCounts, Block, Certificate, CountsValue, DepartmentValue, DetachedPart,
    EhrByPatientValue, EhrValue, EntryId, Genesis, GrantValue, Header, HospitalCounts, HospitalValue,
    IndexEntry, KeyHolderValue, ListQuery, MemberValue, Membership, Outcome, ParameterValue, PersonCounts,
    PersonValue, Possession, Proof, PublicPart, ReadRequest, Receipt, RecordCounts, RefusedValue,
    RequestValue, SignatureScheme, SignedQuery, SignedReadRequest, SignedUploadComplete, SignedUploadOpen,
    StateQuery, StateValue, Submission, TombstoneValue, Transaction, TransactionBody, UploadReceipts,
    Verifier, View, check_lists, decode, encode,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Lets every signature through, so that what lies behind the check is reached.
#[derive(Clone, Copy)]
struct Credulous;

impl SignatureScheme for Credulous {
    fn verify(&self, _: &SigningPublicKey, _: &[u8], _: &Signature) -> bool {
        true
    }
}

const CHAIN: ChainId = ChainId::new([0xC4; 32]);
const VERIFIER: Verifier<Credulous> = Verifier::new(Credulous, CHAIN);

/// The value, if these are its bytes. Printing it must not panic either: a node logs what it refuses.
fn value<T: Serialize + DeserializeOwned + Debug>(data: &[u8]) -> Option<T> {
    let value: T = decode(data, data.len()).ok()?;
    assert_eq!(encode(&value), data, "a value has one encoding");
    let _ = format!("{value:?}");
    Some(value)
}

/// Transactions, their public parts of every kind, detached parts and what is sealed inside them.
pub(super) fn transaction(data: &[u8]) {
    if let Some(submission) = value::<Submission>(data) {
        let transaction = &submission.transaction;
        let _ = transaction.leaf(&CHAIN).digest();
        let _ = transaction.body.parts_bytes();
        let _ = PublicPart::decode(transaction.body.kind, &transaction.body.public_part);
        let _ = VERIFIER.submission(submission);
    }
    if let Some(transaction) = value::<Transaction>(data) {
        let _ = VERIFIER.transaction(transaction);
    }
    if let Some(body) = value::<TransactionBody>(data) {
        let _ = (body.id(&CHAIN), body.sender_key_id());
    }
    if let Some(part) = value::<DetachedPart>(data) {
        let _ = (part.digest(), part.size());
    }
    for kind in 0..=13 {
        if let Ok(part) = PublicPart::decode(kind, data) {
            assert_eq!(part.to_bytes(), data, "a public part has one encoding");
            if let PublicPart::Read(part) = part {
                let _ = VERIFIER.read_part(&part);
            }
        }
    }
    let _ = value::<IndexEntry>(data);
}

/// Blocks, headers, certificates, and committed blocks as they travel.
pub(super) fn block(data: &[u8]) {
    let membership = crate::consortium::genesis().membership();
    if let Some(header) = value::<Header>(data) {
        let _ = header.id();
    }
    if let Some(certificate) = value::<Certificate>(data) {
        let _ = certificate.key();
        let _ = VERIFIER.certificate(&membership, certificate);
    }
    if let Some(block) = value::<CommittedBlockMessage>(data) {
        let _ = block.verify(&VERIFIER, &membership);
    }
    if let Some(message) = value::<PeerMessage>(data) {
        let _ = message.verify(&VERIFIER, &membership);
    }
    let _ = (value::<Block>(data), value::<Outcome>(data));
}

/// What clients and gateways exchange.
pub(super) fn exchange(data: &[u8]) {
    let _ = value::<SignedQuery>(data);
    let _ = value::<StateQuery>(data);
    if let Some(query) = value::<ListQuery>(data) {
        let _ = query.count_max;
    }
    if let Some(request) = value::<ReadRequest>(data) {
        let _ = (request.digest(&CHAIN), request.reply_key.as_x25519());
    }
    let _ = value::<SignedReadRequest>(data);
    let _ = value::<SignedUploadOpen>(data);
    let _ = value::<SignedUploadComplete>(data);
    if let Some(receipt) = value::<Receipt>(data) {
        let _ = VERIFIER.receipt(&receipt);
    }
    let _ = value::<UploadReceipts>(data);
    if let Some(possession) = value::<Possession>(data) {
        let _ = possession.check(Credulous, &[Signature::ZERO]);
    }
    let _ = value::<EntryId>(data);
}

/// A membership says who is primary and what a quorum is, whatever it holds.
pub(super) fn membership(data: &[u8]) {
    let Some(membership) = value::<Membership>(data) else { return };
    for view in [0, 1, u64::MAX] {
        let primary = membership.primary(View::new(view));
        assert!(membership.member(primary).is_some(), "a primary is a member");
    }
    assert!(membership.quorum().size() <= membership.members.len());
    assert_eq!(membership.replicas().count(), membership.members.len());
    let _ = membership.digest();
}

/// Every kind of value in the state.
pub(super) fn state_value(data: &[u8]) {
    fn typed<V: StateValue + Debug>(data: &[u8]) {
        if let Ok(value) = V::from_bytes(data) {
            assert_eq!(value.to_bytes(), data, "a state value has one encoding");
            let _ = format!("{value:?}");
        }
    }
    typed::<PersonValue>(data);
    typed::<DepartmentValue>(data);
    typed::<HospitalValue>(data);
    typed::<MemberValue>(data);
    typed::<ParameterValue>(data);
    typed::<EhrValue>(data);
    typed::<EhrByPatientValue>(data);
    typed::<RequestValue>(data);
    typed::<GrantValue>(data);
    typed::<AccessValue>(data);
    typed::<CountsValue<PersonCounts>>(data);
    typed::<CountsValue<RecordCounts>>(data);
    typed::<CountsValue<HospitalCounts>>(data);
    typed::<CountsValue<AttemptCounts>>(data);
    typed::<KeyHolderValue>(data);
    typed::<RefusedValue>(data);
    typed::<TombstoneValue>(data);
}

/// A proof, verified against the genesis file that the golden proofs stand on.
pub(super) fn proof(data: &[u8]) {
    if let Some(proof) = value::<Proof>(data) {
        check_proof(&proof);
    }
}

/// The same as a file.
pub(super) fn proof_file(data: &[u8]) {
    if let Ok(proof) = Proof::from_file(data) {
        assert_eq!(proof.to_file(), data, "a proof is written in one way");
        check_proof(&proof);
    }
}

fn check_proof(proof: &Proof) {
    let genesis = Genesis::from_bytes(GENESIS).expect("the golden genesis file is one");
    if let Ok(verified) = proof.verify(&genesis) {
        let _ = check_lists(&[verified]);
    }
}

const GENESIS: &[u8] = include_bytes!("../../../tests/fixtures/genesis.json");

/// A genesis file, up to the ledger it founds.
pub(super) fn genesis(data: &[u8]) {
    let Ok(genesis) = Genesis::from_bytes(data) else { return };
    assert_eq!(genesis.to_bytes(), data, "a genesis file is written in one way");
    let membership = genesis.membership();
    let _ = membership.quorum();
    Ledger::open(MemoryBackend::new(), &genesis)
        .expect("a genesis file that passed its check founds a ledger");
}
