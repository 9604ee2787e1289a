//! Nodes end with the command they belong to, and `testnet down` knows them however their folder is spelt.

use std::fs::{File, TryLockError};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Network, command, wait_for};

/// Whether a process owns a node's data folder.
fn is_running(node: &Path) -> bool {
    let lock = File::open(node.join("data/lock"));
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

#[test]
fn the_nodes_of_a_demo_end_with_it_whatever_ends_it() {
    for signal in [Signal::TERM, Signal::KILL] {
        let folder = tempfile::tempdir().unwrap();
        let mut demo =
            command(folder.path(), &["demo", "--dir", "net"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
        assert!(lines.next().unwrap().unwrap().contains("start"));
        let nodes: Vec<_> = (1..=4).map(|node| folder.path().join(format!("net/node-{node}"))).collect();
        assert!(nodes.iter().all(|node| is_running(node)));
        kill_process(Pid::from_child(&demo), signal).unwrap();
        demo.wait().unwrap();
        wait_for("the end of the nodes", || nodes.iter().all(|node| !is_running(node)).then_some(()));
    }
}

/// Commands that make a network in a temporary folder, with the variable or option that says where that is made.
#[test]
fn a_command_that_a_signal_ends_leaves_no_temporary_folder() {
    let commands: [&[&str]; 2] = [&["demo"], &["bench", "publish", "--count", "1000", "--dir", "."]];
    for arguments in commands {
        let folder = tempfile::tempdir().unwrap();
        let mut child = command(folder.path(), arguments);
        let mut child = child.env("TMPDIR", folder.path()).stdout(Stdio::null()).spawn().unwrap();
        let nodes = wait_for("the nodes", || {
            let made = std::fs::read_dir(folder.path()).unwrap().next()?.unwrap().path();
            let network =
                [made.join("network"), made].into_iter().find(|network| network.join("node-4").exists())?;
            let nodes: Vec<_> = (1..=4).map(|node| network.join(format!("node-{node}"))).collect();
            nodes.iter().all(|node| is_running(node)).then_some(nodes)
        });
        kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(128 + 15), "{arguments:?}");
        assert!(nodes.iter().all(|node| !is_running(node)));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{arguments:?}");
    }
}

#[test]
fn testnet_down_finds_its_nodes_however_the_folder_is_spelt() {
    let network = Network::start(1);
    let node = network.path("node-1");
    assert!(is_running(&node));
    let down = network.run(&["testnet", "down", "--dir", "./net/node-1/../../net"]).done();
    assert!(down.stdout.contains("1 of 1"), "{}", down.stdout);
    assert!(!is_running(&node));
    let again = network.run(&["testnet", "down", "--dir", "net"]).done();
    assert!(again.stdout.contains("no node was running"), "{}", again.stdout);
}

#[test]
fn testnet_down_does_not_say_that_a_node_has_ended_whose_process_id_is_lost() {
    let network = Network::start(1);
    let (file, aside) = (network.path("node-1/node.pid"), network.path("aside"));
    std::fs::rename(&file, &aside).unwrap();
    let down = network.run(&["testnet", "down", "--dir", "net", "--json"]);
    assert!(down.failed(5, "not_ready").contains("node 1 still runs"));
    std::fs::rename(&aside, &file).unwrap();
}
