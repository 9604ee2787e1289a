//! Lines of the log for refusals.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use super::Refusals;
use crate::limits::{REFUSAL_LINE_PAUSE, REFUSAL_LINES_MAX};

fn address(number: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from_bits(number))
}

#[test]
fn flood_of_one_reason_and_address_is_one_line_a_while() {
    let refusals = Refusals::default();
    let now = Instant::now();
    let lines = |now| (0..1_000).filter(|_| refusals.tell("replayed", address(1), now)).count();
    assert_eq!(lines(now), 1);
    assert!(refusals.tell("busy", address(1), now) && refusals.tell("replayed", address(2), now));
    assert_eq!(lines(now + REFUSAL_LINE_PAUSE), 1);
}

#[test]
fn flood_from_many_addresses_fills_neither_log_nor_memory() {
    let refusals = Refusals::default();
    let now = Instant::now();
    let told = (0..100_000).filter(|number| refusals.tell("replayed", address(*number), now)).count();
    assert_eq!(told, REFUSAL_LINES_MAX);
    assert!(refusals.tell("replayed", address(0), now + REFUSAL_LINE_PAUSE));
}
