//! Addresses of nodes, good and bad.

use proptest::prelude::*;

use super::{HostPort, HostPortError};

#[track_caller]
fn check_parsed(text: &str, expected: &str) {
    assert_eq!(text.parse::<HostPort>().map(|address| address.to_string()), Ok(expected.to_owned()));
}

#[track_caller]
fn check_refused(texts: &[&str], expected: HostPortError) {
    for text in texts {
        assert_eq!(text.parse::<HostPort>(), Err(expected), "{text}");
    }
}

#[test]
fn names_and_addresses_of_both_families_are_read() {
    check_parsed("anna.example:7101", "anna.example:7101");
    check_parsed("Anna.Example:07101", "anna.example:7101");
    check_parsed("localhost:1", "localhost:1");
    check_parsed("10.0.0.5:65535", "10.0.0.5:65535");
    check_parsed("[2001:DB8:0::1]:7101", "[2001:db8::1]:7101");
}

#[test]
fn ports_that_nobody_can_reach_are_refused() {
    check_refused(&["a:0", "a:99999", "a:65536", "a:abc", "a:", "a:+1", "a:-1", "a: 1"], HostPortError::Port);
}

#[test]
fn hosts_that_are_none_are_refused() {
    check_refused(
        &[
            ":7101",
            "a..b:1",
            "-a:1",
            "a b:1",
            "a_b:1",
            "[::1:1",
            "2001:db8::1:7101",
            "1.2.3:1",
            "300.1.1.1:1",
        ],
        HostPortError::Host,
    );
    check_refused(&["0.0.0.0:1", "[::]:1"], HostPortError::Unspecified);
    check_refused(&["", "anna.example", "7101"], HostPortError::Form);
    check_refused(&[&format!("{}:1", ["a"; 128].join("."))], HostPortError::Host);
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back_and_fits_the_genesis_file(text in "\\PC{0,300}|[a-z0-9.\\[\\]:-]{1,300}:[0-9]{1,5}") {
        if let Ok(address) = text.parse::<HostPort>() {
            prop_assert_eq!(address.endpoint().as_str().parse::<HostPort>(), Ok(address.clone()));
            prop_assert!(address.port() > 0);
        }
    }
}
