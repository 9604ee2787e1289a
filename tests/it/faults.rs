//! Nodes that end at a bad moment: nothing acknowledged is lost, and what was interrupted goes on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use carechain_types::Role;
use serde_json::Value;

use crate::support::{Network, check_same, wait_for};

#[test]
fn an_upload_goes_on_after_its_node_was_killed() {
    let network = Network::start(4);
    let patient = network.person("patient", 1, Role::Patient);
    let author = network.person("author", 2, Role::Doctor);
    crate::support::write_study(&author.folder.join("study"), 300 << 20);
    let publishing = author.start(&["publish", "--patient", &patient.id, "--keyword", "ct", "study"]);
    let spool = author.folder.join("state").join(&author.name).join("spool");
    let memo = |name: std::ffi::OsString| name.to_str().is_some_and(|name| name.ends_with(".json"));
    wait_for("the sealed upload", || {
        let mut children = std::fs::read_dir(&spool).ok()?;
        children.find(|child| child.as_ref().is_ok_and(|child| memo(child.file_name())))
    })
    .unwrap();
    network.run(&["testnet", "stop", "2", "--kill", "--dir", "net"]).done();
    let ended = publishing.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(5), "{}", String::from_utf8_lossy(&ended.stdout));
    assert!(String::from_utf8_lossy(&ended.stdout).contains("publish --resume"));
    network.up();
    // Nothing half-written: no record of it anywhere, and no node counts it among its files.
    assert_eq!(patient.run(&["records"]).data()["records"].as_array().unwrap().len(), 0);
    for node in 1..=4 {
        assert_eq!(network.node_status(node)["storage"]["file_count"], 0, "node {node}");
    }
    let published = author.run(&["publish", "--resume"]).data();
    assert_eq!(std::fs::read_dir(&spool).unwrap().count(), 0, "nothing is left in the spool");
    let ehr = published["ehr_id"].as_str().unwrap();
    patient.run(&["retrieve", ehr, "--out", "own"]).done();
    check_same(&patient.folder.join("own"), &author.folder.join("study"));
}

#[test]
fn what_was_acknowledged_survives_the_death_of_any_node_and_of_all() {
    let network = Network::start(4);
    let patient = network.person("patient", 2, Role::Patient);
    let author = network.person("author", 3, Role::Doctor);
    let reader = network.person("reader", 4, Role::Doctor);
    let first = author.publish(&patient, "ct", 100_000);
    // The primary dies: the others go on.
    network.run(&["testnet", "stop", "1", "--kill", "--dir", "net"]).done();
    let second = author.publish(&patient, "mri", 100_000);
    let grant = patient.approve(&reader.request(&patient, &second), &[]);
    reader.run(&["retrieve", &grant, "--out", "without-primary"]).done();
    for node in ["2", "3", "4"] {
        network.run(&["testnet", "stop", node, "--kill", "--dir", "net"]).done();
    }
    reader.run(&["retrieve", &grant, "--out", "nobody"]).failed(5, "no_node");
    network.up();
    let listed = patient.run(&["records"]).data();
    let ids: Vec<_> =
        listed["records"].as_array().unwrap().iter().map(|record| record["ehr_id"].clone()).collect();
    assert_eq!(ids, [second.as_str(), first.as_str()]);
    reader.run(&["retrieve", &grant, "--out", "after"]).done();
    check_same(&reader.folder.join("after"), &author.folder.join("study"));
    assert_eq!(patient.audited(&second).len(), 2);
}

/// The finding of a code in a status.
fn finding<'a>(status: &'a Value, code: &str) -> Option<&'a Value> {
    status["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == code)
}

/// Status line of `/v1/ready`, and its body.
fn ready(network: &Network, node: usize) -> (u16, String) {
    get(network, node, "/v1/ready")
}

/// Status line and body of what a node answers at a path.
fn get(network: &Network, node: usize, path: &str) -> (u16, String) {
    let url = network.url(node);
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let asked = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

#[test]
fn two_nodes_of_four_are_no_quorum_and_name_those_that_are_away() {
    let network = Network::start(4);
    let patient = network.person("patient", 1, Role::Patient);
    let author = network.person("author", 1, Role::Doctor);
    let ehr = author.publish(&patient, "ct", 10_000);
    let well = wait_for("node 1 to be well", || {
        Some(network.node_status(1)).filter(|status| status["findings"] == serde_json::json!([]))
    });
    assert_eq!(well["ready"], true);
    assert_eq!(ready(&network, 1).0, 200);
    let names: Vec<_> =
        well["peers"].as_array().unwrap()[1..].iter().map(|peer| peer["name"].as_str().unwrap()).collect();
    for node in ["3", "4"] {
        network.run(&["testnet", "stop", node, "--dir", "net"]).done();
    }
    let status = wait_for("node 1 to miss both", || {
        Some(network.node_status(1)).filter(|status| finding(status, "no_quorum").is_some())
    });
    assert_eq!(status["ready"], false);
    let sentence = finding(&status, "no_quorum").unwrap()["sentence"].as_str().unwrap();
    assert!(sentence.ends_with(&format!("{} are away", names.join(" and "))), "{sentence}");
    assert_eq!(status["summary"], sentence);
    let (code, body) = ready(&network, 1);
    assert!(code == 503 && body.contains("no_quorum") && body.contains(sentence), "{code} {body}");
    let away = format!("{} are away", names.join(" and "));
    let ask = ["request", "--patient", &patient.id, "--purpose", "TREAT"];
    for typed in [&ask[..], &["publish", "--patient", &patient.id, "study"]] {
        let asked = Instant::now();
        let message = author.run(typed).failed(5, "no_quorum");
        assert!(message.contains(&away), "{message}");
        assert!(asked.elapsed() < Duration::from_secs(20), "{typed:?} {:?}", asked.elapsed());
    }
    let message = patient.run(&["retrieve", &ehr, "--out", "own"]).failed(5, "no_quorum");
    assert!(message.contains(&away), "{message}");
    assert!(!patient.folder.join("own").exists());
    network.up();
    wait_for("node 1 to be ready again", || (ready(&network, 1).0 == 200).then_some(()));
    assert!(finding(&network.node_status(1), "no_quorum").is_none());
    patient.run(&["retrieve", &ehr, "--out", "own"]).done();
}

#[test]
fn a_frozen_node_is_told_from_one_that_is_away_within_seconds() {
    let network = Network::start(4);
    let url = network.url(2);
    network.run(&["testnet", "freeze", "2", "--dir", "net"]).done();
    let asked = Instant::now();
    let message = network.run(&["node", "status", "--url", &url, "--json"]).failed(5, "no_node");
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    assert!(message.contains("takes the connection and does not answer"), "{message}");
    let status = wait_for("the others to miss it", || {
        Some(network.node_status(1)).filter(|status| finding(status, "members_away").is_some())
    });
    assert_eq!(status["ready"], true);
    assert_eq!(status["peers"][0]["state"], "silent", "its connection stands: {status}");
    network.run(&["testnet", "freeze", "2", "--thaw", "--dir", "net"]).done();
    wait_for("the others to hear it again", || {
        finding(&network.node_status(1), "members_away").is_none().then_some(())
    });
}

#[test]
fn a_quorum_that_is_lost_behind_a_transaction_leaves_its_id_and_its_outcome_can_be_asked_for() {
    let network = Network::start(4);
    let patient = network.person("patient", 1, Role::Patient);
    let author = network.person("author", 1, Role::Doctor);
    for node in ["3", "4"] {
        network.run(&["testnet", "freeze", node, "--dir", "net"]).done();
    }
    // Nobody knows yet that they are frozen: their connections stand, and they were heard a moment ago.
    let asked = Instant::now();
    let ask = ["request", "--patient", &patient.id, "--purpose", "TREAT"];
    let message = author.run(&ask).failed(6, "outcome_unknown");
    assert!(asked.elapsed() < Duration::from_secs(25), "{:?}", asked.elapsed());
    let id = message.split("transaction status ").nth(1).unwrap().split('`').next().unwrap();
    let ran = author.run(&["transaction", "status", id]);
    assert_eq!(ran.data()["state"], "unknown");
    for node in ["3", "4"] {
        network.run(&["testnet", "freeze", node, "--thaw", "--dir", "net"]).done();
    }
    wait_for("the transaction's commit", || {
        let status = author.run(&["transaction", "status", id]).data();
        (status["state"] == "committed").then_some(())
    });
}

#[test]
fn a_node_that_starts_shows_its_height_and_names_hospitals_in_its_log() {
    let network = Network::start(4);
    network.person("patient", 1, Role::Patient);
    network.run(&["testnet", "stop", "2", "--dir", "net"]).done();
    network.up();
    wait_for("the height of node 2 among its figures", || {
        let height = network.node_status(2)["head"]["height"].as_u64().unwrap();
        let figures = get(&network, 2, "/metrics").1;
        (height > 0 && figures.contains(&format!("\ncarechain_height {height}\n"))).then_some(())
    });
    let log = std::fs::read_to_string(network.path("node-2/node.log")).unwrap();
    let connected: Vec<_> = log.lines().filter(|line| line.contains(": connected ")).collect();
    assert!(!connected.is_empty(), "{log}");
    for line in connected {
        assert!(line.contains("hospital=\"Hospital "), "{line}");
    }
}
