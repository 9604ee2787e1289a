//! Callers that send more than the node takes, or what it cannot read.

use carechain_crypto::UploadId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{bearer, call, has_code, serve};

#[tokio::test]
async fn client_in_the_middle_of_an_upload_reads_why_it_is_refused() {
    let (address, _) = serve().await;
    let path = format!("/v1/uploads/{}/chunks/3", UploadId::ZERO.to_hex());
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PUT {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: {}\r\n{}\r\n",
        32 << 20,
        bearer()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![0; 32 << 20]).await.expect("the node takes all, whatever it thinks of it");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 400"), "{}", String::from_utf8_lossy(&answer));
}

/// What a client that keeps its connection is answered when it sends so many bytes.
async fn answer_to(call: &str, headers: &str, bytes: usize) -> String {
    let (address, _) = serve().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("{call} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}content-length: {bytes}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // A node that refuses early may close before it read all.
    let _ = stream.write_all(&vec![0; bytes]).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn client_whose_body_is_not_read_is_told_that_its_connection_ends() {
    let too_long = answer_to("POST /v1/transactions", "", crate::limits::SUBMISSION_BYTES_MAX + 1).await;
    assert!(too_long.starts_with("HTTP/1.1 413"), "{too_long}");
    assert!(too_long.contains("\r\nconnection: close\r\n"), "{too_long}");
}

#[tokio::test]
async fn who_shows_no_secret_of_an_upload_is_read_a_little_and_told_that_the_connection_ends() {
    let path = format!("/v1/uploads/{}/chunks/0", UploadId::ZERO.to_hex());
    let wrong = format!("authorization: Bearer {}\r\n", "04".repeat(32));
    let stranger = answer_to(&format!("PUT {path}"), &wrong, 2 * crate::limits::PASSED_OVER_MAX).await;
    assert!(stranger.starts_with("HTTP/1.1 404"), "{stranger}");
    assert!(stranger.contains("\r\nconnection: close\r\n"), "{stranger}");
}

#[tokio::test]
async fn bytes_that_are_no_submission_are_refused() {
    let (address, _) = serve().await;
    has_code(&call(address, "POST", "/v1/transactions", "", b"junk").await, 400, "malformed");
    let large = vec![0; crate::limits::SUBMISSION_BYTES_MAX + 1];
    has_code(&call(address, "POST", "/v1/transactions", "", &large).await, 413, "too_large");
}

#[tokio::test]
async fn headers_without_end_are_refused_before_they_fill_the_memory() {
    let (address, _) = serve().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /v1/genesis HTTP/1.1\r\nendless: ").await.unwrap();
    let mut sent = 0;
    while sent < 8 * crate::limits::BUFFER_BYTES_MAX && stream.write_all(&[b'x'; 4_096]).await.is_ok() {
        sent += 4_096;
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431"), "{answer:?}");
}
