//! Somebody with a keystore, a passphrase file and a profile.

use std::path::PathBuf;
use std::process::{Child, Stdio};

use carechain_client::Keystore;
use carechain_crypto::Secret;
use carechain_types::Role;

use super::command::{Ran, carechain, command};
use super::network::Network;

/// Somebody who types commands.
pub(crate) struct Person {
    /// Their name: also the profile's.
    pub(crate) name: String,
    /// Their id.
    pub(crate) id: String,
    /// Their own folder.
    pub(crate) folder: PathBuf,
}

impl Person {
    pub(super) fn enrol(network: &Network, name: &str, hospital: usize, role: Role) -> Self {
        let folder = network.folder().join("people").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("passphrase"), format!("the passphrase of {name}\n")).unwrap();
        let key = format!("{name}.key");
        carechain(&folder, &["key", "new", "--out", &key, "--passphrase-file", "passphrase"]).done();
        let enrol = folder.join(format!("{name}.enrol"));
        let enrol = enrol.to_str().unwrap();
        let mut typed = vec!["person", "register", enrol, "--role", role.as_str()];
        if role == Role::Patient {
            typed.extend(["--mrn", name]);
        }
        let printed = network.as_registrar(hospital, &typed).done().stdout;
        let snippet = &printed[printed.find("[profile").unwrap()..];
        let registry = network.path("registry");
        let profile = format!("{snippet}registry = {:?}\n", registry.to_str().unwrap());
        std::fs::write(folder.join("client.toml"), profile).unwrap();
        let id = printed.split_whitespace().next().unwrap().to_owned();
        assert!(id.starts_with("per_"), "{printed}");
        Self { name: name.to_owned(), id, folder }
    }

    fn typed<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        [&["--profile", &self.name, "--passphrase-file", "passphrase", "--json"], arguments].concat()
    }

    /// Types a command in their folder; answers are documents.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        carechain(&self.folder, &self.typed(arguments))
    }

    /// Starts a command and does not wait for its end.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        command(&self.folder, &self.typed(arguments))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Their keys, unlocked.
    pub(crate) fn keystore(&self) -> Keystore {
        let passphrase = format!("the passphrase of {}", self.name);
        let path = self.folder.join(format!("{}.key", self.name));
        Keystore::open(&path, &Secret::new(passphrase.into_bytes())).unwrap()
    }

    /// Publishes a study of their folder; gives the record's id.
    #[track_caller]
    pub(crate) fn publish(&self, patient: &Self, keyword: &str, image_bytes: usize) -> String {
        super::write_study(&self.folder.join("study"), image_bytes);
        let published =
            self.run(&["publish", "--patient", &patient.id, "--keyword", keyword, "study"]).data();
        published["ehr_id"].as_str().unwrap().to_owned()
    }

    /// Asks a patient for one record; gives the request's id.
    #[track_caller]
    pub(crate) fn request(&self, patient: &Self, ehr_id: &str) -> String {
        let asked = self.run(&["request", "--patient", &patient.id, "--ehr", ehr_id, "--purpose", "TREAT"]);
        asked.data()["request_id"].as_str().unwrap().to_owned()
    }

    /// Approves a request on terms; gives the grant's id.
    #[track_caller]
    pub(crate) fn approve(&self, request: &str, terms: &[&str]) -> String {
        let decided = self.run(&[&["approve", request], terms].concat()).data();
        decided["grant"]["grant_id"].as_str().unwrap().to_owned()
    }

    /// Their audit of one record, oldest first, as decision and reason.
    #[track_caller]
    pub(crate) fn audited(&self, ehr_id: &str) -> Vec<(String, String, String)> {
        let audit = self.run(&["audit", "--ehr", ehr_id]).data();
        let word = |entry: &serde_json::Value, name: &str| entry[name].as_str().unwrap().to_owned();
        let entries = audit["entries"].as_array().unwrap().iter();
        entries.map(|entry| (word(entry, "reader"), word(entry, "decision"), word(entry, "reason"))).collect()
    }
}
