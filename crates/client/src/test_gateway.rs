//! A gateway in this process for tests: a ledger without rules that writes down what clients send, proves it with real
//! signatures, keeps files in memory, and lies on demand.

mod answers;
mod http;
mod ledger;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use carechain_crypto::{HospitalId, PersonId};
use carechain_types::Role;

use crate::keystore::Keystore;
use crate::profile::Profile;
use crate::session::Session;

pub(crate) use ledger::Ledger;

/// How the gateway lies.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Lie {
    #[default]
    None,
    /// Another sealing key of a person than the ledger has.
    FalseKey,
    /// The key that a person had before, with the proof of that time.
    StaleState,
    /// No heads.
    NoHeads,
    /// Heads of a minute ahead.
    ClocksAhead,
    /// A head that voted above the proof's height.
    HiddenBlock,
    /// A value absent that is there.
    Absent,
    /// Another part than the one asked for.
    FalsePart,
    /// Receipts for another file.
    FalseReceipts,
    /// One receipt, where two are needed.
    OneReceipt,
    /// The newest entry of lists left out.
    ShortList,
    /// The first read breaks off in the middle.
    BreakOnce,
    /// One bit of the file flipped.
    FlippedBit,
    /// The first upload call breaks off.
    BreakUpload,
}

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
            node: self.address.clone(),
            genesis: self.folder.path().join("genesis.json"),
            key: PathBuf::new(),
            role,
            person: Some(person),
            hospital: Some(self.hospital()),
            state: self.folder.path().join(name),
        };
        (person, Session::open(&profile, Arc::new(keystore)).unwrap())
    }
}

/// Uploads and published files.
#[derive(Default)]
pub(crate) struct Files {
    pub(crate) chunks: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    pub(crate) opened: BTreeMap<String, carechain_types::SignedUploadOpen>,
    pub(crate) by_commitment: BTreeMap<carechain_crypto::Commitment, Vec<u8>>,
}
