//! Which addresses are one caller.

use std::net::IpAddr;

use super::caller;

#[track_caller]
fn check(address: &str, expected: &str) {
    assert_eq!(caller(address.parse().unwrap()), expected.parse::<IpAddr>().unwrap());
}

#[test]
fn a_host_with_a_network_of_its_own_is_one_caller() {
    check("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
    check("2001:db8:1:2:ffff::1", "2001:db8:1:2::");
    check("2001:db8:1:3::1", "2001:db8:1:3::");
}

#[test]
fn an_address_of_ipv4_is_one_caller_in_either_form_and_loopback_stays_loopback() {
    check("192.0.2.7", "192.0.2.7");
    check("::ffff:192.0.2.7", "192.0.2.7");
    check("::1", "::1");
}
