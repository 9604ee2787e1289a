//! Calls to a node that answers with prepared bytes.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use carechain_disk::OperatorToken;
use carechain_schema::{ErrorCode, Method, Retry};

use super::{Call, CallError, Caller, NodeUrl};
use crate::node_url::InTheClear;

fn address_of(listener: &TcpListener) -> NodeUrl {
    let url = format!("http://{}", listener.local_addr().unwrap());
    NodeUrl::parse(&url, InTheClear::ThisMachine).unwrap()
}

/// Answers every connection with these bytes and closes it.
fn prepared(answer: &'static str) -> NodeUrl {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = address_of(&listener);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 65_536];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

const GET: Call<'_> = Call { method: Method::Get, path: "/v1/status", query: None };

#[test]
fn nobody_there_is_no_node() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = address_of(&listener);
    drop(listener);
    let error = Caller::new(&address).call(GET, b"").unwrap_err();
    assert!(matches!(error, CallError::NoNode { .. }), "{error}");
    assert_eq!(error.retry(), Retry::Safe);
}

#[test]
fn an_error_document_is_a_refusal_with_its_code() {
    let address = prepared(concat!(
        "HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n",
        "{\"schema\":\"carechain/failure/1\",\"ok\":false,\"error\":{\"code\":\"grant_expired\",",
        "\"message\":\"your grant has expired\",\"hint\":\"ask\",\"retry\":\"never\"},",
        "\"outcome\":{\"code\":13,\"name\":\"expired\"}}"
    ));
    let error = Caller::new(&address).call(GET, b"").unwrap_err();
    assert_eq!(error.code(), ErrorCode::GrantExpired);
    assert_eq!(error.to_string(), "your grant has expired");
}

#[test]
fn another_server_is_foreign() {
    let address = prepared("HTTP/1.1 500 Oops\r\nconnection: close\r\n\r\n<html>");
    let error = Caller::new(&address).call(GET, b"").unwrap_err();
    assert!(matches!(error, CallError::Foreign { .. }), "{error}");
}

#[test]
fn a_connection_that_closes_early_may_have_been_heard() {
    let address = prepared("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort");
    let error = Caller::new(&address).call(GET, b"").unwrap_err();
    assert_eq!(error.retry(), Retry::Check, "{error}");
}

#[test]
fn an_operator_shows_the_token_as_bearer() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "0f1e2d\n").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = address_of(&listener);
    let node = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 65_536];
        let count = stream.read(&mut request).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        String::from_utf8(request[..count].to_vec()).unwrap()
    });
    Caller::new(&address).call_as_operator(GET, &OperatorToken::read(&file).unwrap()).unwrap();
    assert!(node.join().unwrap().contains("authorization: Bearer 0f1e2d\r\n"));
}
