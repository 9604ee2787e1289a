//! What happens to a data folder behind the back of the node that has it open is found, and over when it is put back.

use serde_json::Value;

use crate::support::{Network, wait_for};

/// The sentence of the finding, if the node finds that.
fn changed(network: &Network, node: usize) -> Option<String> {
    let status = network.node_status(node);
    let findings = status["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["code"] == "data_folder_changed")?;
    assert_eq!(status["ready"], Value::Bool(false));
    Some(found["sentence"].as_str().unwrap().to_owned())
}

#[test]
fn a_folder_that_is_moved_away_under_a_node_blocks_until_it_is_put_back() {
    let network = Network::start(4);
    for name in ["journal", "chunks"] {
        let folder = network.path(&format!("node-2/data/{name}"));
        std::fs::rename(&folder, folder.with_extension("away")).unwrap();
        let sentence = wait_for("node 2 to miss it", || changed(&network, 2));
        assert!(sentence.contains(name) && sentence.contains("is lost when it ends"), "{sentence}");
        std::fs::rename(folder.with_extension("away"), &folder).unwrap();
        wait_for("node 2 to find it again", || changed(&network, 2).is_none().then_some(()));
    }
    assert!(changed(&network, 1).is_none(), "others are as they were");
}

#[test]
fn packs_that_are_removed_under_a_node_block_it() {
    let network = Network::start(4);
    let chunks = network.path("node-2/data/chunks");
    for file in std::fs::read_dir(chunks).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    let sentence = wait_for("node 2 to miss them", || changed(&network, 2));
    assert!(sentence.contains("were removed"), "{sentence}");
}
