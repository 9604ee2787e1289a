//! Names that are answered, and names that are not.

use axum::body::Body;
use axum::extract::Request;

use super::Hosts;

#[track_caller]
fn check(hosts: &[&str], answered: bool) {
    let request = hosts.iter().fold(Request::builder(), |request, host| request.header("host", *host));
    let request = request.body(Body::empty()).unwrap();
    let own = Hosts::new(vec!["records.hospital.example".to_owned()]);
    assert_eq!(own.answers(&request), answered, "{hosts:?}");
}

#[test]
fn addresses_and_listed_names_are_answered() {
    for host in ["127.0.0.1:7100", "10.0.0.5", "[::1]:7100", "[fe80::1]", "LocalHost:7100"] {
        check(&[host], true);
    }
    check(&["Records.Hospital.example:7100"], true);
}

#[test]
fn names_of_others_no_name_and_two_names_are_not() {
    let foreign =
        ["attacker.example", "records.hospital.example.attacker.example", "127.0.0.1.attacker.example"];
    for host in foreign {
        check(&[host], false);
    }
    check(&[""], false);
    check(&[], false);
    check(&["127.0.0.1", "attacker.example"], false);
}
