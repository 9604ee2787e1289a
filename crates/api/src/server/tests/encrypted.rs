//! The interface behind TLS, while its certificate is renewed.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;

use super::{Constants, Settings};
use crate::test_tls::{certificate, client_config, connect, write};

/// One call on a connection that stays open; gives the body of the answer.
async fn genesis(stream: &mut TlsStream<TcpStream>) -> Vec<u8> {
    stream.write_all(b"GET /v1/genesis HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"genesis") {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "the connection goes on");
    }
    answer
}

async fn open(address: SocketAddr, trusted: &rcgen::CertifiedKey) -> std::io::Result<TlsStream<TcpStream>> {
    connect(TcpStream::connect(address).await?, client_config(trusted)).await
}

#[tokio::test]
async fn open_connection_goes_on_across_a_renewal_and_a_new_one_is_shown_the_new_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, first) = certificate(folder.path());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let settings = Settings { certificate: Some(certificate), ..Settings::default() };
    let node = Arc::new(Constants::default());
    tokio::spawn(crate::server::serve(listener, node, settings, std::future::pending()));
    let mut before = open(address, &first).await.unwrap();
    genesis(&mut before).await;
    let second = write(folder.path());
    genesis(&mut before).await;
    let mut after = open(address, &second).await.unwrap();
    genesis(&mut after).await;
    assert!(open(address, &first).await.is_err(), "the certificate of before is shown to nobody new");
    genesis(&mut before).await;
}
