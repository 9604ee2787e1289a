//! The interface over a socket, in front of a node that is made of constants.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use carechain_crypto::{
    AddressShown, ChainId, EhrId, HospitalId, Nonce, PersonId, Salt, SealingPublicKey, Signature,
    SigningKeyPair, SigningPublicKey, SubtreeValue, TransactionId, UploadId, UploadSecret, hash,
};
use carechain_schema::{StatusReport, UploadState};
use carechain_types::{
    AccessPurpose, Bodies, BoundedString, BoundedVec, ByteRange, Decision, DecisionReason, DetachedPart,
    Ed25519, EntryId, Freshness, Height, ListKind, ListQuery, ListStart, NodeSigner, Party, Proof, Query,
    READ_REQUEST_VERSION, ReadRequest, ReadResult, SealingKey, SearchQuery, SignedQuery, SignedReadRequest,
    SignedUploadComplete, SignedUploadOpen, Span, StateKey, StateQuery, Submission, Time, Verifier, decode,
    encode,
};
use data_encoding::BASE64;
use futures::FutureExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::chunk_buffers::ChunkBuffers;
use crate::clock::now;
use crate::node::{
    Answer, Asker, Node, NodeError, NoticeQuery, Notices, OpenedRead, SearchPage, UploadBytes, UploadCaller,
    UploadFile, UploadProgress, UploadStatus,
};
use crate::random::SystemRandom;
use crate::settings::Settings;

const CHAIN: ChainId = ChainId::new([1; 32]);
const HOSPITAL: HospitalId = HospitalId::new([2; 20]);
const PERSON: PersonId = PersonId::new([3; 20]);
/// A height above which nothing ever happens; no extreme, which another test names.
const NEVER: Height = Height::new(404);
const FILE_BYTES: u64 = (2 << 20) + 77;

#[derive(Default)]
struct Constants {
    chunks: Mutex<Vec<(u32, usize)>>,
    refused: Mutex<Vec<&'static str>>,
    waiting: AtomicUsize,
    status: Option<StatusReport>,
    genesis: Option<Bytes>,
    /// How often somebody asked which chunks are there.
    statuses: AtomicUsize,
}

fn refuse<T: Send>(error: NodeError) -> Answer<'static, T> {
    async move { Err(error) }.boxed()
}

impl Node for Constants {
    fn status(&self) -> Answer<'_, StatusReport> {
        let status = self.status.clone();
        let without = NodeError::NotReady { reason: "it is made of constants".to_owned() };
        async move { status.ok_or(without) }.boxed()
    }
    fn genesis_file(&self) -> Bytes {
        self.genesis.clone().unwrap_or(Bytes::from_static(b"genesis"))
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
    fn refused(&self, reason: &'static str) {
        self.refused.lock().unwrap().push(reason);
    }
    fn admit(&self, asker: Asker) -> Answer<'_, ()> {
        if asker.person == PERSON { async { Ok(()) }.boxed() } else { refuse(NodeError::Unauthorized) }
    }
    fn submit(&self, submission: Submission) -> Answer<'_, Proof> {
        let id = submission.transaction.body.id(&CHAIN);
        refuse(NodeError::OutcomeUnknown { id })
    }
    fn transaction(&self, _: TransactionId) -> Answer<'_, Proof> {
        refuse(NodeError::NotFound)
    }
    fn state(&self, _: Option<Asker>, _: StateQuery) -> Answer<'_, Arc<Proof>> {
        refuse(NodeError::NoQuorum { sentence: "B and C are away".to_owned() })
    }
    fn list(&self, asker: Asker, _: ListQuery) -> Answer<'_, Proof> {
        // What a node without a quorum says before it looks who asks.
        if asker.person != PERSON {
            return refuse(NodeError::NoQuorum { sentence: "B and C are away".to_owned() });
        }
        refuse(NodeError::NotFound)
    }
    fn part(&self, _: Asker, _: TransactionId, index: u16) -> Answer<'_, DetachedPart> {
        if index == 9 {
            return refuse(NodeError::Unauthorized);
        }
        async { Ok(DetachedPart { salt: Salt::new([9; 32]), bytes: Default::default() }) }.boxed()
    }
    fn search(&self, _: Asker, query: SearchQuery) -> Answer<'_, SearchPage> {
        assert_eq!(query.keywords, ["ct"]);
        async { Ok(SearchPage { height: Default::default(), hits: Vec::new(), next: None }) }.boxed()
    }
    /// Waits for ever above [`NEVER`].
    fn notices(&self, _: Asker, query: NoticeQuery) -> Answer<'_, Notices> {
        if query.after == NEVER {
            self.waiting.fetch_add(1, Ordering::Relaxed);
            return std::future::pending().boxed();
        }
        async move { Ok(Notices { height: query.after, notices: Vec::new() }) }.boxed()
    }
    fn upload_open(&self, _: SignedUploadOpen) -> Answer<'_, UploadStatus> {
        refuse(NodeError::UploadExists)
    }
    fn chunk_buffers(&self) -> ChunkBuffers {
        ChunkBuffers::new(0)
    }
    fn upload_chunk(&self, _: UploadCaller, chunk: UploadBytes) -> Answer<'_, ()> {
        assert_eq!(chunk.value, SubtreeValue::new([1; 32]));
        self.chunks.lock().unwrap().push((chunk.index, chunk.bytes.len()));
        async { Ok(()) }.boxed()
    }
    fn upload_file(&self, UploadCaller { upload_id, secret }: UploadCaller) -> Answer<'_, UploadFile> {
        if !secret.opens(&upload_secret().capability()) {
            return refuse(NodeError::NotFound);
        }
        let author = Party::Person(PersonId::new([upload_id.get()[0]; 20]));
        async move { Ok(UploadFile { author, length: FILE_BYTES }) }.boxed()
    }
    fn upload_status(&self, UploadCaller { upload_id, secret }: UploadCaller) -> Answer<'_, UploadStatus> {
        self.statuses.fetch_add(1, Ordering::Relaxed);
        if !secret.opens(&upload_secret().capability()) {
            return refuse(NodeError::NotFound);
        }
        let status = UploadStatus {
            upload_id,
            author: Party::Person(PersonId::new([upload_id.get()[0]; 20])),
            state: UploadState::Receiving,
            length: FILE_BYTES,
            present: vec![(0, 1)],
            expiry: Time::ZERO,
        };
        async { Ok(status) }.boxed()
    }
    fn upload_complete(&self, _: UploadCaller, _: SignedUploadComplete) -> Answer<'_, UploadProgress> {
        refuse(NodeError::UploadMismatch)
    }
    /// Refused, for the reason whose byte the range starts with.
    fn open_read(&self, signed: SignedReadRequest) -> Answer<'_, OpenedRead> {
        let reason = u8::try_from(signed.request.range.start).ok().and_then(DecisionReason::from_byte);
        let reason = reason.unwrap_or(DecisionReason::Range);
        // Where the entry of a decision stands: with the record, or with the reader if there is none.
        let unknown = reason == DecisionReason::UnknownRecord;
        let subject = if unknown { *signed.request.reader.get() } else { *signed.request.ehr_id.get() };
        let entry = Some(EntryId { subject, index: 0, height: Default::default() });
        let result = ReadResult { decision: Decision::Refused, reason, entry };
        let transaction = TransactionId::new([reason.byte(); 32]);
        let (height, time) = (Default::default(), Time::ZERO);
        async move { Ok(OpenedRead { result, transaction, height, time, bytes: None }) }.boxed()
    }
}

mod attacks;
mod charged;
mod encrypted;
mod extremes;
mod figures;
mod spent;
mod too_much;

async fn serve() -> (SocketAddr, Arc<Constants>) {
    let node = Arc::new(Constants::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(super::serve(
        listener,
        Arc::clone(&node) as Arc<dyn Node>,
        Settings::default(),
        std::future::pending(),
    ));
    (address, node)
}

fn upload_secret() -> UploadSecret {
    UploadSecret::new([3; 32])
}

fn bearer() -> String {
    format!("authorization: Bearer {}\r\n", upload_secret().expose_hex())
}

async fn call(address: SocketAddr, method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let answer = exchange(address, method, path, headers, body).await;
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let (head, body) = (std::str::from_utf8(&answer[..split]).unwrap(), &answer[split + 4..]);
    let status = head[9..12].parse().unwrap();
    let kind = head.lines().find_map(|line| line.strip_prefix("content-type: "));
    crate::openapi::tests::assert_described(method, path, status, kind, body);
    (status, body.to_vec())
}

async fn exchange(address: SocketAddr, method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // A node that refuses early may close before it read all.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    answer
}

fn signed(method: &str, path: &str, body: &[u8], edit: impl FnOnce(&mut Query)) -> String {
    let pair = SigningKeyPair::generate(&mut SystemRandom);
    let mut query = Query {
        hospital: HOSPITAL,
        person: PERSON,
        key: pair.public(),
        method: BoundedString::new(method).unwrap(),
        path: BoundedString::new(path).unwrap(),
        body: hash(body),
        salt: Nonce::new([4; 16]),
        expiry: now().after(Span::MINUTE),
        min_height: None,
    };
    edit(&mut query);
    let signature = NodeSigner::sign(&pair, &CHAIN, &query);
    Verifier::new(Ed25519, CHAIN).body(&query.key, &query, &signature).unwrap();
    format!("carechain-query: {}\r\n", BASE64.encode(&encode(&SignedQuery { query, signature })))
}

#[track_caller]
fn has_code(answer: &(u16, Vec<u8>), status: u16, code: &str) {
    let text = String::from_utf8_lossy(&answer.1);
    assert_eq!(answer.0, status, "{text}");
    assert!(text.contains(&format!("\"code\":\"{code}\"")), "{text}");
}

#[tokio::test]
async fn open_paths_answer_without_a_signature() {
    let (address, _) = serve().await;
    assert_eq!(call(address, "GET", "/v1/genesis", "", b"").await, (200, b"genesis".to_vec()));
    assert_eq!(call(address, "GET", "/metrics", "", b"").await.1, b"carechain_height 7\n");
    assert_eq!(call(address, "GET", "/v1/openapi.json", "", b"").await, (200, crate::openapi().to_vec()));
    has_code(&call(address, "GET", "/v1/node", "", b"").await, 503, "not_ready");
    has_code(&call(address, "GET", "/v1/nothing", "", b"").await, 404, "no_route");
}

#[tokio::test]
async fn state_query_that_names_a_key_twice_is_refused() {
    let (address, _) = serve().await;
    let key = |byte| StateKey::person(&PersonId::new([byte; 20]));
    for (keys, status, code) in
        [(vec![key(1), key(2)], 503, "no_quorum"), (vec![key(1), key(2), key(1)], 400, "malformed")]
    {
        let (bodies, freshness) = (Bodies::Without, Freshness::default());
        let query = StateQuery { keys: BoundedVec::new(keys).unwrap(), bodies, freshness };
        has_code(&call(address, "POST", "/v1/state", "", &encode(&query)).await, status, code);
    }
}

#[tokio::test]
async fn a_name_that_is_not_the_nodes_is_not_answered_and_no_answer_is_kept_or_guessed() {
    let (address, node) = serve().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = "GET /v1/genesis HTTP/1.1\r\nhost: attacker.example\r\nconnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400") && !answer.ends_with("genesis"), "{answer}");
    assert_eq!(*node.refused.lock().unwrap(), ["host"]);
    for path in ["/v1/genesis", "/v1/nothing", "/metrics"] {
        let answer = String::from_utf8(exchange(address, "GET", path, "", b"").await).unwrap();
        assert!(answer.contains("x-content-type-options: nosniff\r\n"), "{answer}");
        assert!(answer.contains("cache-control: no-store\r\n"), "{answer}");
    }
}

/// A query for a list that only its person may see.
fn grants_of_somebody() -> Vec<u8> {
    encode(&ListQuery {
        kind: ListKind::Grants,
        subject: [5; 20],
        start: ListStart::Newest,
        count_max: 10,
        freshness: Freshness::default(),
    })
}

#[tokio::test]
async fn unknown_things_look_the_same() {
    let (address, _) = serve().await;
    let id = TransactionId::ZERO.to_hex();
    let unknown = call(address, "GET", &format!("/v1/transactions/{id}"), "", b"").await;
    let body = grants_of_somebody();
    let header = signed("POST", "/v1/lists", &body, |_| {});
    let hidden = call(address, "POST", "/v1/lists", &header, &body).await;
    has_code(&unknown, 404, "not_found");
    assert_eq!(unknown, hidden);
}

fn read_of(range: ByteRange) -> Vec<u8> {
    let request = ReadRequest {
        version: READ_REQUEST_VERSION,
        gateway: HOSPITAL,
        reader: PERSON,
        reader_key: SigningPublicKey::ZERO,
        reply_key: SealingKey::x25519(SealingPublicKey::new([9; 32])),
        on_behalf_of: None,
        ehr_id: EhrId::new([6; 20]),
        grant: None,
        purpose: AccessPurpose::Treatment,
        range,
        salt: Nonce::ZERO,
        expiry: Time::ZERO,
        shown: AddressShown::ZERO,
    };
    encode(&SignedReadRequest { request, signature: Signature::ZERO, shown: None })
}

/// Everything a gateway answers to a refused read, headers included, but for the date.
async fn refused_read(address: SocketAddr, reason: DecisionReason) -> String {
    let start = u64::from(reason.byte());
    let body = read_of(ByteRange { start, end: start + 1 });
    let answer = exchange(address, "POST", "/v1/read", "", &body).await;
    let text = String::from_utf8(answer).unwrap();
    text.lines().filter(|line| !line.starts_with("date:")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_refused_read_says_no_more_of_a_record_that_exists_than_of_one_that_does_not() {
    let (address, _) = serve().await;
    let unknown = refused_read(address, DecisionReason::UnknownRecord).await;
    assert!(unknown.contains("\"code\":\"not_found\""), "{unknown}");
    for reason in [DecisionReason::NoGrant, DecisionReason::Purged, DecisionReason::NoMandate] {
        assert_eq!(refused_read(address, reason).await, unknown, "{reason:?}");
    }
    // The reader's own standing is told before the record is looked at.
    for reason in [DecisionReason::Role, DecisionReason::ReaderSuspended, DecisionReason::KeyEnded] {
        let answer = refused_read(address, reason).await;
        assert!(!answer.contains("carechain-entry") && !answer.contains("carechain-transaction"), "{answer}");
    }
    let own = refused_read(address, DecisionReason::Expired).await;
    assert!(own.contains("grant_expired") && own.contains("carechain-entry"), "{own}");
}

#[tokio::test]
async fn range_that_no_file_has_is_refused_before_anything_is_decided() {
    let (address, _) = serve().await;
    let longest = carechain_crypto::limits::FILE_BYTES_MAX;
    for (start, end) in [(0, longest + 1), (0, u64::MAX), (u64::MAX, u64::MAX), (u64::MAX, 0), (1, 0)] {
        let body = read_of(ByteRange { start, end });
        let answer = call(address, "POST", "/v1/read", "", &body).await;
        has_code(&answer, 400, "malformed");
    }
}

#[tokio::test]
async fn a_signed_query_counts_for_its_call_once() {
    let (address, _) = serve().await;
    let path = "/v1/search";
    let body = br#"{"keywords":["ct"]}"#;
    let header = signed("POST", path, body, |_| {});
    assert_eq!(call(address, "POST", path, &header, body).await.0, 200);
    has_code(&call(address, "POST", path, &header, body).await, 409, "replayed");
    has_code(&call(address, "POST", path, "", body).await, 401, "unauthenticated");
    let header = signed("POST", path, body, |_| {});
    has_code(&call(address, "POST", path, &header, br#"{"keywords":["mr"]}"#).await, 401, "unauthenticated");
    let header = signed("POST", path, body, |query| query.expiry = now());
    has_code(&call(address, "POST", path, &header, body).await, 401, "outside_expiry");
    let header = signed("POST", path, body, |query| query.hospital = HospitalId::ZERO);
    has_code(&call(address, "POST", path, &header, body).await, 421, "wrong_gateway");
    let header = signed("POST", "/v1/search?x", body, |_| {});
    has_code(&call(address, "POST", path, &header, body).await, 401, "unauthenticated");
}

#[tokio::test]
async fn a_query_that_claims_a_huge_text_is_refused_and_the_node_goes_on() {
    let (address, _) = serve().await;
    // Hospital, person, key; then the length of the method, and a few bytes in its place.
    let mut bytes = vec![0; 20 + 20 + 32];
    bytes.extend_from_slice(&(1_u64 << 40).to_le_bytes());
    bytes.extend_from_slice(&[0; 256]);
    let header = format!("carechain-query: {}\r\n", BASE64.encode(&bytes));
    has_code(&call(address, "POST", "/v1/search", &header, b"{}").await, 400, "malformed");
    assert_eq!(call(address, "GET", "/v1/genesis", "", b"").await.0, 200);
}

#[tokio::test]
async fn notices_and_parts_want_a_signed_query() {
    let (address, _) = serve().await;
    let path = "/v1/notices?after=7&wait_seconds=0";
    has_code(&call(address, "GET", path, "", b"").await, 401, "unauthenticated");
    let answer = call(address, "GET", path, &signed("GET", path, b"", |_| {}), b"").await;
    assert!(String::from_utf8(answer.1).unwrap().contains("\"height\":7"));
    let path = format!("/v1/parts/{}/3", TransactionId::ZERO.to_hex());
    let answer = call(address, "GET", &path, &signed("GET", &path, b"", |_| {}), b"").await;
    let part: DetachedPart = decode(&answer.1, 100).unwrap();
    assert_eq!(part.salt, Salt::new([9; 32]));
}

#[tokio::test]
async fn an_upload_streams_through_in_chunks() {
    let (address, node) = serve().await;
    let path = format!("/v1/uploads/{}/chunks/1", UploadId::ZERO.to_hex());
    let chunk = |length| [vec![1; 32], vec![7; length]].concat();
    let bytes = [chunk(1 << 20), chunk(77)].concat();
    let header = bearer();
    assert_eq!(call(address, "PUT", &path, &header, &bytes).await.0, 204);
    assert_eq!(*node.chunks.lock().unwrap(), [(1, 1 << 20), (2, 77)]);
    assert_eq!(node.statuses.load(Ordering::Relaxed), 0, "nobody lists the chunks for each that comes");
    has_code(&call(address, "PUT", &path, &header, &bytes[..bytes.len() - 1]).await, 400, "malformed");
    let path = format!("/v1/uploads/{}", UploadId::ZERO.to_hex());
    let status = String::from_utf8(call(address, "GET", &path, &header, b"").await.1).unwrap();
    assert!(status.contains("\"present\":[[0,1]]") && status.contains("\"chunk_count\":3"), "{status}");
}

#[tokio::test]
async fn upload_is_not_found_by_whoever_shows_another_secret_or_none() {
    let (address, node) = serve().await;
    let id = UploadId::ZERO.to_hex();
    let other = format!("authorization: Bearer {}\r\n", UploadSecret::new([4; 32]).expose_hex());
    let wrong = ["", &other, "authorization: Bearer 00\r\n", "authorization: Basic YQ==\r\n"];
    for header in wrong {
        let status = call(address, "GET", &format!("/v1/uploads/{id}"), header, b"").await;
        has_code(&status, 404, "not_found");
        let chunk = call(address, "PUT", &format!("/v1/uploads/{id}/chunks/0"), header, &[7; 40]).await;
        assert_eq!(chunk, status, "what a stranger sees does not depend on the call");
    }
    assert!(node.chunks.lock().unwrap().is_empty());
    for header in ["", "authorization: Bearer 00\r\n"] {
        let path = format!("/v1/uploads/{id}/complete");
        has_code(&call(address, "POST", &path, header, b"").await, 404, "not_found");
    }
}

#[tokio::test]
async fn serving_stops_when_told_and_finishes_the_call_under_way() {
    let node = Arc::new(Constants::default()) as Arc<dyn Node>;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving =
        tokio::spawn(super::serve(listener, node, Settings::default(), async { stopped.await.unwrap() }));
    let mut idle = TcpStream::connect(address).await.unwrap();
    let mut half = TcpStream::connect(address).await.unwrap();
    let head = b"POST /v1/transactions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 4\r\n\r\nju";
    half.write_all(head).await.unwrap();
    // An answer says that the connections before it were accepted.
    assert_eq!(call(address, "GET", "/v1/genesis", "", b"").await.0, 200);
    stop.send(()).unwrap();
    assert_eq!(idle.read(&mut [0; 8]).await.unwrap(), 0);
    half.write_all(b"nk").await.unwrap();
    let mut answer = Vec::new();
    half.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 400"), "{}", String::from_utf8_lossy(&answer));
    serving.await.unwrap();
}
