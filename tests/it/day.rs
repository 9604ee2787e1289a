//! The day of one record, typed with passphrase files as people type it.

use std::path::Path;

use crate::support::{Network, Ran, carechain, check_same, write_study};

/// Makes keys, has the registrar enrol them, and puts the profile that is printed into client.toml.
fn enrol(network: &Network, name: &str, hospital: usize, more: &[&str]) -> String {
    let folder = network.folder();
    std::fs::write(folder.join(format!("{name}.passphrase")), format!("{name}'s passphrase\n")).unwrap();
    let (key, passphrase) = (format!("{name}.key"), format!("{name}.passphrase"));
    carechain(folder, &["key", "new", "--out", &key, "--passphrase-file", &passphrase]).done();
    let enrol = format!("{name}.enrol");
    let printed =
        network.as_registrar(hospital, &[&["person", "register", &enrol], more].concat()).done().stdout;
    let snippet = &printed[printed.find("[profile").unwrap()..];
    let client = folder.join("net/client.toml");
    let profiles = std::fs::read_to_string(&client).unwrap();
    std::fs::write(&client, format!("{profiles}\n{snippet}")).unwrap();
    printed.split_whitespace().next().unwrap().to_owned()
}

fn typed_by(network: &Network, name: &str, arguments: &[&str]) -> Ran {
    let passphrase = format!("{name}.passphrase");
    let who = ["--client", "net/client.toml", "--profile", name, "--passphrase-file", &passphrase];
    network.run(&[&who, arguments].concat())
}

/// The word of a text that starts so.
#[track_caller]
fn word(text: &str, start: &str) -> String {
    let found = text.split_whitespace().find(|word| word.starts_with(start));
    found.unwrap_or_else(|| panic!("no {start} in {text}")).to_owned()
}

#[test]
fn a_day_is_typed_from_new_keys_to_the_audit() {
    let network = Network::init(4);
    run_last_node_from_the_example(&network);
    network.up();
    let alice = enrol(&network, "alice", 1, &["--role", "patient", "--mrn", "4711"]);
    enrol(&network, "bob", 1, &["--role", "doctor"]);
    let carol = enrol(&network, "carol", 4, &["--role", "doctor"]);
    let study = network.folder().join("study");
    write_study(&study, 3_000_000);
    let publish = ["publish", "--patient", "mrn:4711", "--keyword", "ct", "./study"];
    let ehr = word(&typed_by(&network, "bob", &publish).done().stdout, "ehr_");
    let found =
        typed_by(&network, "carol", &["search", "--patient", &alice, "--keyword", "ct"]).done().stdout;
    assert_eq!(word(&found, "ehr_"), ehr);
    let request = ["request", "--patient", &alice, "--purpose", "TREAT", "--reason", "second opinion"];
    let asked = word(&typed_by(&network, "carol", &request).done().stdout, "req_");
    let inbox = typed_by(&network, "alice", &["inbox"]).done().stdout;
    assert!(inbox.contains(&asked) && inbox.contains("second opinion"), "{inbox}");
    let granted = typed_by(&network, "alice", &["approve", &asked]).done().stdout;
    assert!(granted.contains(&carol) && granted.contains(&ehr), "{granted}");
    typed_by(&network, "carol", &["retrieve", &asked, "--out", "d"]).done();
    check_same(&network.folder().join("d"), &study);
    let audit = typed_by(&network, "alice", &["audit"]).done().stdout;
    assert!(audit.contains("allowed") && audit.contains(&carol), "{audit}");
    no_secret_is_left_behind(&network.path("state"));
}

/// What the client leaves between commands: no ciphertext, no plaintext.
fn no_secret_is_left_behind(state: &Path) {
    for name in ["bob", "carol"] {
        let spool = state.join(name).join("spool");
        let left = std::fs::read_dir(&spool).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{}", spool.display());
    }
}

/// The example file, with the paths and ports of this machine in place of its own, runs a node.
fn run_last_node_from_the_example(network: &Network) {
    let file = network.path("node-4/node.toml");
    let made: toml::Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
    let mut text = include_str!("../../node.toml.example").to_owned();
    let places = [
        ("cluster", "genesis_file"),
        ("node", "credential_file"),
        ("node", "api_listen"),
        ("node", "votes_listen"),
        ("node", "bulk_listen"),
        ("node", "disk_reserve_files"),
        ("node", "disk_reserve_transactions"),
        ("node", "disk_reserve_votes"),
    ];
    for (section, key) in places {
        let line = text.lines().find(|line| line.starts_with(&format!("{key} = "))).unwrap().to_owned();
        text = text.replace(&line, &format!("{key} = {}", made[section][key]));
    }
    std::fs::write(&file, text).unwrap();
}

#[test]
fn a_waiting_asker_and_a_following_patient_hear_of_each_other() {
    use std::io::{BufRead as _, BufReader};

    use carechain_types::Role;

    let network = Network::shared();
    let patient = network.person("day-patient", 1, Role::Patient);
    let doctor = network.person("day-doctor", 2, Role::Doctor);
    let ehr = doctor.publish(&patient, "mri", 10_000);
    let mut follow = patient.start(&["inbox", "--follow"]);
    let mut events = BufReader::new(follow.stdout.take().unwrap()).lines();
    let mut next =
        || -> serde_json::Value { serde_json::from_str(&events.next().unwrap().unwrap()).unwrap() };
    assert_eq!(next()["data"]["event"], "published");
    let asking = doctor.start(&["request", "--patient", &patient.id, "--purpose", "TREAT", "--wait", "60"]);
    let event = next();
    assert_eq!(event["schema"], "carechain/inbox-event/1");
    assert_eq!(event["data"]["event"], "requested");
    patient.approve(event["data"]["request"]["request_id"].as_str().unwrap(), &["--hours", "2"]);
    let asked = asking.wait_with_output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&asked.stdout).unwrap();
    assert_eq!(document["data"]["status"], "granted");
    doctor.run(&["retrieve", document["data"]["grant_id"].as_str().unwrap(), "--out", "waited"]).done();
    let event = next();
    assert_eq!((&event["data"]["event"], &event["data"]["ehr_id"]), (&"read".into(), &ehr.into()));
    follow.kill().unwrap();
    follow.wait().unwrap();
}
