//! A small chain for tests: blocks that carry every kind of transaction, with made-up state and outcomes.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;

use carechain_crypto::{
    Commitment, Digest, EhrId, HospitalId, Nonce, PersonId, Salt, SealingPublicKey, Signature,
    SigningPublicKey, TransactionId, UploadId, hash,
};
use carechain_types::{
    Block, BoundedBytes, BoundedString, BoundedVec, Certificate, DetachedPart, EhrKind, Endpoints, Epoch,
    Genesis, GenesisHospital, Header, Height, Outcome, Parameters, Party, Phase, PublicPart, PublishPart,
    SealingKey, SearchPolicy, Span, StateKey, Time, Transaction, TransactionBody, View, Visibility,
    hospital_id, tree,
};

use crate::backend::Backend;
use crate::ledger::{CommittedBlock, Ledger, StoredPart};

/// A ledger of one hospital.
pub(crate) fn genesis(name: &str) -> Genesis {
    let name = BoundedString::new(name).unwrap();
    let key = SigningPublicKey::new([7; 32]);
    let sealing_key = SealingKey::x25519(SealingPublicKey::new([8; 32]));
    let governance_keys = BoundedVec::new(vec![key]).unwrap();
    let endpoint = BoundedString::new("localhost:1").unwrap();
    let hospital = GenesisHospital {
        id: hospital_id(&name, 1, &governance_keys),
        name: name.clone(),
        weight: 1,
        governance_threshold: 1,
        governance_keys,
        node_key: key,
        node_sealing_key: sealing_key.clone(),
        endpoints: Endpoints { votes: endpoint.clone(), bulk: endpoint },
        registrar_keys: BoundedVec::new(vec![key]).unwrap(),
        index_key_share: BoundedBytes::new(vec![0; 80]).unwrap(),
    };
    Genesis {
        created: Time::from_micros(1_000_000_000_000),
        name,
        parameters: Parameters {
            receipts_required: 1,
            copies: 1,
            search_policy: SearchPolicy::AnyOf,
            default_window: Span::DAY,
            recovery_delay: Span::DAY,
            transaction_bytes_max: 1 << 20,
            block_bytes_max: 1 << 22,
        },
        index_key: sealing_key,
        hospitals: BoundedVec::new(vec![hospital]).unwrap(),
    }
}

pub(crate) fn person(number: u8) -> PersonId {
    PersonId::new([number; 20])
}

pub(crate) fn hospital(number: u8) -> HospitalId {
    HospitalId::new([number; 20])
}

/// An abstract of `patient` by doctor `author` from `hospital`.
pub(crate) fn publish(patient: u8, author: u8, from: u8, visibility: Visibility) -> (Party, PublicPart) {
    let part = PublishPart {
        patient: person(patient),
        hospital: hospital(from),
        upload_id: UploadId::new([1; 16]),
        commitment: Commitment::new([patient; 32]),
        length: 65_536,
        kind: EhrKind::Study,
        amends: None,
        grant: None,
        visibility,
        recipients: BoundedVec::empty(),
        receipts: BoundedVec::empty(),
    };
    (Party::Person(person(author)), PublicPart::Publish(part))
}

/// A transaction of its own salt.
pub(crate) fn transaction(
    salt: u64,
    (sender, part): (Party, PublicPart),
    parts: &[DetachedPart],
) -> Transaction {
    let mut nonce = [0; 16];
    nonce[..8].copy_from_slice(&salt.to_le_bytes());
    let body = TransactionBody {
        version: 1,
        sender,
        sender_key: SigningPublicKey::new([9; 32]),
        salt: Nonce::new(nonce),
        expiry_time: Time::from_micros(u64::MAX),
        kind: part.kind().number(),
        public_part: BoundedBytes::new(part.to_bytes()).unwrap(),
        parts: BoundedVec::new(parts.iter().map(|part| part.head(1)).collect()).unwrap(),
    };
    Transaction { body, signature: Signature::new([5; 64]) }
}

pub(crate) fn detached_part(number: u64) -> DetachedPart {
    let salt = Salt::new(*hash(&number.to_le_bytes()).get());
    DetachedPart { salt, bytes: BoundedBytes::new(vec![3; 129]).unwrap() }
}

/// What goes into a block: transactions with their outcome's code and result, and parts.
pub(crate) struct Item {
    pub(crate) transaction: Transaction,
    pub(crate) code: u16,
    pub(crate) result: Vec<u8>,
    pub(crate) parts: Vec<DetachedPart>,
}

impl Item {
    pub(crate) fn done(transaction: Transaction) -> Self {
        Self { transaction, code: Outcome::DONE, result: Vec::new(), parts: Vec::new() }
    }
}

/// The block of these items on the ledger's head, `after` its time, each item writing one state entry.
pub(crate) fn block<B: Backend>(ledger: &Ledger<B>, after: Span, items: Vec<Item>) -> CommittedBlock {
    let chain_id = *ledger.chain_id();
    let head = ledger.head();
    let height = head.height.next();
    let outcomes: Vec<Outcome> = items
        .iter()
        .map(|item| Outcome {
            transaction_id: item.transaction.body.id(&chain_id),
            code: item.code,
            result: BoundedBytes::new(item.result.clone()).unwrap(),
        })
        .collect();
    let changes: BTreeMap<StateKey, Vec<u8>> =
        outcomes.iter().map(|outcome| (state_key(&outcome.transaction_id), vec![1, 2, 3])).collect();
    let state = ledger.prepare(&changes).unwrap();
    let leaves: Vec<Digest> = items.iter().map(|item| item.transaction.leaf(&chain_id).digest()).collect();
    let outcome_leaves: Vec<Digest> = outcomes.iter().map(Outcome::digest).collect();
    let header = Header {
        height,
        parent: ledger.head_id(),
        time: head.time.after(after),
        transaction_count: u32::try_from(items.len()).unwrap(),
        transactions_root: tree::root(&leaves),
        outcomes_root: tree::root(&outcome_leaves),
        state_root: state.root(),
        ..head.clone()
    };
    CommittedBlock {
        certificate: Arc::new(certificate(&header)),
        seen: outcomes.iter().map(|outcome| Digest::new(*outcome.transaction_id.get())).collect(),
        parts: items
            .iter()
            .map(|item| item.parts.iter().cloned().map(StoredPart::Present).collect())
            .collect(),
        transactions: items.into_iter().map(|item| item.transaction).collect(),
        header,
        outcomes,
        state,
    }
}

/// The entry that [`block`] writes for a transaction.
pub(crate) fn state_key(transaction: &TransactionId) -> StateKey {
    StateKey::ehr(&EhrId::from_slice(&transaction.as_slice()[..20]).unwrap())
}

/// A certificate without votes.
pub(crate) fn certificate(header: &Header) -> Certificate {
    Certificate {
        phase: Phase::Commit,
        epoch: Epoch::ZERO,
        view: View::ZERO,
        height: header.height,
        block_id: header.id(),
        votes: BoundedVec::empty(),
    }
}

/// Commits a block of `count` abstracts a second after the head.
pub(crate) fn grow<B: Backend>(ledger: &mut Ledger<B>, count: u64) -> CommittedBlock {
    let base = ledger.head().height.get() * 1_000;
    let items = (base..base + count).map(|salt| {
        let part = detached_part(salt);
        let numbers = salt.to_le_bytes();
        let publish =
            publish(numbers[0] % 5, 100 + numbers[0] % 3, 200 + numbers[0] % 2, Visibility::Searchable);
        let transaction = transaction(salt, publish, std::slice::from_ref(&part));
        Item { parts: vec![part], ..Item::done(transaction) }
    });
    let block = block(ledger, Span::SECOND, items.collect());
    ledger.commit(&block).unwrap();
    block
}

/// The stored form of a committed block.
pub(crate) fn stored(block: &CommittedBlock) -> Block {
    Block { header: block.header.clone(), transactions: BoundedVec::new(block.transactions.clone()).unwrap() }
}

/// Heights `0..=to`.
pub(crate) fn heights(to: u64) -> impl Iterator<Item = Height> {
    (0..=to).map(Height::new)
}
