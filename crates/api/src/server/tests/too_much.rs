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

#[tokio::test]
async fn client_whose_body_is_not_read_is_told_that_its_connection_ends() {
    let (address, _) = serve().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let body = vec![0; crate::limits::SUBMISSION_BYTES_MAX + 1];
    let head = format!(
        "POST /v1/transactions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("\r\nconnection: close\r\n"), "{answer}");
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
