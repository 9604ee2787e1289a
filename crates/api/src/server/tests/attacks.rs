//! Clients that take places and do nothing with them, over real sockets: others are served meanwhile.

use std::net::SocketAddr;

use carechain_crypto::{Nonce, PersonId, UploadId};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::{Constants, NEVER, Ordering, bearer, call, has_code, serve, signed};
use crate::limits::{
    CONNECTIONS_MAX, REQUESTS_MAX, SPARE_CONNECTIONS_MAX, UPLOAD_STREAMS_MAX, UPLOAD_STREAMS_PER_PERSON_MAX,
    WAITERS_PER_PERSON_MAX,
};

/// Connections whose requests say that a body of two chunks follows, or a short one elsewhere; none does.
async fn promise(address: SocketAddr, method: &str, path: &str, count: usize) -> Vec<TcpStream> {
    let (length, headers) = if method == "PUT" { (2 * chunk().len(), bearer()) } else { (9, String::new()) };
    let head =
        format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {length}\r\n{headers}\r\n");
    let mut silent = Vec::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        silent.push(stream);
    }
    silent
}

/// A call from another address of this machine than all others.
async fn call_from_elsewhere(address: SocketAddr, path: &str) -> String {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Lets the node's tasks run until something is so.
async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

fn times_refused(node: &Constants, reason: &str) -> usize {
    node.refused.lock().unwrap().iter().filter(|refused| **refused == reason).count()
}

/// A whole chunk behind its value.
fn chunk() -> Vec<u8> {
    [vec![1; 32], vec![7; 1 << 20]].concat()
}

fn chunks_path(upload: u8) -> String {
    format!("/v1/uploads/{}/chunks/0", UploadId::new([upload; 16]).to_hex())
}

#[tokio::test]
async fn bodies_that_do_not_come_take_no_places() {
    let (address, _) = serve().await;
    let _silent = promise(address, "POST", "/v1/transactions", REQUESTS_MAX / 2).await;
    has_code(&call(address, "POST", "/v1/transactions", "", b"junk").await, 400, "malformed");
    let _silent = promise(address, "PUT", &chunks_path(1), UPLOAD_STREAMS_MAX).await;
    assert_eq!(call(address, "PUT", &chunks_path(1), &bearer(), &chunk()).await.0, 204);
}

/// Both ends of all connections are in this process; a shell often allows it 1,024 files.
fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = 4 * CONNECTIONS_MAX as u64;
    if limit.current.is_some_and(|current| current < wanted) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit }).unwrap();
    }
}

#[tokio::test]
async fn address_with_all_its_connections_learns_how_the_node_is_and_others_are_served() {
    raise_open_files();
    let (address, node) = serve().await;
    let _silent = promise(address, "POST", "/v1/transactions", CONNECTIONS_MAX / 2).await;
    has_code(&call(address, "GET", "/v1/status", "", b"").await, 503, "not_ready");
    has_code(&call(address, "GET", "/v1/node", "", b"").await, 503, "not_ready");
    assert_eq!(call(address, "GET", "/metrics", "", b"").await.0, 200);
    has_code(&call(address, "GET", "/v1/genesis", "", b"").await, 429, "busy");
    assert_eq!(times_refused(&node, "connections"), 1);
    assert!(call_from_elsewhere(address, "/v1/genesis").await.starts_with("HTTP/1.1 200"));
    let mut spare = Vec::new();
    for _ in 0..SPARE_CONNECTIONS_MAX {
        spare.push(TcpStream::connect(address).await.unwrap());
    }
    until(|| times_refused(&node, "connections") > 1).await;
    assert!(call_from_elsewhere(address, "/v1/status").await.starts_with("HTTP/1.1 503"));
}

#[tokio::test]
async fn slow_streams_of_one_author_leave_room_for_the_files_of_others() {
    let (address, node) = serve().await;
    let chunk = chunk();
    let mut slow = promise(address, "PUT", &chunks_path(1), UPLOAD_STREAMS_PER_PERSON_MAX).await;
    for (stream, stored) in slow.iter_mut().zip(1..) {
        stream.write_all(&chunk).await.unwrap();
        // A chunk of it is stored, so it has its place.
        until(|| node.chunks.lock().unwrap().len() == stored).await;
    }
    has_code(&call(address, "PUT", &chunks_path(1), &bearer(), &chunk).await, 429, "busy");
    assert_eq!(times_refused(&node, "uploads"), 1);
    assert_eq!(call(address, "PUT", &chunks_path(2), &bearer(), &chunk).await.0, 204);
}

#[tokio::test]
async fn person_who_waits_in_many_calls_leaves_room_and_a_query_waits_once() {
    let (address, node) = serve().await;
    let path = format!("/v1/notices?after={}&wait_seconds=30", NEVER.get());
    let mut waiting = Vec::new();
    let mut query = String::new();
    for (salt, number) in (1..).zip(1..=WAITERS_PER_PERSON_MAX) {
        query = signed("GET", &path, b"", |query| query.salt = Nonce::new([salt; 16]));
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{query}\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        until(|| node.waiting.load(Ordering::Relaxed) == number).await;
        waiting.push(stream);
    }
    has_code(&call(address, "GET", &path, &query, b"").await, 409, "replayed");
    let another = signed("GET", &path, b"", |_| {});
    has_code(&call(address, "GET", &path, &another, b"").await, 429, "busy");
    assert_eq!((times_refused(&node, "replayed"), times_refused(&node, "waiters")), (1, 1));
}

#[tokio::test]
async fn unknown_key_gets_no_place_to_wait_in() {
    let (address, node) = serve().await;
    let path = format!("/v1/notices?after={}", NEVER.get());
    let unknown = signed("GET", &path, b"", |query| query.person = PersonId::ZERO);
    has_code(&call(address, "GET", &path, &unknown, b"").await, 401, "unauthenticated");
    assert_eq!(node.waiting.load(Ordering::Relaxed), 0);
}
