//! Which addresses are one caller.

use std::net::IpAddr;

use super::{Machine, caller};

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

#[test]
fn client_runs_on_the_nodes_machine_if_both_ends_have_one_address_or_the_far_end_is_loopback() {
    let at = |far: &str, near: &str| Machine::at(far.parse().unwrap(), near.parse().ok());
    for (far, near) in [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.2", ""),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1"),
        ("::1", "::1"),
        ("10.0.0.5", "10.0.0.5"),
        ("::ffff:10.0.0.5", "10.0.0.5"),
    ] {
        assert_eq!(at(far, near), Machine::Own, "{far} {near}");
    }
    // A neighbour in the same /64 shares places with the node's machine, and is another machine.
    for (far, near) in [("10.0.0.7", "10.0.0.5"), ("10.0.0.5", ""), ("2001:db8::7", "2001:db8::5")] {
        assert_eq!(at(far, near), Machine::Another, "{far} {near}");
    }
}
