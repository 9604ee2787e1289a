//! Wrong files, ids, passphrases, configurations: each its clear error and exit code, nothing half-written.

use std::net::TcpListener;
use std::path::Path;

use carechain_client::{Call, CallError, Caller};
use carechain_schema::{ErrorCode, Route};
use carechain_types::Role;

use crate::support::{Network, carechain};

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

#[test]
fn a_wrong_passphrase_and_a_damaged_keystore_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "right", "correct horse\n");
    write(folder, "wrong", "battery staple\n");
    carechain(folder, &["key", "new", "--out", "a.key", "--passphrase-file", "right"]).done();
    let wrong = carechain(folder, &["key", "show", "--key", "a.key", "--passphrase-file", "wrong", "--json"]);
    wrong.failed(2, "wrong_passphrase");
    // An existing keystore is never overwritten.
    let again = carechain(folder, &["key", "new", "--out", "a.key", "--passphrase-file", "wrong", "--json"]);
    assert_eq!(again.code, 2);
    carechain(folder, &["key", "show", "--key", "a.key", "--passphrase-file", "right"]).done();
    let text = std::fs::read_to_string(folder.join("a.key")).unwrap();
    write(folder, "a.key", &text[..text.len() / 2]);
    let damaged =
        carechain(folder, &["key", "show", "--key", "a.key", "--passphrase-file", "right", "--json"]);
    assert_eq!(damaged.code, 2);
    assert!(damaged.document()["error"]["message"].as_str().unwrap().contains("damaged"));
    let missing =
        carechain(folder, &["key", "show", "--key", "b.key", "--passphrase-file", "right", "--json"]);
    assert_eq!(missing.code, 2);
}

#[test]
fn a_mistyped_id_is_caught_by_its_checksum_and_an_unknown_one_is_not_found() {
    let network = Network::shared();
    let patient = network.person("ids", 1, Role::Patient);
    let mut typed = patient.id.clone();
    let last = typed.pop().unwrap();
    typed.push(if last == 'a' { 'b' } else { 'a' });
    let message = patient.run(&["person", "show", &typed]).failed(2, "usage");
    assert!(message.contains("checksum"), "{message}");
    patient.run(&["retrieve", "grt_short", "--out", "d"]).failed(2, "usage");
    let nobody = carechain_crypto::PersonId::new([7; 20]).to_string();
    patient.run(&["person", "show", &nobody]).failed(4, "not_found");
    patient.run(&["publish", "--patient", "mrn:nobody", "client.toml"]).failed(4, "not_found");
    let transaction = "00".repeat(32);
    let status = patient.run(&["transaction", "status", &transaction]).data();
    assert_eq!(status["state"], "unknown");
}

#[test]
fn input_that_cannot_be_read_and_output_that_is_not_empty_are_refused_before_anything_is_sent() {
    let network = Network::shared();
    let patient = network.person("files", 1, Role::Patient);
    let missing = patient.run(&["publish", "--patient", &patient.id, "not-there.pdf"]);
    assert!(missing.failed(2, "file_access").contains("not-there.pdf"));
    std::os::unix::fs::symlink("/nowhere", patient.folder.join("dangling")).unwrap();
    assert_eq!(patient.run(&["publish", "--patient", &patient.id, "dangling"]).code, 2);
    let records = patient.run(&["records"]).data();
    assert_eq!(records["records"].as_array().unwrap().len(), 0);
    let ehr = patient.publish(&patient, "own", 1_000);
    std::fs::create_dir(patient.folder.join("full")).unwrap();
    write(&patient.folder, "full/mine", "kept");
    patient.run(&["retrieve", &ehr, "--out", "full"]).failed(2, "folder_not_empty");
    assert_eq!(std::fs::read_to_string(patient.folder.join("full/mine")).unwrap(), "kept");
    assert!(patient.audited(&ehr).is_empty(), "nothing was asked for");
}

#[test]
fn no_node_no_profile_and_another_ledger_are_said_plainly() {
    let network = Network::shared();
    let patient = network.person("places", 1, Role::Patient);
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    patient.run(&["records", "--node", &closed]).failed(5, "no_node");
    patient.run(&["records", "--node", "ftp://x"]).failed(2, "usage");
    // An address that is no loopback one, and where nothing listens on this machine either.
    let elsewhere = closed.replace("127.0.0.1", "0.0.0.0");
    for typed in [["records", "--node", &elsewhere], ["requests", "--node", &elsewhere]] {
        let message = patient.run(&typed).failed(2, "usage");
        assert!(message.contains("everybody on the way"), "{message}");
    }
    let status = network.run(&["node", "status", "--json", "--url", &elsewhere]);
    let message = status.failed(2, "usage");
    assert!(message.contains("everybody on the way"), "{message}");
    patient.run(&["records", "--insecure", "--node", &elsewhere]).failed(5, "no_node");
    patient.run(&["records", "--ca", "ca.pem", "--node", &closed]).failed(2, "usage");
    let message = patient.run(&["records", "--profile", "nobody"]).failed(2, "usage");
    assert!(message.contains("places"), "the names that exist: {message}");
    let empty = tempfile::tempdir().unwrap();
    carechain(empty.path(), &["records", "--json"]).failed(2, "usage");
    let other = Network::init(1);
    let genesis = other.path("genesis.json");
    let elsewhere = ["records", "--genesis", genesis.to_str().unwrap(), "--node", &network.url(2)];
    patient.run(&elsewhere).failed(1, "wrong_chain");
}

#[test]
fn options_alone_are_enough() {
    let network = Network::shared();
    let patient = network.person("options", 1, Role::Patient);
    let empty = tempfile::tempdir().unwrap();
    let (genesis, url) = (network.path("genesis.json"), network.url(1));
    let key = patient.folder.join("options.key");
    let passphrase = patient.folder.join("passphrase");
    let typed = [
        "records",
        "--json",
        "--node",
        &url,
        "--genesis",
        genesis.to_str().unwrap(),
        "--key",
        key.to_str().unwrap(),
        "--passphrase-file",
        passphrase.to_str().unwrap(),
    ];
    let nobody = carechain(empty.path(), &typed).failed(2, "usage");
    assert!(nobody.contains("--as"), "{nobody}");
    let data = carechain(empty.path(), &[&typed[..], &["--as", &patient.id]].concat()).data();
    assert_eq!(data["patient"], patient.id.as_str());
}

#[test]
fn a_configuration_error_names_key_value_and_bound() {
    let folder = tempfile::tempdir().unwrap();
    let check = |text: &str| {
        write(folder.path(), "node.toml", text);
        carechain(folder.path(), &["node", "check", "--config", "node.toml", "--json"]).failed(2, "usage")
    };
    assert!(check("[node]\ncolour = 3\n").contains("colour"));
    let message = check("[cluster]\nview_timeout_ms = 7\n");
    for part in ["view_timeout_ms", "7", "50", "60000"] {
        assert!(message.contains(part), "{message}");
    }
    assert!(check("[node]\napi_listen = \"here\"\n").contains("api_listen = \"here\""));
}

/// Runs a node that must refuse to start; gives what it says.
fn refused(network: &Network) -> String {
    carechain(&network.path("node-1"), &["node", "run", "--config", "node.toml", "--json"]).failed(2, "usage")
}

#[test]
fn a_node_refuses_a_taken_port_a_missing_journal_and_the_folder_of_another_chain() {
    let network = Network::init(1);
    let made: toml::Table =
        std::fs::read_to_string(network.path("node-1/node.toml")).unwrap().parse().unwrap();
    for key in ["api_listen", "votes_listen", "bulk_listen"] {
        let address = made["node"][key].as_str().unwrap();
        let _taken = TcpListener::bind(address).unwrap();
        let message = refused(&network);
        let port = address.rsplit(':').next().unwrap();
        assert!(message.contains(port), "{key} = {address}: {message}");
    }

    let (data, aside) = (network.path("node-1/data"), network.path("node-1/aside"));
    let other = Network::init(1);
    std::fs::rename(&data, &aside).unwrap();
    std::fs::rename(other.path("node-1/data"), &data).unwrap();
    assert!(refused(&network).contains("journal is of"));
    std::fs::remove_dir_all(&data).unwrap();
    std::fs::rename(&aside, &data).unwrap();

    std::fs::remove_dir_all(data.join("journal")).unwrap();
    assert!(refused(&network).contains("no journal"));
}

/// No transaction with its parts is as long.
const BODY_BYTES: usize = 2 << 20;

#[test]
fn a_body_too_large_or_malformed_is_refused_at_the_border() {
    let network = Network::shared();
    let caller = Caller::new(&network.node_url(1));
    let code = |body: &[u8]| {
        let call = Call { method: Route::SUBMIT.method, path: Route::SUBMIT.path, query: None };
        match caller.call(call, body) {
            Err(CallError::Refused { failure, .. }) => failure.code,
            // The node closes on a body it does not take, perhaps while it is still being sent.
            Err(CallError::Broken { .. }) if body.len() > BODY_BYTES => ErrorCode::TooLarge,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(code(b"junk"), ErrorCode::Malformed);
    assert_eq!(code(&vec![0; 2 * BODY_BYTES]), ErrorCode::TooLarge);
    assert_eq!(code(b"junk"), ErrorCode::Malformed, "the node goes on");
}

#[test]
fn arguments_typed_badly_are_a_document_for_programs_too() {
    let folder = tempfile::tempdir().unwrap();
    carechain(folder.path(), &["publish", "--json"]).failed(2, "usage");
    carechain(folder.path(), &["dance", "--json"]).failed(2, "usage");
    let help = carechain(folder.path(), &["approve", "--help"]).done().stdout;
    assert!(help.contains("Examples:") && help.contains("carechain approve req_"), "{help}");
}

/// Each number that a caller chooses is a number that a caller can choose badly: every node goes on voting.
#[test]
fn the_greatest_numbers_a_caller_can_name_stop_no_node() {
    let network = Network::shared();
    let patient = network.person("numbers", 1, Role::Patient);
    for number in [0, 1, u64::MAX - 1, u64::MAX].map(|number| number.to_string()) {
        patient.run(&["inbox", "--after", &number]).done();
    }
    for limit in [0, 1, u16::MAX - 1, u16::MAX].map(|limit| limit.to_string()) {
        let ran = patient.run(&["search", "--keyword", "none", "--limit", &limit]);
        assert!(!ran.stderr.contains("panicked"), "--limit {limit}: {}", ran.stderr);
    }
    for nodes in [0, usize::MAX - 1, usize::MAX].map(|nodes| nodes.to_string()) {
        let folder = tempfile::tempdir().unwrap();
        carechain(folder.path(), &["testnet", "init", "--dir", "net", "--nodes", &nodes, "--json"])
            .failed(2, "usage");
        for command in ["start", "stop", "freeze"] {
            let ran = carechain(&patient.folder, &["testnet", command, &nodes, "--dir", ".", "--json"]);
            assert!(ran.code != 0 && !ran.stderr.contains("panicked"), "{command} {nodes}: {}", ran.stderr);
        }
    }
    let note = patient.run(&["inbox", "--after", "18446744073709551615"]).done().stderr;
    assert!(note.contains("stands at height"), "{note}");
    // A node whose engine had stopped would commit nobody's enrolment.
    network.person("numbers-after", 1, Role::Patient);
}
