//! Addresses of nodes, good and bad.

use super::{InTheClear, NodeUrl, NodeUrlError};

#[track_caller]
fn check(text: &str, expected: Result<&str, NodeUrlError>) {
    let url = NodeUrl::parse(text, InTheClear::ThisMachine);
    assert_eq!(url.as_ref().map(NodeUrl::as_str).map_err(|error| *error), expected, "{text}");
}

#[test]
fn https_goes_anywhere_and_http_stays_on_this_machine() {
    check("https://10.0.0.5:7100/", Ok("https://10.0.0.5:7100"));
    check("https://records.hospital.example:7100", Ok("https://records.hospital.example:7100"));
    for own in ["127.0.0.1:7100", "127.9.9.9", "[::1]:7100", "[::ffff:127.0.0.1]:7100", "LocalHost:7100"] {
        let url = format!("http://{own}");
        check(&url, Ok(&url));
    }
    for other in [
        "10.0.0.5:7100",
        "records.hospital.example",
        "localhost.hospital.example:7100",
        "127.0.0.1.hospital.example:7100",
        "[2001:db8::1]:7100",
        "0.0.0.0:7100",
    ] {
        check(&format!("http://{other}"), Err(NodeUrlError::Clear));
        check(&format!("HTTP://{other}"), Err(NodeUrlError::Clear));
    }
}

#[test]
fn http_goes_elsewhere_when_that_is_said() {
    let url = NodeUrl::parse("http://10.0.0.5:7100/", InTheClear::Anywhere).unwrap();
    assert_eq!((url.as_str(), url.is_encrypted()), ("http://10.0.0.5:7100", false));
}

#[test]
fn what_is_no_address_of_a_host_is_refused() {
    for text in [
        "",
        "https://",
        "https://:7100",
        "10.0.0.5:7100",
        "ftp://10.0.0.5",
        "https://10.0.0.5:0",
        "https://10.0.0.5:99999",
        "https://a/?x=1",
        "http://127.0.0.1:7100@10.0.0.5:7100",
    ] {
        check(text, Err(NodeUrlError::Form));
    }
}
