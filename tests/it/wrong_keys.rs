//! Keys of somebody else, of another ledger, or none at all: said plainly, and nothing done.

use std::os::unix::fs::PermissionsExt;

use carechain_types::Role;

use crate::support::{Network, Person, carechain};

/// Types a command with another keystore than the profile's.
fn with_key(person: &Person, key: &str, passphrase: &str, arguments: &[&str]) -> crate::support::Ran {
    let who = ["--profile", &person.name, "--key", key, "--passphrase-file", passphrase, "--json"];
    carechain(&person.folder, &[&who[..], arguments].concat())
}

#[test]
fn anothers_keystore_acts_for_nobody() {
    let network = Network::shared();
    let patient = network.person("keys-patient", 1, Role::Patient);
    let author = network.person("keys-author", 1, Role::Doctor);
    let ehr = author.publish(&patient, "ct", 10_000);
    let request = author.request(&patient, &ehr);
    let stranger = network.person("keys-stranger", 1, Role::Patient);
    let key = stranger.folder.join("keys-stranger.key");
    let passphrase = stranger.folder.join("passphrase");
    let (key, passphrase) = (key.to_str().unwrap(), passphrase.to_str().unwrap());
    // Keys that nobody on this ledger has, as those of another ledger are.
    carechain(&patient.folder, &["key", "new", "--out", "foreign.key", "--passphrase-file", "passphrase"])
        .done();
    for (key, passphrase) in [(key, passphrase), ("foreign.key", "passphrase")] {
        let retrieve = ["retrieve", &ehr, "--out", "out"];
        let publish = ["publish", "--patient", &patient.id, "client.toml"];
        for typed in [&["records"][..], &["approve", &request], &retrieve, &publish] {
            with_key(&patient, key, passphrase, typed).failed(3, "unauthenticated");
        }
        // A transaction needs no query before it: the ledger's rule holds at the border too.
        let grant = carechain_crypto::GrantId::new([9; 20]).to_string();
        with_key(&patient, key, passphrase, &["revoke", &grant]).failed(3, "unauthenticated");
    }
    assert!(!patient.folder.join("out").exists());
    let requests = patient.run(&["requests"]).data();
    assert_eq!(requests["requests"][0]["status"], "open");
    assert!(patient.audited(&ehr).is_empty(), "no attempt in the patient's name");
}

#[test]
fn what_is_no_keystore_or_lies_open_is_not_used() {
    let network = Network::shared();
    let patient = network.person("nokeys-patient", 1, Role::Patient);
    std::fs::write(patient.folder.join("junk"), "junk\n").unwrap();
    std::fs::set_permissions(patient.folder.join("junk"), PermissionsExt::from_mode(0o600)).unwrap();
    let message = with_key(&patient, "junk", "passphrase", &["records"]).failed(2, "usage");
    assert!(message.contains("junk: the keystore is damaged"), "{message}");
    let message = with_key(&patient, "absent.key", "passphrase", &["records"]).failed(2, "usage");
    assert!(message.contains("absent.key"), "{message}");
    let key = patient.folder.join("nokeys-patient.key");
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o644)).unwrap();
    let message = patient.run(&["records"]).failed(2, "usage");
    assert!(message.contains("644"), "{message}");
}

/// Runs a node that must refuse to start; gives what it says.
fn refused(network: &Network) -> String {
    carechain(&network.path("node-1"), &["node", "run", "--config", "node.toml", "--json"]).failed(2, "usage")
}

#[test]
fn a_node_with_anothers_key_refuses_to_start() {
    let network = Network::init(2);
    let other = Network::init(1);
    let (key, credential) = (network.path("node-1/node.key"), network.path("credentials/node-1.passphrase"));
    let own = (std::fs::read(&key).unwrap(), std::fs::read(&credential).unwrap());
    let put = |from: &Network, node: usize| {
        std::fs::copy(from.path(&format!("node-{node}/node.key")), &key).unwrap();
        std::fs::copy(from.path(&format!("credentials/node-{node}.passphrase")), &credential).unwrap();
    };
    // Another member's: its journal is not here.
    put(&network, 2);
    let message = refused(&network);
    assert!(message.contains("journal"), "{message}");
    // Another ledger's: no member here.
    put(&other, 1);
    let message = refused(&network);
    assert!(message.contains("no member"), "{message}");
    std::fs::write(&key, "junk").unwrap();
    let message = refused(&network);
    assert!(message.contains("node-1/node.key: ") || message.contains("node.key: the keystore"), "{message}");
    std::fs::write(&key, &own.0).unwrap();
    assert!(refused(&network).contains("passphrase"));
    std::fs::write(&credential, &own.1).unwrap();
    let check = carechain(&network.path("node-1"), &["node", "check", "--config", "node.toml"]);
    check.done();
}

#[test]
fn the_used_folder_of_another_chain_is_refused_part_by_part() {
    let (network, other) = (Network::start(1), Network::start(1));
    for used in [&network, &other] {
        let (patient, author) = (used.person("p", 1, Role::Patient), used.person("a", 1, Role::Doctor));
        author.publish(&patient, "ct", 10_000);
        used.run(&["testnet", "down", "--dir", "net"]).done();
    }
    for (part, says) in [("ledger", "ledger"), ("journal", "journal"), ("chunks", "chunk")] {
        let (own, aside) = (network.path(&format!("node-1/data/{part}")), network.path("aside"));
        std::fs::rename(&own, &aside).unwrap();
        std::fs::rename(other.path(&format!("node-1/data/{part}")), &own).unwrap();
        let message = refused(&network);
        assert!(message.contains(says), "{part}: {message}");
        std::fs::rename(&own, other.path(&format!("node-1/data/{part}"))).unwrap();
        std::fs::rename(&aside, &own).unwrap();
    }
    // Nothing was harmed: both run again.
    network.up();
    other.up();
}
