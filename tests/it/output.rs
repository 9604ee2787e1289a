//! What a shell is told: exit code 0 means that the result was written, and a reader that left is no failure.

use std::fs::File;
use std::process::Stdio;

use carechain_types::Role;

use crate::support::{Network, command};

fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

/// Exit code and standard error of a command whose standard output is this.
fn run(folder: &std::path::Path, typed: &[&str], stdout: Stdio) -> (i32, String) {
    let mut command = command(folder, typed);
    let child = command.stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_result_that_cannot_be_written_is_a_failure_and_a_reader_that_left_is_none() {
    let network = Network::init(1);
    let inspect = ["genesis", "inspect", "net/genesis.json"];
    for typed in [&inspect[..], &[&inspect[..], &["--json"]].concat()] {
        let (code, said) = run(network.folder(), typed, full());
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("No space left"), "{said}");
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        assert_eq!(run(network.folder(), typed, writer.into()), (0, String::new()));
    }
    assert_eq!(run(network.folder(), &["--help"], full()).0, 1);
}

#[test]
fn a_request_whose_result_is_lost_names_its_transaction_and_is_not_made_twice() {
    let network = Network::shared();
    let patient = network.person("asked-once", 1, Role::Patient);
    let doctor = network.person("asks-twice", 2, Role::Doctor);
    let typed = ["request", "--patient", &patient.id, "--purpose", "TREAT", "--profile", "asks-twice"];
    let typed = [&typed[..], &["--passphrase-file", "passphrase", "--json"]].concat();
    let (code, said) = run(&doctor.folder, &typed, full());
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("is on the ledger all the same"), "{said}");
    let again = doctor.run(&["request", "--patient", &patient.id, "--purpose", "TREAT", "--wait", "0"]);
    let message = again.failed(3, "refused");
    assert!(message.starts_with("req_"), "{message}");
    let requests = patient.run(&["requests"]).data();
    assert_eq!(requests["requests"].as_array().unwrap().len(), 1, "{requests}");
    // Another purpose is another request.
    doctor.run(&["request", "--patient", &patient.id, "--purpose", "HRESCH"]).done();
    let requests = patient.run(&["requests"]).data();
    assert_eq!(requests["requests"].as_array().unwrap().len(), 2, "{requests}");
}

#[test]
fn what_people_often_do_wrong_is_said_in_words() {
    let network = Network::shared();
    let patient = network.person("words", 1, Role::Patient);
    let doctor = network.person("words-doctor", 1, Role::Doctor);
    let long = "k".repeat(80);
    let publish = ["publish", "--patient", &patient.id, "--keyword", &long, "passphrase"];
    let message = patient.run(&publish).failed(2, "usage");
    assert!(message.contains("a keyword is a word or two"), "{message}");
    let asked = doctor.run(&["request", "--patient", &patient.id, "--purpose", "TREAT"]).data();
    let request = asked["request_id"].as_str().unwrap();
    patient.run(&["deny", request]).done();
    let message = patient.run(&["approve", request]).failed(1, "conflict");
    assert!(message.contains("answered before") && message.contains("`grants`"), "{message}");
    let enrolment = patient.folder.join("words.enrol");
    let typed = ["person", "register", enrolment.to_str().unwrap(), "--role", "patient", "--json"];
    let message = network.as_registrar(1, &typed).failed(1, "conflict");
    assert!(message.contains("these keys are enrolled already"), "{message}");
    // Without a terminal nobody can be asked: setsid takes it away.
    let mut key = std::process::Command::new("setsid");
    key.args(["--wait", env!("CARGO_BIN_EXE_carechain"), "key", "new", "--out", "n.key"]);
    let output = key.current_dir(&patient.folder).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("there is no terminal"), "{said}");
}
