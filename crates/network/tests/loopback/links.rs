//! Links come up, carry messages and come back.

use std::net::SocketAddr;

use bytes::Bytes;
use carechain_network::{Class, Event, LinkEnd, Network, NetworkConfig, NetworkError, Runtimes, SendError};

use crate::cluster::{Node, config, eventually, runtime, start_all, start_pair};

#[test]
fn three_nodes_connect_and_exchange_every_class() {
    let runtime = runtime();
    let nodes = start_all(&runtime, vec![config(1), config(2), config(3)]);
    for node in &nodes {
        let mut missing: Vec<_> = nodes.iter().map(Node::key).filter(|key| *key != node.key()).collect();
        while !missing.is_empty() {
            let event = node.wait_for("connected", |event| matches!(event, Event::Connected { .. }));
            missing.retain(|key| *key != event.peer());
        }
    }
    for class in Class::ALL {
        let message = Bytes::from(format!("{class:?}"));
        for sender in &nodes {
            assert_eq!(sender.handle.broadcast(class, &message), Ok(2));
            for receiver in nodes.iter().filter(|node| node.key() != sender.key()) {
                receiver.wait_message(sender.key(), &message);
            }
        }
    }
    let counters = nodes[0].handle.counters();
    assert_eq!(counters.votes.links_opened, 2);
    assert_eq!(counters.classes.map(|class| (class.messages_sent, class.messages_received)), [(2, 2); 3]);
}

#[test]
fn messages_of_a_class_arrive_in_order_and_whole() {
    let runtime = runtime();
    let (first, second) = start_pair(&runtime, config(1), config(2));
    let message = |number: u32| {
        let mut bytes = vec![u8::try_from(number % 251).unwrap(); (number as usize * 997) % 100_000 + 4];
        bytes[..4].copy_from_slice(&number.to_le_bytes());
        Bytes::from(bytes)
    };
    for number in 0..300 {
        first.handle.send(second.key(), Class::Bodies, message(number)).unwrap();
    }
    for number in 0..300 {
        let event = second.wait_for("message", |event| matches!(event, Event::Message { .. }));
        let Event::Message { bytes, .. } = event else { unreachable!() };
        assert_eq!(bytes, message(number));
    }
}

#[test]
fn longest_message_passes_and_a_longer_one_is_refused_at_once() {
    let runtime = runtime();
    let (first, second) = start_pair(&runtime, config(1), config(2));
    let longest = Bytes::from(vec![7; 8 << 20]);
    first.handle.send(second.key(), Class::Bodies, longest.clone()).unwrap();
    second.wait_message(first.key(), &longest);
    let refused = first.handle.send(second.key(), Class::Consensus, longest);
    assert_eq!(refused, Err(SendError::Length { bytes: 8 << 20, bytes_max: 2 << 20 }));
}

#[test]
fn restarted_peer_reconnects_whoever_dials() {
    let runtime = runtime();
    for (restarted, staying) in [(1, 2), (2, 1)] {
        let (first, second) = start_pair(&runtime, config(restarted), config(staying));
        let peers = [first.as_peer(), second.as_peer()];
        let again = NetworkConfig {
            listen_votes: first.handle.votes_address(),
            listen_bulk: first.handle.bulk_address(),
            peers: peers.to_vec(),
            ..config(restarted)
        };
        runtime.block_on(first.handle.shut_down());
        let lost = second.wait_disconnected(first.key());
        assert!(matches!(lost, Event::Disconnected { reason: LinkEnd::Closed, .. }), "{lost:?}");
        drop(first);
        let first = Node::start(&runtime, again);
        first.wait_connected(second.key());
        second.wait_connected(first.key());
        first.handle.send(second.key(), Class::Consensus, Bytes::from_static(b"back")).unwrap();
        second.wait_message(first.key(), b"back");
        runtime.block_on(second.handle.bulk_ready(first.key())).unwrap();
    }
}

#[test]
fn removed_member_is_disconnected_and_may_come_back() {
    let runtime = runtime();
    let (first, second) = start_pair(&runtime, config(1), config(2));
    let peers = [first.as_peer(), second.as_peer()];
    first.handle.set_peers(&[]).unwrap();
    second.wait_disconnected(first.key());
    eventually("link gone", || first.handle.connected().is_empty());
    let unknown = first.handle.send(second.key(), Class::Consensus, Bytes::from_static(b"x"));
    assert_eq!(unknown, Err(SendError::NotMember { peer: second.key() }));
    first.handle.set_peers(&peers).unwrap();
    second.wait_connected(first.key());
    first.wait_connected(second.key());
}

#[test]
fn member_removed_and_added_at_once_gets_a_new_link() {
    let runtime = runtime();
    let (first, second) = start_pair(&runtime, config(1), config(2));
    for node in [&first, &second] {
        let peers = [first.as_peer(), second.as_peer()];
        node.handle.set_peers(&[]).unwrap();
        node.handle.set_peers(&peers).unwrap();
    }
    eventually("message through the new link", || {
        // Both take their events: a link waits until the end of the one before it was noticed.
        while first.events.try_next().is_some() {}
        first.handle.send(second.key(), Class::Consensus, Bytes::from_static(b"again")).is_ok()
            && second.events.try_next().is_some_and(|event| matches!(event, Event::Message { .. }))
    });
}

#[test]
fn epoch_of_the_peer_is_reported() {
    let runtime = runtime();
    let nodes = start_all(&runtime, vec![config(1), NetworkConfig { epoch: 7, ..config(2) }]);
    let event = nodes[0].wait_for("connected", |event| matches!(event, Event::Connected { .. }));
    assert!(matches!(event, Event::Connected { epoch: 7, version: 1, .. }), "{event:?}");
}

#[test]
fn taken_port_is_named() {
    let runtime = runtime();
    let node = Node::start(&runtime, config(1));
    let taken: SocketAddr = node.handle.bulk_address();
    let second = NetworkConfig { listen_bulk: taken, ..config(2) };
    let error =
        runtime.block_on(Network::start(second, &Runtimes::shared(runtime.handle().clone()))).unwrap_err();
    assert!(matches!(error, NetworkError::PortTaken { address } if address == taken), "{error}");
}

#[test]
fn events_end_with_the_network() {
    let runtime = runtime();
    let node = Node::start(&runtime, config(1));
    runtime.block_on(node.handle.shut_down());
    assert!(node.events.next().is_none());
}
