//! Sessions in this process, for what no command does: many transactions in a row, and bytes no client would send.

use std::path::PathBuf;
use std::sync::Arc;

use carechain_client::{Keystore, Profile, Session};
use carechain_crypto::Secret;
use carechain_types::Role;

use super::network::Network;
use super::person::Person;

impl Network {
    /// A session of a hospital's registrar at a node.
    pub(crate) fn registrar_session(&self, hospital: usize, node: usize) -> Session {
        let folder = self.path(&format!("hospital-{hospital}"));
        let passphrase = std::fs::read_to_string(folder.join("registrar.passphrase")).unwrap();
        let passphrase = Secret::new(passphrase.trim_end().as_bytes().to_vec());
        let keystore = Keystore::open(&folder.join("registrar.key"), &passphrase).unwrap();
        let name = format!("session-{hospital}-{node}");
        Session::open(&self.profile(&name, node, Role::Registrar), Arc::new(keystore)).unwrap()
    }

    fn profile(&self, name: &str, node: usize, role: Role) -> Profile {
        Profile {
            name: name.to_owned(),
            node: self.node_url(node),
            ca: None,
            genesis: self.path("genesis.json"),
            key: PathBuf::new(),
            role,
            person: None,
            hospital: None,
            state: self.folder().join("sessions").join(name),
            registry: self.path("registry"),
        }
    }
}

impl Person {
    /// A session of theirs at a node.
    pub(crate) fn session(&self, network: &Network, node: usize, role: Role) -> Session {
        let profile = network.profile(&format!("{}-{node}", self.name), node, role);
        let session = Session::open(&profile, Arc::new(self.keystore())).unwrap();
        session.with_person(self.id.parse().unwrap())
    }
}
