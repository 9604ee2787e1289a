//! Golden vectors: the canonical bytes and derived ids of every frozen format, compared with `tests/fixtures/types.json`.
//!
//! `CARECHAIN_BLESS=1` writes the file anew; a change to it breaks every existing ledger.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use carechain_crypto::{
    AddressShown, AddressTag, BlockId, ChainId, Commitment, Digest, EhrId, GrantId, HospitalId, KeyId, Nonce,
    PersonId, Root, Salt, SealingPublicKey, Secret, Signature, SigningKeyPair, StateRoot, TransactionId,
    UploadId, hash,
};
use carechain_types::{
    AccessEntry, AccessKind, AccessPurpose, AccessValue, BoundedBytes, BoundedString, BoundedVec,
    Certificate, Checkpoint, Commit, Decision, DecisionReason, DetachedPart, EhrKind, Endpoints, EntryShape,
    Epoch, GrantLine, GrantPart, Head, Header, Height, Member, Membership, NewView, NodeSigner, Outcome,
    PartKind, Party, PersonPart, Phase, Possession, PrePrepare, Prepare, Prepared, PublicPart, PublishPart,
    ReadPart, ReadRequest, Receipt, ReceiptLeaf, ReceiptRoot, Recipient, RecipientUse, ReplicaId,
    RequestPart, RequestSelection, Role, RoleTerm, SealingKey, ShownAddress, SignedBody, Span, Stamp,
    StateKey, StateValue, Time, Transaction, TransactionBody, UploadComplete, UploadOpen, View, ViewChange,
    Visibility, ehr_id, encode, grant_id, hospital_id, person_id, request_id,
};
use carechain_types::{ByteRange, NonEmptyVec, QUERY_PATH_BYTES_MAX, Query};
use serde::Serialize;

const CHAIN: ChainId = ChainId::new([0xC4; 32]);
const NOW: Time = Time::from_micros(1_767_225_600_000_000);

fn pair(seed: u8) -> SigningKeyPair {
    SigningKeyPair::from_seed(&Secret::new([seed; 32]))
}

fn sealing_key(byte: u8) -> SealingKey {
    SealingKey::x25519(SealingPublicKey::new([byte; 32]))
}

fn bounded<T: Clone, const MAX: usize>(values: &[T]) -> BoundedVec<T, MAX> {
    BoundedVec::new(values.to_vec()).expect("samples are short")
}

fn person() -> PersonId {
    PersonId::new([0x11; 20])
}

fn hospital() -> HospitalId {
    HospitalId::new([0x44; 20])
}

fn header() -> Header {
    Header {
        protocol: 1,
        chain_id: CHAIN,
        epoch: Epoch::new(0),
        height: Height::new(7),
        view: View::new(3),
        primary: ReplicaId::new(3),
        parent: BlockId::new([0xB1; 32]),
        time: NOW,
        transaction_count: 2,
        transactions_root: Digest::new([0xA1; 32]),
        outcomes_root: Digest::new([0xA2; 32]),
        state_root: StateRoot::new([0xA3; 32]),
        next_membership: None,
    }
}

fn receipt_leaf() -> ReceiptLeaf {
    ReceiptLeaf {
        version: 1,
        epoch: Epoch::new(0),
        hospital: hospital(),
        upload_id: UploadId::new([0x0F; 16]),
        commitment: Commitment::new([0xC0; 32]),
        length: 65_536,
        author: Party::Person(person()),
        publishing_hospital: hospital(),
        patient: PersonId::new([0x12; 20]),
        expiry: NOW.after(Span::HOUR),
        node_key: pair(7).public(),
    }
}

fn receipt() -> Receipt {
    let leaf = receipt_leaf();
    let signature = pair(7).sign_body(&ReceiptRoot { root: leaf.digest() });
    Receipt { leaf, leaf_index: 0, leaf_count: 1, path: BoundedVec::empty(), signature }
}

trait SignBody {
    fn sign_body<B: SignedBody>(&self, body: &B) -> Signature;
}

impl SignBody for SigningKeyPair {
    fn sign_body<B: SignedBody>(&self, body: &B) -> Signature {
        NodeSigner::sign(self, &CHAIN, body)
    }
}

fn part() -> DetachedPart {
    DetachedPart { salt: Salt::new([5; 32]), bytes: BoundedBytes::new(vec![1, 2, 3]).expect("short") }
}

fn transaction() -> Transaction {
    let public_part = PublicPart::Publish(publish()).to_bytes();
    let body = TransactionBody {
        version: 1,
        sender: Party::Person(person()),
        sender_key: pair(1).public(),
        salt: Nonce::new([9; 16]),
        expiry_time: NOW.after(Span::MINUTE.times(5)),
        kind: PublicPart::Publish(publish()).kind().number(),
        public_part: BoundedBytes::new(public_part).expect("short"),
        parts: bounded(&[part().head(PartKind::SealedAddress.byte())]),
    };
    let signature = pair(1).sign_body(&body);
    Transaction { body, signature }
}

fn publish() -> PublishPart {
    let recipient = Recipient {
        recipient_use: RecipientUse::Patient,
        recipient: Party::Person(PersonId::new([0x12; 20])),
        key_id: KeyId::new([0x21; 20]),
        part: 0,
    };
    PublishPart {
        patient: PersonId::new([0x12; 20]),
        hospital: hospital(),
        upload_id: UploadId::new([0x0F; 16]),
        commitment: Commitment::new([0xC0; 32]),
        length: 65_536,
        kind: EhrKind::Study,
        amends: Some(EhrId::new([0xE0; 20])),
        grant: Some(GrantId::new([0x61; 20])),
        visibility: Visibility::Searchable,
        recipients: bounded(&[recipient]),
        receipts: bounded(&[receipt()]),
    }
}

fn read_request() -> ReadRequest {
    ReadRequest {
        version: 1,
        gateway: hospital(),
        reader: person(),
        reader_key: pair(1).public(),
        reply_key: sealing_key(3),
        on_behalf_of: None,
        ehr_id: EhrId::new([0xE1; 20]),
        grant: Some(GrantId::new([0x61; 20])),
        purpose: AccessPurpose::Treatment,
        range: ByteRange { start: 0, end: 65_536 },
        salt: Nonce::new([8; 16]),
        expiry: NOW.after(Span::MINUTE),
        shown: AddressShown::new([0x55; 32]),
    }
}

fn membership() -> Membership {
    let member = Member {
        hospital: hospital(),
        weight: 1,
        node_key: pair(7).public(),
        sealing_key: sealing_key(4),
        endpoints: Endpoints {
            votes: BoundedString::new("node1.example:7101").expect("short"),
            bulk: BoundedString::new("node1.example:7102").expect("short"),
        },
    };
    Membership {
        epoch: Epoch::new(1),
        protocol: 1,
        index_key: sealing_key(5),
        members: NonEmptyVec::new(vec![member]).expect("one"),
    }
}

fn certificate() -> Certificate {
    Certificate {
        phase: Phase::Commit,
        epoch: Epoch::new(0),
        view: View::new(3),
        height: Height::new(7),
        block_id: header().id(),
        votes: bounded(&[
            (ReplicaId::new(0), Signature::new([1; 64])),
            (ReplicaId::new(2), Signature::new([2; 64])),
        ]),
    }
}

fn access_entry() -> AccessEntry {
    AccessEntry {
        reader: person(),
        reader_key: pair(1).public(),
        on_behalf_of: None,
        patient: Some(PersonId::new([0x12; 20])),
        ehr_id: EhrId::new([0xE1; 20]),
        grant: Some(GrantId::new([0x61; 20])),
        gateway: hospital(),
        purpose: AccessPurpose::Treatment,
        decision: Decision::Allowed,
        reason: DecisionReason::Granted,
        shape: EntryShape::Single,
        count: 1,
        first: NOW,
        last: NOW,
        request_digest: read_request().digest(&CHAIN),
        height: Height::new(7),
        time: NOW,
    }
}

#[derive(Default)]
struct Vectors(BTreeMap<String, String>);

impl Vectors {
    fn bytes<T: Serialize>(&mut self, name: &str, value: &T) {
        self.text(name, data_encoding::HEXLOWER.encode(&encode(value)));
    }

    fn text(&mut self, name: &str, text: impl Into<String>) {
        assert!(self.0.insert(name.to_owned(), text.into()).is_none(), "{name} twice");
    }
}

fn enrolment_vectors(vectors: &mut Vectors) {
    let possession = Possession {
        version: 1,
        signing_keys: bounded(&[pair(1).public()]),
        sealing_keys: bounded(&[sealing_key(2)]),
    };
    let signature = NodeSigner::sign(&pair(1), &ChainId::ZERO, &possession);
    vectors.bytes("possession", &possession);
    vectors.bytes("possession signature", &signature);
    vectors.bytes(
        "person part",
        &PersonPart {
            person: None,
            enroller: Party::Hospital(hospital()),
            department: None,
            roles: bounded(&[RoleTerm { role: Role::Doctor, until: NOW }]),
            signing_keys: possession.signing_keys,
            sealing_keys: possession.sealing_keys,
            possession: bounded(&[signature]),
        },
    );
    let name = BoundedString::new("St. Example").expect("short");
    vectors.text("hospital id", hospital_id(&name, 1, &bounded(&[pair(9).public()])).to_string());
}

fn transaction_vectors(vectors: &mut Vectors) {
    let transaction = transaction();
    let id = transaction.body.id(&CHAIN);
    vectors.bytes("publish transaction", &transaction);
    vectors.text("publish transaction id", id.to_hex());
    vectors.text("transaction leaf digest", transaction.leaf(&CHAIN).digest().to_hex());
    vectors.text("person id", person_id(&id).to_string());
    vectors.text("request id", request_id(&id).to_string());
    vectors.text("grant id", grant_id(&id).to_string());
    vectors
        .text("ehr id", ehr_id(&CHAIN, &Party::Person(person()), &Commitment::new([0xC0; 32])).to_string());
    vectors.bytes("detached part", &part());
    vectors.text("detached part digest", part().digest().to_hex());
    vectors.bytes(
        "request part",
        &RequestPart {
            patient: PersonId::new([0x12; 20]),
            grantee: Party::Person(person()),
            access: AccessKind::Read,
            purpose: AccessPurpose::Treatment,
            selection: RequestSelection { hospital: Some(hospital()), ..RequestSelection::default() },
        },
    );
    vectors.bytes(
        "grant part",
        &GrantPart {
            request: None,
            patient: PersonId::new([0x12; 20]),
            grantee: Party::Person(person()),
            grantee_key_id: KeyId::new([0x22; 20]),
            access: AccessKind::Read,
            purpose: AccessPurpose::Treatment,
            from: Time::ZERO,
            duration: Span::DAY,
            lines: bounded(&[GrantLine { ehr_id: EhrId::new([0xE1; 20]), part: 0 }]),
        },
    );
    vectors.bytes("receipt", &receipt());
    vectors.bytes(
        "outcome",
        &Outcome { transaction_id: TransactionId::new([3; 32]), code: 0, result: BoundedBytes::empty() },
    );
}

fn reading_vectors(vectors: &mut Vectors) {
    let request = read_request();
    vectors.bytes("read request", &request);
    vectors.text("read request digest", request.digest(&CHAIN).to_hex());
    let signature = pair(1).sign_body(&request);
    vectors.bytes("read part", &ReadPart { request, signature, address_matches: 1 });
    let shown = ShownAddress {
        opening: carechain_crypto::AddressOpening::new([6; 32]),
        root: Root::new([7; 32]),
        length: 65_536,
    };
    vectors.text("address shown", shown.digest(Nonce::new([8; 16])).to_hex());
    vectors.bytes("access value", &AccessValue { stamp: Stamp::GENESIS, entry: access_entry() });
    vectors.text(
        "access value hash",
        hash(&AccessValue { stamp: Stamp::GENESIS, entry: access_entry() }.to_bytes()).to_hex(),
    );
    vectors.bytes(
        "query",
        &Query {
            hospital: hospital(),
            person: person(),
            key: pair(1).public(),
            method: BoundedString::new("POST").expect("short"),
            path: BoundedString::<QUERY_PATH_BYTES_MAX>::new("/v1/search").expect("short"),
            body: Digest::new([4; 32]),
            salt: Nonce::new([5; 16]),
            expiry: NOW,
            min_height: Some(Height::new(7)),
        },
    );
    let open = UploadOpen {
        hospital: hospital(),
        upload_id: UploadId::new([0x0F; 16]),
        author: Party::Person(person()),
        patient: PersonId::new([0x12; 20]),
        publishing_hospital: hospital(),
        length: 65_536,
        key: pair(1).public(),
        capability: Nonce::new([5; 16]),
        expiry: NOW,
    };
    vectors.bytes("upload open", &open);
    let complete =
        UploadComplete { upload_id: open.upload_id, tag: AddressTag::new([6; 32]), root: Root::new([7; 32]) };
    vectors.bytes("upload complete", &complete);
}

fn consensus_vectors(vectors: &mut Vectors) {
    let (epoch, view, height, block_id) = (Epoch::new(0), View::new(3), Height::new(7), header().id());
    vectors.bytes("header", &header());
    vectors.text("block id", block_id.to_hex());
    let pre_prepare =
        PrePrepare { epoch, view, height, header: header(), leaves: bounded(&[Digest::new([1; 32])]) };
    vectors.bytes("pre-prepare", &pre_prepare);
    let prepare = Prepare { epoch, view, height, block_id };
    vectors.bytes("prepare", &prepare);
    vectors.bytes("prepare signature", &pair(7).sign_body(&prepare));
    let commit = Commit { epoch, view, height, block_id };
    vectors.bytes("commit", &commit);
    vectors.bytes("commit signature", &pair(7).sign_body(&commit));
    vectors.bytes("certificate", &certificate());
    vectors.text("certificate digest", certificate().digest().to_hex());
    let prepared = Prepared { header: header(), view, certificate_digest: certificate().digest() };
    let member = ReplicaId::new(2);
    let view_change = ViewChange {
        epoch,
        member,
        view: View::new(4),
        committed: Some(certificate()),
        prepared: bounded(&[prepared]),
    };
    vectors.bytes("view-change", &view_change);
    vectors.text("view-change digest", view_change.digest().to_hex());
    let view_changes = bounded(&[(member, view_change.digest())]);
    vectors.bytes(
        "new-view",
        &NewView { epoch, view: View::new(4), view_changes, blocks: bounded(&[block_id]) },
    );
    vectors.bytes("head", &Head { epoch, member, view, height, block_id, voted: height, time: NOW });
    let state_root = StateRoot::new([0xA3; 32]);
    vectors.bytes("checkpoint", &Checkpoint { epoch, member, height, block_id, state_root });
    vectors.bytes("membership", &membership());
    vectors.text("membership digest", membership().digest().to_hex());
    vectors.text("state key hash", StateKey::person(&person()).hash().to_hex());
}

#[test]
fn formats_are_frozen() {
    let mut vectors = Vectors::default();
    enrolment_vectors(&mut vectors);
    transaction_vectors(&mut vectors);
    reading_vectors(&mut vectors);
    consensus_vectors(&mut vectors);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/types.json");
    let mut text = serde_json::to_string_pretty(&vectors.0).expect("strings encode");
    text.push('\n');
    if std::env::var_os("CARECHAIN_BLESS").is_some() {
        std::fs::write(&path, &text).expect("fixtures are writable");
    }
    let golden = std::fs::read_to_string(&path).expect("fixtures are here");
    assert_eq!(text, golden, "a frozen format changed");
}
