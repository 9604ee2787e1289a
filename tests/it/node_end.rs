//! What ends a node, and what must not: signals, and a log that nobody reads any more.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use carechain_types::Role;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Network, carechain, command, wait_for};

/// A node's process under the test's own hand; it ends with the test.
struct Process(Child);

impl Process {
    /// Starts a node in the place of the one that `testnet up` started.
    fn in_place_of(network: &Network, node: usize, log: &str) -> Self {
        network.run(&["testnet", "stop", &node.to_string(), "--dir", "net"]).done();
        let config = network.path(&format!("node-{node}/node.toml"));
        let text = std::fs::read_to_string(&config).unwrap();
        let kept: Vec<_> = text.lines().filter(|line| !line.starts_with("log =")).collect();
        let text = kept.join("\n").replace("[node]", &format!("[node]\nlog = \"{log}\""));
        std::fs::write(&config, text).unwrap();
        let config = config.to_str().unwrap();
        let mut run = command(network.folder(), &["node", "run", "--config", config]);
        Self(run.stderr(Stdio::piped()).spawn().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already where the test ended it.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn is_ready(network: &Network, url: &str) -> Option<()> {
    (network.run(&["node", "status", "--url", url, "--json"]).code == 0).then_some(())
}

#[test]
fn a_node_whose_log_nobody_reads_any_more_goes_on_voting() {
    let network = Network::start(4);
    let url = network.url(4);
    let mut node = Process::in_place_of(&network, 4, "trace");
    drop(node.0.stderr.take());
    wait_for("the node answers", || is_ready(&network, &url));
    // Of four, three must vote: without node 3 the one that cannot log is needed for every block.
    network.run(&["testnet", "stop", "3", "--dir", "net"]).done();
    network.person("unlogged", 1, Role::Patient);
    assert!(node.0.try_wait().unwrap().is_none(), "the node goes on");
}

#[test]
fn each_signal_that_asks_a_node_to_end_ends_it_orderly() {
    let network = Network::start(4);
    let url = network.url(4);
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let mut node = Process::in_place_of(&network, 4, "warn");
        wait_for("the node answers", || is_ready(&network, &url));
        kill_process(Pid::from_child(&node.0), signal).unwrap();
        assert_eq!(node.0.wait().unwrap().code(), Some(0), "{signal:?}");
        drop(node);
        network.up();
    }
}

#[test]
fn a_node_that_is_told_to_end_while_it_starts_ends_orderly() {
    let network = Network::start(4);
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let mut node = Process::in_place_of(&network, 4, "info");
        // The first line comes from the middle of the start.
        let mut line = String::new();
        BufReader::new(node.0.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.contains("node started"), "{line}");
        kill_process(Pid::from_child(&node.0), signal).unwrap();
        assert_eq!(node.0.wait().unwrap().code(), Some(0), "{signal:?}");
        drop(node);
        network.up();
    }
}

/// One of each kind: threads, what the runtimes poll, what waits for signals.
const MUST_RUN: [&str; 10] = [
    "consensus",
    "peers",
    "verify-votes",
    "verify-1",
    "disk",
    "signals",
    "network",
    "http",
    "search-words",
    "completion",
];

#[test]
fn a_thread_or_task_that_panics_ends_the_node_and_is_named() {
    let network = Network::init(1);
    let config = network.path("node-1/node.toml");
    for name in MUST_RUN {
        let arguments = ["node", "run", "--config", config.to_str().unwrap(), "--plant-panic", name];
        let ran = carechain(network.folder(), &arguments);
        assert_eq!(ran.code, 1, "{name}: {}", ran.stderr);
        let told = format!("error: the node stops: `{name}` panicked, which is a bug: planted");
        assert!(ran.stderr.contains(&told), "{name}: {}", ran.stderr);
        let logged = ran.stderr.lines().any(|line| line.contains("ERROR") && line.contains(name));
        assert!(logged, "{name}: {}", ran.stderr);
    }
}
