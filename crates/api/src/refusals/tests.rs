//! Lines of the log for refusals.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use tokio::time::sleep;

use super::Refusals;
use crate::limits::{REFUSAL_LINE_PAUSE, REFUSAL_LINES_MAX};

fn address(number: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from_bits(number))
}

#[tokio::test(start_paused = true)]
async fn flood_of_one_reason_and_address_is_one_line_a_while() {
    let refusals = Refusals::default();
    let lines = |count: u32| (0..count).filter(|_| refusals.tell("replayed", address(1))).count();
    assert_eq!(lines(1_000), 1);
    assert!(refusals.tell("busy", address(1)) && refusals.tell("replayed", address(2)));
    sleep(REFUSAL_LINE_PAUSE + Duration::from_secs(1)).await;
    assert_eq!(lines(1_000), 1);
}

#[tokio::test(start_paused = true)]
async fn flood_from_many_addresses_fills_neither_log_nor_memory() {
    let refusals = Refusals::default();
    let told = (0..100_000).filter(|number| refusals.tell("replayed", address(*number))).count();
    assert_eq!(told, REFUSAL_LINES_MAX);
}
