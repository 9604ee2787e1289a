//! The configuration of a founding hospital: it is read without an error, and is what differs from the defaults.

use std::path::Path;

use super::{HospitalPlan, node_toml};
use crate::{Config, RawConfig};

fn config(votes: &str, bulk: &str) -> Config {
    let plan = HospitalPlan {
        name: "St. Anna".parse().unwrap(),
        votes: votes.parse().unwrap(),
        bulk: bulk.parse().unwrap(),
        node_folder: "node".into(),
        hospital_folder: "keys".into(),
        credential_file: "credential".into(),
    };
    let raw: RawConfig = toml::from_str(&node_toml(&plan)).unwrap();
    Config::check(raw, Path::new("/etc/carechain")).unwrap()
}

#[test]
fn founded_node_speaks_tls_to_the_hospital_and_listens_at_the_ports_that_the_others_know() {
    let node = config("anna.example:7201", "anna.example:7202").node;
    assert_eq!(node.votes_listen.to_string(), "0.0.0.0:7201");
    assert_eq!(node.bulk_listen.to_string(), "0.0.0.0:7202");
    assert_eq!(node.api_listen.to_string(), "0.0.0.0:7100");
    let tls = node.api_tls.unwrap();
    assert_eq!(tls.certificate, Path::new("/etc/carechain/api.pem"));
    assert_eq!(tls.key, Path::new("/etc/carechain/api.key"));
    assert_eq!(node.api_token_file.unwrap(), Path::new("/etc/carechain/api-token"));
    assert_eq!(node.api_hosts, ["anna.example"]);
    assert_eq!(node.data_folder, Path::new("/var/lib/carechain/data"));
}

#[test]
fn address_needs_no_list_of_names_and_a_taken_port_is_left_alone() {
    let node = config("[2001:db8::5]:7100", "[2001:db8::5]:7103").node;
    assert!(node.api_hosts.is_empty());
    assert_eq!(node.api_listen.to_string(), "[::]:7104");
    assert_eq!(node.votes_listen.to_string(), "[::]:7100");
}
