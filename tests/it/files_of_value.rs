//! Files of value: no command writes over a key or a proof, and of several at once none loses what another wrote.

use std::path::Path;

use carechain_types::Role;

use crate::support::{Network, carechain};

fn folder_with_passphrase() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("passphrase"), "correct horse\n").unwrap();
    folder
}

fn new_key(folder: &Path, out: &str) {
    carechain(folder, &["key", "new", "--out", out, "--passphrase-file", "passphrase"]).done();
}

/// A command that must leave every file as it is.
#[track_caller]
fn check_refused(folder: &Path, typed: &[&str], words: &str) {
    let before = contents(folder);
    let typed = [typed, &["--passphrase-file", "passphrase", "--json"]].concat();
    let message = carechain(folder, &typed).failed(2, "usage");
    assert!(message.contains(words), "{message}");
    assert_eq!(contents(folder), before);
}

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let children = std::fs::read_dir(folder).unwrap().map(|child| child.unwrap().path());
    let mut contents: Vec<_> = children
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), std::fs::read(path).unwrap()))
        .collect();
    contents.sort_unstable();
    contents
}

#[test]
fn no_key_command_writes_over_a_file() {
    let folder = folder_with_passphrase();
    let folder = folder.path();
    new_key(folder, "alice.key");
    check_refused(folder, &["key", "export", "--key", "alice.key", "--out", "alice.key"], "not overwritten");
    check_refused(
        folder,
        &["key", "export", "--key", "alice.key", "--out", "alice.enrol"],
        "not overwritten",
    );
    check_refused(folder, &["key", "new", "--out", "alice.enrol"], "not of a keystore");
    check_refused(folder, &["key", "new", "--out", "alice"], "alice.enrol exists");
    carechain(folder, &["key", "show", "--key", "alice.key", "--passphrase-file", "passphrase"]).done();
}

#[test]
fn keystores_whose_names_share_a_stem_have_enrolment_files_of_their_own() {
    let folder = folder_with_passphrase();
    new_key(folder.path(), "dr.alice");
    new_key(folder.path(), "dr.bob");
    let enrolment = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert_ne!(enrolment("dr.alice.enrol"), enrolment("dr.bob.enrol"));
}

#[test]
fn a_proof_is_not_written_over_another_file_and_nothing_is_published_for_it() {
    let network = Network::shared();
    let patient = network.person("proofs", 1, Role::Patient);
    std::fs::write(patient.folder.join("mine"), "kept").unwrap();
    let publish = ["publish", "--patient", &patient.id, "--proof", "mine", "passphrase"];
    assert!(patient.run(&publish).failed(2, "usage").contains("nothing was published"));
    patient.run(&["audit", "--prove", "mine"]).failed(2, "usage");
    assert_eq!(std::fs::read_to_string(patient.folder.join("mine")).unwrap(), "kept");
    assert_eq!(patient.run(&["records"]).data()["records"].as_array().unwrap().len(), 0);
}

#[test]
fn of_six_registrations_at_once_none_is_lost() {
    let network = Network::shared();
    let folder = folder_with_passphrase();
    let before = registered(&network);
    std::thread::scope(|scope| {
        for person in 0..6 {
            let (network, folder) = (&network, folder.path());
            scope.spawn(move || {
                new_key(folder, &format!("{person}.key"));
                let enrolment = folder.join(format!("{person}.enrol"));
                let number = format!(" at-once-{person} ");
                let typed = [
                    "person",
                    "register",
                    enrolment.to_str().unwrap(),
                    "--role",
                    "patient",
                    "--mrn",
                    &number,
                ];
                network.as_registrar(3, &typed).done();
            });
        }
    });
    assert!(registered(&network) >= before + 6, "others register here too");
    let registry = std::fs::read_dir(network.path("registry")).unwrap().map(|file| file.unwrap().path());
    let registries: String = registry
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for person in 0..6 {
        assert!(registries.contains(&format!("at-once-{person}")), "{registries}");
    }
}

fn registered(network: &Network) -> usize {
    let list = network.as_registrar(3, &["person", "list", "--json"]).data();
    list["persons"].as_array().unwrap().len()
}

#[test]
fn a_patient_number_stands_for_one_patient_however_it_is_spaced() {
    let network = Network::shared();
    let patient = network.person("spaced", 1, Role::Patient);
    new_key(&patient.folder, "other.key");
    let other = patient.folder.join("other.enrol");
    let register = |number| {
        let typed =
            ["person", "register", other.to_str().unwrap(), "--role", "patient", "--mrn", number, "--json"];
        network.as_registrar(1, &typed)
    };
    register(" spaced ").failed(1, "conflict");
    assert!(register("").failed(2, "usage").contains("a patient number has at least one letter or digit"));
    let records = patient.run(&["records", "--patient", "mrn: spaced "]).data();
    assert_eq!(records["patient"], patient.id.as_str());
}
