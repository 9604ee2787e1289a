//! A crowd of connections that promise bodies and send none: the node goes on telling how it is, and working.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use carechain_types::Role;
use serde_json::Value;

use crate::support::Network;

/// Half of the connections that a node takes: all that one address gets.
const SILENT: usize = 512;

fn api_address(network: &Network, node: usize) -> SocketAddr {
    network.url(node).rsplit('/').next().unwrap().parse().unwrap()
}

/// Status and body of a call on a connection of its own.
fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

#[test]
fn node_in_a_crowd_of_silent_connections_says_that_it_is_ready_and_counts_whom_it_turns_away() {
    let network = Network::start(4);
    let doctor = network.person("doctor", 2, Role::Doctor);
    let address = api_address(&network, 1);
    let mut silent = Vec::new();
    for _ in 0..SILENT {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!("POST /v1/state HTTP/1.1\r\nhost: {address}\r\ncontent-length: 9\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        silent.push(stream);
    }
    let (status, body) = get(address, "/v1/ready");
    assert_eq!(status, 200, "{body}");
    let (status, refused) = get(address, "/v1/genesis");
    let refused: Value = serde_json::from_str(&refused).unwrap();
    assert_eq!((status, refused["error"]["code"].as_str()), (429, Some("busy")), "{refused}");
    let (_, metrics) = get(address, "/metrics");
    assert!(metrics.contains("carechain_http_refused_total{reason=\"connections\"} 1"), "{metrics}");
    // Its votes are as good as before: the other hospitals' people notice nothing.
    doctor.run(&["search", "--keyword", "ct"]).done();
    drop(silent);
}
