//! A node made of constants, behind the real HTTP interface: every call is answered at once, most of them well.

use std::sync::Arc;

use bytes::Bytes;
use carechain_api::{
    Answer, Asker, ChunkBuffers, Node, NodeError, Notice, NoticeKind, NoticeQuery, Notices, OpenedRead,
    SearchHit, SearchPage, UploadBytes, UploadCaller, UploadFile, UploadProgress, UploadStatus,
};
use carechain_crypto::{ChainId, EhrId, HospitalId, PersonId, Salt, TransactionId, UploadId};
use carechain_schema::{Document, StatusReport, UploadState};
use carechain_types::{
    BoundedVec, Decision, DecisionReason, DetachedPart, EhrKind, Height, ListQuery, Party, Proof, ReadResult,
    SearchQuery, SignedReadRequest, SignedUploadComplete, SignedUploadOpen, StateQuery, Submission, Time,
    UploadReceipts,
};
use futures::{FutureExt as _, StreamExt as _};

pub(crate) const CHAIN: ChainId = ChainId::new([1; 32]);
pub(crate) const HOSPITAL: HospitalId = HospitalId::new([0x44; 20]);
pub(crate) const PERSON: PersonId = PersonId::new([3; 20]);

/// Bytes of the second and last chunk of the file that every upload id stands for.
pub(crate) const LAST_CHUNK_BYTES: usize = 77;
const FILE_BYTES: u64 = (1 << 20) + LAST_CHUNK_BYTES as u64;

const STATUS: &str = include_str!("../../tests/fixtures/schema/status-2.json");
const PROOF: &[u8] = include_bytes!("../../tests/fixtures/proof.json");

/// The node.
pub(crate) struct StubNode;

fn answer<T: Send + 'static>(value: Result<T, NodeError>) -> Answer<'static, T> {
    async move { value }.boxed()
}

fn proof() -> Result<Proof, NodeError> {
    Proof::from_file(PROOF).map_err(|_| NodeError::Internal { what: "the golden proof" })
}

fn upload(upload_id: UploadId) -> UploadStatus {
    let present = vec![(0, 1), (u32::MAX - 1, u32::MAX)];
    let expiry = Time::from_micros(u64::MAX);
    let author = Party::Person(PERSON);
    UploadStatus { upload_id, author, state: UploadState::Receiving, length: FILE_BYTES, present, expiry }
}

/// A hit whose numbers are the greatest there are.
fn hit() -> SearchHit {
    SearchHit {
        ehr_id: EhrId::ZERO,
        patient: PERSON,
        author: Party::Hospital(HOSPITAL),
        hospital: HOSPITAL,
        kind: EhrKind::ALL[0],
        length: u64::MAX,
        published: Time::from_micros(u64::MAX),
        keywords: vec!["ct".to_owned()],
        title: "thorax".to_owned(),
        amends: None,
        amended_by: Some(EhrId::ZERO),
    }
}

impl Node for StubNode {
    fn status(&self) -> Answer<'_, StatusReport> {
        let document: Result<Document<StatusReport>, _> = serde_json::from_str(STATUS);
        let report = document.ok().and_then(Document::into_result).and_then(Result::ok);
        answer(report.ok_or(NodeError::Internal { what: "the golden status" }))
    }

    fn genesis_file(&self) -> Bytes {
        Bytes::from_static(b"genesis")
    }

    fn chain_id(&self) -> ChainId {
        CHAIN
    }

    fn hospital(&self) -> HospitalId {
        HOSPITAL
    }

    fn metrics(&self) -> String {
        "carechain_height 7\n".to_owned()
    }

    fn refused(&self, _: &'static str) {}

    fn admit(&self, _: Asker) -> Answer<'_, ()> {
        answer(Ok(()))
    }

    fn submit(&self, _: Submission) -> Answer<'_, Proof> {
        answer(proof())
    }

    fn transaction(&self, id: TransactionId) -> Answer<'_, Proof> {
        answer(if id == TransactionId::ZERO { proof() } else { Err(NodeError::NotFound) })
    }

    fn state(&self, _: Option<Asker>, query: StateQuery) -> Answer<'_, Arc<Proof>> {
        answer(if query.keys.is_empty() {
            Err(NodeError::NoQuorum { sentence: "too few members answer".to_owned() })
        } else {
            proof().map(Arc::new)
        })
    }

    fn list(&self, _: Asker, query: ListQuery) -> Answer<'_, Proof> {
        assert!(query.count_max > 0, "a page has entries");
        answer(proof())
    }

    fn part(&self, _: Asker, _: TransactionId, _: u16) -> Answer<'_, DetachedPart> {
        answer(Ok(DetachedPart { salt: Salt::ZERO, bytes: Default::default() }))
    }

    fn search(&self, _: Asker, query: SearchQuery) -> Answer<'_, SearchPage> {
        assert!(query.count_max.is_some_and(|count| count > 0), "a page has hits");
        let page = SearchPage { height: Height::new(u64::MAX), hits: vec![hit()], next: query.after };
        answer(Ok(page))
    }

    fn notices(&self, _: Asker, query: NoticeQuery) -> Answer<'_, Notices> {
        let notice = Notice {
            kind: NoticeKind::Read,
            id: [7; 20],
            height: query.after,
            time: Time::from_micros(u64::MAX),
        };
        answer(Ok(Notices { height: query.after, notices: vec![notice] }))
    }

    fn upload_open(&self, open: SignedUploadOpen) -> Answer<'_, UploadStatus> {
        answer(Ok(UploadStatus { length: open.open.length, ..upload(open.open.upload_id) }))
    }

    fn chunk_buffers(&self) -> ChunkBuffers {
        ChunkBuffers::new(0)
    }

    fn upload_chunk(&self, _: UploadCaller, _: UploadBytes) -> Answer<'_, ()> {
        answer(Ok(()))
    }

    fn upload_file(&self, caller: UploadCaller) -> Answer<'_, UploadFile> {
        let UploadStatus { author, length, .. } = upload(caller.upload_id);
        answer(Ok(UploadFile { author, length }))
    }

    fn upload_status(&self, caller: UploadCaller) -> Answer<'_, UploadStatus> {
        answer(Ok(upload(caller.upload_id)))
    }

    fn upload_complete(&self, _: UploadCaller, complete: SignedUploadComplete) -> Answer<'_, UploadProgress> {
        let receipts = UploadReceipts { receipts: BoundedVec::empty() };
        answer(Ok(match complete.values.len() {
            0 => UploadProgress::Copying(upload(complete.complete.upload_id)),
            _ => UploadProgress::Done(receipts),
        }))
    }

    /// Allowed at even starts; the bytes end early.
    fn open_read(&self, signed: SignedReadRequest) -> Answer<'_, OpenedRead> {
        let start = signed.request.range.start;
        let reasons = DecisionReason::ALL;
        let reason = reasons[usize::try_from(start % reasons.len() as u64).unwrap_or(0)];
        let allowed = matches!(reason, DecisionReason::Owner | DecisionReason::Granted);
        let decision = if allowed { Decision::Allowed } else { Decision::Refused };
        let bytes = allowed.then(|| futures::stream::iter([Ok(Bytes::from_static(&[7; 4096]))]).boxed());
        answer(Ok(OpenedRead {
            result: ReadResult { decision, reason, entry: None },
            transaction: TransactionId::ZERO,
            height: Height::new(u64::MAX),
            time: Time::from_micros(u64::MAX),
            bytes,
        }))
    }
}
