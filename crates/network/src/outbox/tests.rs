#![allow(clippy::unwrap_used)]

use bytes::Bytes;

use super::{Outbox, OutboxClosed};
use crate::{Class, Limits};

fn outbox(count_max: usize, bytes_max: usize) -> Outbox {
    let outbox = Outbox::new(&Limits {
        outgoing_count_max: count_max,
        outgoing_bytes_max: bytes_max,
        ..Limits::default()
    });
    outbox.open();
    outbox
}

fn message(byte: u8) -> Bytes {
    Bytes::from(vec![byte; 10])
}

#[test]
fn full_queue_drops_oldest_of_lowest_class() {
    let outbox = outbox(3, 1_000);
    assert_eq!(outbox.push(Class::Bodies, message(1)), Ok([0, 0, 0]));
    assert_eq!(outbox.push(Class::Bodies, message(2)), Ok([0, 0, 0]));
    assert_eq!(outbox.push(Class::Transactions, message(3)), Ok([0, 0, 0]));
    assert_eq!(outbox.push(Class::Consensus, message(4)), Ok([0, 0, 1]));
    assert_eq!(outbox.push(Class::Consensus, message(5)), Ok([0, 0, 1]));
    assert_eq!(outbox.push(Class::Consensus, message(6)), Ok([0, 1, 0]));
    assert_eq!(outbox.push(Class::Consensus, message(7)), Ok([1, 0, 0]));
    let left: Vec<u8> =
        core::iter::from_fn(|| outbox.try_next(Class::Consensus)).map(|bytes| bytes[0]).collect();
    assert_eq!(left, [5, 6, 7]);
}

#[test]
fn lower_class_never_displaces_higher() {
    let outbox = outbox(2, 1_000);
    outbox.push(Class::Consensus, message(1)).unwrap();
    outbox.push(Class::Consensus, message(2)).unwrap();
    assert_eq!(outbox.push(Class::Transactions, message(3)), Ok([0, 1, 0]));
    assert_eq!(outbox.try_next(Class::Transactions), None);
}

#[test]
fn bytes_are_bounded_too() {
    let outbox = outbox(100, 25);
    assert_eq!(outbox.push(Class::Bodies, message(1)), Ok([0, 0, 0]));
    assert_eq!(outbox.push(Class::Bodies, message(2)), Ok([0, 0, 0]));
    assert_eq!(outbox.push(Class::Bodies, message(3)), Ok([0, 0, 1]));
    assert_eq!(outbox.try_next(Class::Bodies), Some(message(2)));
}

#[test]
fn closed_outbox_keeps_nothing() {
    let outbox = outbox(100, 1_000);
    outbox.push(Class::Bodies, message(1)).unwrap();
    outbox.push(Class::Consensus, message(2)).unwrap();
    assert_eq!(outbox.close(), [1, 0, 1]);
    assert_eq!(outbox.push(Class::Consensus, message(3)), Err(OutboxClosed));
    outbox.open();
    assert_eq!(outbox.try_next(Class::Consensus), None);
}
