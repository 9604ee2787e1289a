//! Whom a node shows its figures.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::Operators;
use crate::client::{Client, Connection};

fn admits(operators: Operators, address: &str, authorization: &str) -> bool {
    let mut headers = HeaderMap::new();
    if !authorization.is_empty() {
        headers.insert(AUTHORIZATION, authorization.parse().unwrap());
    }
    operators.admit(Client { address: address.parse().unwrap(), connection: Connection::Full }, &headers)
}

#[test]
fn own_machine_is_admitted_and_others_only_with_the_token() {
    let operators = Operators::with_token(b"a long secret");
    for address in ["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"] {
        assert!(admits(operators, address, ""), "{address}");
    }
    assert!(admits(operators, "10.0.0.7", "Bearer a long secret"));
    for wrong in ["", "Bearer a long secre", "Bearer ", "Basic a long secret", "a long secret"] {
        assert!(!admits(operators, "10.0.0.7", wrong), "{wrong}");
    }
}

#[test]
fn node_without_a_token_admits_nobody_from_elsewhere() {
    assert!(!admits(Operators::default(), "10.0.0.7", "Bearer "));
}
