#![allow(clippy::unwrap_used)]

use bytes::Bytes;
use carechain_crypto::SigningPublicKey;
use futures::FutureExt;

use super::{InboxClosed, inbox};
use crate::{Class, Event, Limits, LinkEnd};

fn key(byte: u8) -> SigningPublicKey {
    SigningPublicKey::new([byte; 32])
}

fn limits(count_max: usize, bytes_max: usize) -> Limits {
    Limits { incoming_count_max: count_max, incoming_bytes_max: bytes_max, ..Limits::default() }
}

fn describe(event: &Event) -> (u8, &'static str, u8) {
    let peer = event.peer().get()[0];
    match event {
        Event::Connected { .. } => (peer, "connected", 0),
        Event::Message { bytes, .. } => (peer, "message", bytes[0]),
        Event::Disconnected { .. } => (peer, "disconnected", 0),
        Event::Refused { .. } => (peer, "refused", 0),
    }
}

#[test]
fn peers_take_turns_whatever_one_sends() {
    let (inbox, receiver) = inbox(&limits(10, 1_000));
    inbox.set_peers([key(1), key(2)].into_iter());
    for number in 0..5 {
        inbox.push(key(1), Class::Consensus, Bytes::from(vec![number])).now_or_never().unwrap().unwrap();
    }
    for number in 10..12 {
        inbox.push(key(2), Class::Bodies, Bytes::from(vec![number])).now_or_never().unwrap().unwrap();
    }
    let order: Vec<_> = core::iter::from_fn(|| receiver.try_next()).map(|event| describe(&event).2).collect();
    assert_eq!(order, [0, 10, 1, 11, 2, 3, 4]);
}

#[test]
fn higher_class_of_a_peer_comes_first() {
    let (inbox, receiver) = inbox(&limits(10, 1_000));
    inbox.set_peers([key(1)].into_iter());
    for (class, number) in [(Class::Bodies, 3), (Class::Transactions, 2), (Class::Consensus, 1)] {
        inbox.push(key(1), class, Bytes::from(vec![number])).now_or_never().unwrap().unwrap();
    }
    let order: Vec<_> = core::iter::from_fn(|| receiver.try_next()).map(|event| describe(&event).2).collect();
    assert_eq!(order, [1, 2, 3]);
}

#[test]
fn full_class_waits_and_others_do_not() {
    let (inbox, receiver) = inbox(&limits(2, 1_000));
    inbox.set_peers([key(1), key(2)].into_iter());
    for _ in 0..2 {
        inbox.push(key(1), Class::Transactions, Bytes::from_static(b"t")).now_or_never().unwrap().unwrap();
    }
    let mut third = Box::pin(inbox.push(key(1), Class::Transactions, Bytes::from_static(b"x")));
    assert!(third.as_mut().now_or_never().is_none());
    assert!(inbox.push(key(1), Class::Consensus, Bytes::from_static(b"c")).now_or_never().is_some());
    assert!(inbox.push(key(2), Class::Transactions, Bytes::from_static(b"t")).now_or_never().is_some());
    assert_eq!(describe(&receiver.try_next().unwrap()).2, b'c');
    assert_eq!(describe(&receiver.try_next().unwrap()).0, 2);
    assert!(third.as_mut().now_or_never().is_none());
    assert_eq!(describe(&receiver.try_next().unwrap()).2, b't');
    assert_eq!(third.now_or_never(), Some(Ok(())));
}

#[test]
fn one_long_message_is_let_in_alone() {
    let (inbox, _receiver) = inbox(&limits(10, 4));
    inbox.set_peers([key(1)].into_iter());
    assert!(inbox.push(key(1), Class::Bodies, Bytes::from_static(b"too long")).now_or_never().is_some());
    assert!(inbox.push(key(1), Class::Bodies, Bytes::from_static(b"x")).now_or_never().is_none());
}

#[test]
fn link_events_frame_its_messages() {
    let (inbox, receiver) = inbox(&limits(10, 1_000));
    inbox.set_peers([key(1)].into_iter());
    let connected = Event::Connected { peer: key(1), epoch: 0, version: 1 };
    let disconnected = Event::Disconnected { peer: key(1), reason: LinkEnd::Closed };
    inbox.push_opening(connected.clone()).now_or_never().unwrap().unwrap();
    inbox.push(key(1), Class::Bodies, Bytes::from_static(b"b")).now_or_never().unwrap().unwrap();
    inbox.push_closing(disconnected).now_or_never().unwrap().unwrap();
    let mut again = Box::pin(inbox.push_opening(connected));
    assert!(again.as_mut().now_or_never().is_none());
    let order: Vec<_> = (0..3).map(|_| describe(&receiver.try_next().unwrap()).1).collect();
    assert_eq!(order, ["connected", "message", "disconnected"]);
    assert_eq!(again.now_or_never(), Some(Ok(())));
    assert_eq!(describe(&receiver.try_next().unwrap()).1, "connected");
}

#[test]
fn removed_peer_leaves_nothing_behind() {
    let (inbox, receiver) = inbox(&limits(1, 1_000));
    inbox.set_peers([key(1), key(2)].into_iter());
    inbox.push(key(1), Class::Bodies, Bytes::from_static(b"b")).now_or_never().unwrap().unwrap();
    let mut waiting = Box::pin(inbox.push(key(1), Class::Bodies, Bytes::from_static(b"b")));
    assert!(waiting.as_mut().now_or_never().is_none());
    inbox.set_peers([key(2)].into_iter());
    assert_eq!(waiting.now_or_never(), Some(Err(InboxClosed)));
    assert!(receiver.try_next().is_none());
}

#[test]
fn ended_inbox_gives_what_waits_then_none() {
    let (inbox, receiver) = inbox(&limits(10, 1_000));
    inbox.set_peers([key(1)].into_iter());
    inbox.push(key(1), Class::Bodies, Bytes::from_static(b"b")).now_or_never().unwrap().unwrap();
    inbox.end();
    assert!(receiver.next().is_some());
    assert!(receiver.next().is_none());
    assert_eq!(inbox.push(key(1), Class::Bodies, Bytes::new()).now_or_never(), Some(Err(InboxClosed)));
}
