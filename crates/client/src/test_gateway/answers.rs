//! What the gateway answers, path by path.

use carechain_crypto::limits::{CHUNK_BYTES, FRAME_BYTES};
use carechain_crypto::{
    EhrId, FrameSealer, GrantId, PersonId, Position, ResponseContext, SubtreeValue, TransactionId,
    UploadSecret, address_commitment, chunk_count, chunk_subtree_value,
};
use carechain_schema::{
    AbstractLine, Document, ErrorCode, Failure, NoticeLine, NoticeList, SearchPage, Timestamp, UploadState,
    UploadStatus,
};
use carechain_types::{
    BoundedVec, EhrByPatientValue, EhrValue, GrantValue, ListKind, ListQuery, NodeSigner, Receipt,
    ReceiptLeaf, ReceiptRoot, RequestValue, SignedReadRequest, SignedUploadComplete, SignedUploadOpen,
    StateKey, StateQuery, StateTag, Submission, UploadReceipts, decode, encode,
};

use super::ledger::{Ledger, node};
use super::lie::Lie;
use crate::random::SystemRandom;

/// What goes out; `cut` bytes of the body if it breaks off.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: String,
    pub(super) body: Vec<u8>,
    pub(super) cut: Option<usize>,
}

fn ok(body: Vec<u8>) -> Reply {
    Reply { status: 200, headers: String::new(), body, cut: None }
}

fn refuse(code: ErrorCode) -> Reply {
    let document = Document::<UploadStatus>::failed(Failure::new(code, "refused by the test", "nothing"));
    Reply { status: code.http_status(), ..ok(serde_json::to_vec(&document).unwrap()) }
}

pub(super) fn answer(
    ledger: &mut Ledger,
    method: &str,
    path: &str,
    (secret, body): (Option<UploadSecret>, &[u8]),
) -> Reply {
    let segments: Vec<_> = path.trim_start_matches("/v1/").split('/').collect();
    if let ["uploads", id, ..] = segments.as_slice() {
        let open = ledger.files.opened[*id].open;
        if !secret.is_some_and(|secret| secret.opens(&open.capability)) {
            return refuse(ErrorCode::NotFound);
        }
    }
    match (method, segments.as_slice()) {
        ("POST", ["state"]) => state(ledger, body),
        ("POST", ["lists"]) => list(ledger, body),
        ("POST", ["transactions"]) => {
            let submission: Submission = decode(body, 1 << 21).unwrap();
            ok(encode(&ledger.submit(submission)))
        }
        ("GET", ["parts", id, index]) => part(ledger, id, index.parse().unwrap()),
        ("POST", ["uploads"]) => upload_open(ledger, body),
        ("PUT", ["uploads", id, "chunks", index]) => upload_chunks(ledger, id, index.parse().unwrap(), body),
        ("POST", ["uploads", id, "complete"]) => upload_complete(ledger, id, body),
        ("POST", ["read"]) => read(ledger, body),
        ("POST", ["search"]) => search(ledger),
        ("GET", [notices]) if notices.starts_with("notices") => notices_of(ledger),
        _ => refuse(ErrorCode::NoRoute),
    }
}

fn state(ledger: &Ledger, body: &[u8]) -> Reply {
    let query: StateQuery = decode(body, 1 << 20).unwrap();
    ok(encode(&ledger.state_proof(&query.keys, query.freshness)))
}

fn list(ledger: &Ledger, body: &[u8]) -> Reply {
    let query: ListQuery = decode(body, 1 << 20).unwrap();
    let person = PersonId::new(query.subject);
    let counts = ledger.counts(&person);
    let mut keys = vec![StateKey::counts(&query.subject)];
    match query.kind {
        ListKind::Records => {
            for index in (0..counts.records).rev() {
                let place = StateKey::ehr_by_patient(&person, index);
                let id: EhrByPatientValue = ledger.get(&place).unwrap();
                keys.extend([place, StateKey::ehr(&id.ehr_id)]);
            }
        }
        ListKind::Grants => {
            let mut next = counts.newest_grant;
            while let Some(id) = next {
                keys.push(StateKey::grant(&id));
                next = ledger.get::<GrantValue>(&StateKey::grant(&id)).unwrap().previous;
            }
        }
        ListKind::Requests => {
            let mut next = counts.newest_request;
            while let Some(id) = next {
                keys.push(StateKey::request(&id));
                next = ledger.get::<RequestValue>(&StateKey::request(&id)).unwrap().previous;
            }
        }
        ListKind::Audit => keys.push(StateKey::access(&EhrId::new(query.subject), 0)),
        ListKind::Attempts => {}
    }
    if ledger.lie == Lie::ShortList {
        keys.remove(1);
    }
    ok(encode(&ledger.state_proof(&keys, query.freshness)))
}

/// Every grant, whoever it is to: clients look at each with proof.
fn notices_of(ledger: &Ledger) -> Reply {
    let grants = ledger.state.keys().filter(|key| key.tag == StateTag::Grant);
    let notices = grants.map(|key| NoticeLine {
        event: "grant".to_owned(),
        id: GrantId::new(key.id).to_string(),
        height: 1,
        block_time: Timestamp::MAX,
    });
    // Height 0: there is no more.
    let list = NoticeList { height: 0, notices: notices.collect() };
    ok(serde_json::to_vec(&Document::done(list)).unwrap())
}

/// Says of every record that it has the keywords: nothing proves otherwise.
fn search(ledger: &Ledger) -> Reply {
    let records = ledger.state.keys().filter(|key| key.tag == StateTag::Ehr);
    let abstracts = records.map(|key| {
        let (ehr_id, value) = (EhrId::new(key.id), ledger.get::<EhrValue>(key).unwrap());
        AbstractLine {
            ehr_id: ehr_id.to_string(),
            patient: value.patient.to_string(),
            author: value.author.to_string(),
            hospital: value.hospital.to_string(),
            kind: value.kind.as_str().to_owned(),
            bytes: value.length,
            published: Timestamp::MAX,
            keywords: Vec::new(),
            title: None,
            amends: None,
            amended_by: None,
        }
    });
    let page = SearchPage { abstracts: abstracts.collect(), next: None };
    ok(serde_json::to_vec(&Document::done(page)).unwrap())
}

fn part(ledger: &Ledger, id: &str, index: usize) -> Reply {
    let id = TransactionId::from_hex(id).unwrap();
    let Some(submission) = ledger.transactions.get(&id) else { return refuse(ErrorCode::NotFound) };
    let mut part = submission.parts[index].clone();
    if ledger.lie == Lie::FalsePart {
        let mut bytes = part.bytes.into_inner();
        bytes[40] ^= 1;
        part.bytes = BoundedVec::new(bytes).unwrap();
    }
    ok(encode(&part))
}

fn upload_open(ledger: &mut Ledger, body: &[u8]) -> Reply {
    let signed: SignedUploadOpen = decode(body, 10_000).unwrap();
    let id = signed.open.upload_id.to_hex();
    ledger.files.opened.insert(id.clone(), signed);
    let chunks = ledger.files.chunks.entry(id.clone()).or_default();
    let status = UploadStatus {
        upload_id: id,
        state: UploadState::Receiving,
        chunk_count: chunk_count(signed.open.length).unwrap(),
        present: chunks.keys().map(|index| (*index, index + 1)).collect(),
        expiry: Timestamp::from_microseconds(signed.open.expiry.as_micros()).unwrap(),
    };
    ok(serde_json::to_vec(&Document::done(status)).unwrap())
}

fn upload_chunks(ledger: &mut Ledger, id: &str, index: u32, body: &[u8]) -> Reply {
    let broken = ledger.lie == Lie::BreakUpload;
    let keep = if broken { 1 } else { usize::MAX };
    let chunks = ledger.files.chunks.get_mut(id).unwrap();
    let count = chunk_count(ledger.files.opened[id].open.length).unwrap();
    for (place, framed) in (index..).zip(body.chunks(SubtreeValue::LENGTH + CHUNK_BYTES)).take(keep) {
        let (value, chunk) = framed.split_at(SubtreeValue::LENGTH);
        assert_eq!(chunk_subtree_value(place, count, chunk).unwrap().as_slice(), value);
        chunks.insert(place, chunk.to_vec());
    }
    if broken { refuse(ErrorCode::DiskFull) } else { Reply { status: 204, ..ok(Vec::new()) } }
}

fn upload_complete(ledger: &mut Ledger, id: &str, body: &[u8]) -> Reply {
    let signed: SignedUploadComplete = decode(body, 1 << 20).unwrap();
    let open = ledger.files.opened[id].open;
    let file = ledger.files.chunks[id].values().flatten().copied().collect::<Vec<_>>();
    assert_eq!(file.len() as u64, open.length);
    assert_eq!(blake3_of(&file), *signed.complete.root.get());
    let commitment = address_commitment(
        &signed.complete.tag,
        &signed.complete.root,
        open.length,
        &open.author.to_bytes(),
        &open.patient,
    );
    ledger.files.by_commitment.insert(commitment, file);
    let count = if ledger.lie == Lie::OneReceipt { 1 } else { 2 };
    let receipts = (0..count).map(|index: u8| {
        let mut leaf = ReceiptLeaf {
            version: 1,
            epoch: Default::default(),
            hospital: ledger.genesis.hospitals[usize::from(index)].id,
            upload_id: open.upload_id,
            commitment,
            length: open.length,
            author: open.author,
            publishing_hospital: open.publishing_hospital,
            patient: open.patient,
            expiry: open.expiry,
            node_key: node(index).public(),
        };
        if ledger.lie == Lie::FalseReceipts {
            leaf.length += 1;
        }
        let root = ReceiptRoot { root: leaf.digest() };
        let signature = NodeSigner::sign(&node(index), &ledger.genesis.chain_id(), &root);
        Receipt { leaf, leaf_index: 0, leaf_count: 1, path: BoundedVec::empty(), signature }
    });
    ok(encode(&UploadReceipts { receipts: BoundedVec::new(receipts.collect()).unwrap() }))
}

fn blake3_of(bytes: &[u8]) -> [u8; 32] {
    *carechain_crypto::hash(bytes).get()
}

fn read(ledger: &mut Ledger, body: &[u8]) -> Reply {
    let signed: SignedReadRequest = decode(body, 10_000).unwrap();
    let request = &signed.request;
    ledger.reads.push(request.range.start);
    let record = ledger.get::<EhrValue>(&StateKey::ehr(&request.ehr_id));
    let (Some(record), Some(shown)) = (record, signed.shown) else { return refuse(ErrorCode::NotFound) };
    assert_eq!(shown.digest(request.salt), request.shown);
    let mut file = ledger.files.by_commitment[&record.commitment].clone();
    if ledger.lie == Lie::FlippedBit {
        let place = file.len() / 2;
        file[place] ^= 1;
    }
    let place = |at: u64| usize::try_from(at).unwrap();
    let content = &file[place(request.range.start)..place(request.range.end)];
    let context =
        ResponseContext { request: request.digest(&ledger.genesis.chain_id()), gateway: request.gateway };
    let key = request.reply_key.as_x25519().unwrap();
    let (head, mut sealer) = FrameSealer::new(&key, &context, &mut SystemRandom).unwrap();
    let mut response = head.to_vec();
    let count = content.len().div_ceil(FRAME_BYTES);
    for (index, frame) in content.chunks(FRAME_BYTES).enumerate() {
        let position = if index + 1 == count { Position::Last } else { Position::Inner };
        let mut frame = frame.to_vec();
        let tag = sealer.seal_in_place(position, &mut frame).unwrap();
        response.extend_from_slice(&frame);
        response.extend_from_slice(&tag);
    }
    let cut = (ledger.lie == Lie::BreakOnce).then_some(response.len() / 2);
    if cut.is_some() {
        ledger.lie = Lie::None;
    }
    Reply { headers: "carechain-height: 7\r\n".to_owned(), cut, ..ok(response) }
}
