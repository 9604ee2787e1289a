//! Whom a node shows its figures.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::Operators;
use crate::client::{Client, Connection, Machine};

fn admits(operators: Operators, machine: Machine, authorization: &str) -> bool {
    let mut headers = HeaderMap::new();
    if !authorization.is_empty() {
        headers.insert(AUTHORIZATION, authorization.parse().unwrap());
    }
    let address = "10.0.0.7".parse().unwrap();
    operators.admit(Client { address, connection: Connection::Full, machine }, &headers)
}

#[test]
fn own_machine_is_admitted_and_others_only_with_the_token() {
    let operators = Operators::with_token(b"a long secret");
    assert!(admits(operators, Machine::Own, ""));
    assert!(admits(operators, Machine::Another, "Bearer a long secret"));
    for wrong in ["", "Bearer a long secre", "Bearer ", "Basic a long secret", "a long secret"] {
        assert!(!admits(operators, Machine::Another, wrong), "{wrong}");
    }
}

#[test]
fn node_without_a_token_admits_nobody_from_elsewhere() {
    assert!(!admits(Operators::default(), Machine::Another, "Bearer "));
}
