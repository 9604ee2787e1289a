//! A test network in a folder of its own; its processes end with it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use carechain_client::{InTheClear, NodeUrl};
use carechain_types::Role;
use serde_json::Value;
use tempfile::TempDir;

use super::command::{Ran, carechain};
use super::person::Person;

/// A running network.
pub(crate) struct Network {
    folder: TempDir,
}

/// One network is started at a time, so that no two take the same ports.
static STARTING: Mutex<Weak<Network>> = Mutex::new(Weak::new());

impl Network {
    /// Folders for so many nodes; nothing runs yet.
    pub(crate) fn init(nodes: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let network = Self { folder };
        network.run(&["testnet", "init", "--dir", "net", "--nodes", &nodes.to_string()]).done();
        network
    }

    /// A network of so many nodes, for one test alone.
    pub(crate) fn start(nodes: usize) -> Self {
        Self::start_prepared(nodes, |_| ())
    }

    /// The same, with something done to its folders before it runs.
    pub(crate) fn start_prepared(nodes: usize, prepare: impl FnOnce(&Self)) -> Self {
        let _one_at_a_time = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        let network = Self::init(nodes);
        prepare(&network);
        network.up();
        network
    }

    /// A network whose HTTP interfaces are encrypted, for one test alone.
    pub(crate) fn start_encrypted(nodes: usize) -> Self {
        let _one_at_a_time = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let network = Self { folder };
        network.run(&["testnet", "init", "--dir", "net", "--tls", "--nodes", &nodes.to_string()]).done();
        network.up();
        network
    }

    /// A network of four for tests that leave each other in peace; it ends with the last of them.
    pub(crate) fn shared() -> Arc<Self> {
        let mut shared = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(network) = shared.upgrade() {
            return network;
        }
        let network = Self::init(4);
        network.up();
        let network = Arc::new(network);
        *shared = Arc::downgrade(&network);
        network
    }

    /// Starts what does not run.
    #[track_caller]
    pub(crate) fn up(&self) {
        self.run(&["testnet", "up", "--dir", "net", "--json"]).done();
    }

    /// Types a command in the folder that holds `net`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        carechain(self.folder.path(), arguments)
    }

    /// The folder that holds `net`.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A path in the network's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("net").join(name)
    }

    /// What `testnet status` says of every node.
    pub(crate) fn status(&self) -> Vec<Value> {
        let status = self.run(&["testnet", "status", "--dir", "net", "--json"]).data();
        status["nodes"].as_array().unwrap().clone()
    }

    /// Address of a node's HTTP interface, from 1.
    pub(crate) fn url(&self, node: usize) -> String {
        self.status()[node - 1]["url"].as_str().unwrap().to_owned()
    }

    /// The same, for a caller in this process.
    pub(crate) fn node_url(&self, node: usize) -> NodeUrl {
        NodeUrl::parse(&self.url(node), InTheClear::ThisMachine).unwrap()
    }

    /// What a node says of itself, ready or not.
    pub(crate) fn node_status(&self, node: usize) -> Value {
        let ran = self.run(&["node", "status", "--url", &self.url(node), "--json"]);
        let document = ran.document();
        let ready = document["data"]["ready"].as_bool().unwrap_or_else(|| panic!("no status: {ran:?}"));
        assert_eq!(ran.code, if ready { 0 } else { 5 }, "the exit code says whether it is ready: {ran:?}");
        document["data"].clone()
    }

    /// Types a command as the registrar of a hospital.
    pub(crate) fn as_registrar(&self, hospital: usize, arguments: &[&str]) -> Ran {
        let profile = format!("registrar-{hospital}");
        let passphrase = format!("net/hospital-{hospital}/registrar.passphrase");
        let who = ["--client", "net/client.toml", "--profile", &profile, "--passphrase-file", &passphrase];
        self.run(&[&who, arguments].concat())
    }

    /// Enrols somebody at a hospital, with keys and a profile of their own.
    pub(crate) fn person(&self, name: &str, hospital: usize, role: Role) -> Person {
        Person::enrol(self, name, hospital, role)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let ran = self.run(&["testnet", "down", "--dir", "net"]);
        if ran.code != 0 {
            eprintln!("{}{}", ran.stdout, ran.stderr);
        }
        if std::thread::panicking() {
            for node in 1..=9 {
                let log =
                    std::fs::read_to_string(self.path(&format!("node-{node}/node.log"))).unwrap_or_default();
                let tail: Vec<_> = log.lines().rev().take(8).collect();
                eprintln!("node {node}:\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
                if log.is_empty() {
                    break;
                }
            }
        }
    }
}
