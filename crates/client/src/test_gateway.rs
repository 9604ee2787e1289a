//! A gateway in this process for tests: a ledger without rules that writes down what clients send, proves it with real
//! signatures, keeps files in memory, and lies on demand.

mod answers;
mod files;
mod http;
mod ledger;
mod lie;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use carechain_crypto::{HospitalId, PersonId};
use carechain_types::Role;

use crate::keystore::Keystore;
use crate::node_url::{InTheClear, NodeUrl};
use crate::profile::Profile;
use crate::session::Session;

pub(crate) use ledger::Ledger;
pub(crate) use lie::Lie;

/// The gateway with its ledger, and where it listens.
pub(crate) struct Gateway {
    pub(crate) ledger: Arc<Mutex<Ledger>>,
    pub(crate) address: String,
    folder: tempfile::TempDir,
}

impl Gateway {
    pub(crate) fn start() -> Self {
        let ledger = Arc::new(Mutex::new(Ledger::new()));
        let address = http::serve(Arc::clone(&ledger));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("genesis.json"), ledger.lock().unwrap().genesis.to_bytes())
            .unwrap();
        Self { ledger, address, folder }
    }

    pub(crate) fn hospital(&self) -> HospitalId {
        self.ledger.lock().unwrap().genesis.hospitals[0].id
    }

    pub(crate) fn lie(&self, lie: Lie) {
        self.ledger.lock().unwrap().lie = lie;
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Enrols somebody and opens a session in their name.
    pub(crate) fn person(&self, name: &str, role: Role) -> (PersonId, Session) {
        let keystore = Keystore::generate();
        let person = self.ledger.lock().unwrap().enrol(&keystore, role);
        let profile = Profile {
            name: name.to_owned(),
            node: NodeUrl::parse(&self.address, InTheClear::ThisMachine).unwrap(),
            ca: None,
            genesis: self.folder.path().join("genesis.json"),
            key: PathBuf::new(),
            role,
            person: Some(person),
            hospital: Some(self.hospital()),
            state: self.folder.path().join(name),
            registry: self.folder.path().join("registry"),
        };
        (person, Session::open(&profile, Arc::new(keystore)).unwrap())
    }
}
