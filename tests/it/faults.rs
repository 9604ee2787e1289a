//! Nodes that end at a bad moment: nothing acknowledged is lost, and what was interrupted goes on.

use carechain_types::Role;

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

#[test]
fn two_nodes_of_four_are_no_quorum_and_say_so() {
    let network = Network::start(4);
    let patient = network.person("patient", 1, Role::Patient);
    let author = network.person("author", 1, Role::Doctor);
    let ehr = author.publish(&patient, "ct", 10_000);
    for node in ["3", "4"] {
        network.run(&["testnet", "stop", node, "--dir", "net"]).done();
    }
    wait_for("node 1 to miss both", || {
        let status = network.node_status(1);
        (status["summary"] == "the chain cannot advance: 2 of 3 needed members are connected").then_some(())
    });
    let ran = patient.run(&["retrieve", &ehr, "--out", "own"]);
    assert!([1, 5, 6].contains(&ran.code), "{} {}", ran.code, ran.stdout);
    assert!(!patient.folder.join("own").exists());
    network.up();
    patient.run(&["retrieve", &ehr, "--out", "own"]).done();
}
