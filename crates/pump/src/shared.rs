//! What all parts of the byte pump share.

use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use carechain_crypto::{ChainId, HospitalId, SigningKeyPair, SigningPublicKey};
use carechain_custody::fetch::FetchSettings;
use carechain_custody::repair::RepairSettings;
use carechain_custody::upload::UploadSettings;
use carechain_custody::{Candidate, candidates};
use carechain_network::NetworkHandle;
use carechain_process::Clock;
use carechain_types::{Membership, RememberedEd25519, Verifier};
use tokio::sync::Semaphore;

use crate::copies::Copies;
use crate::counts::Counters;
use crate::disk_trouble::DiskTrouble;
use crate::guests::Guests;
use crate::ledger_view::LedgerView;
use crate::recent_chunks::RecentChunks;
use crate::store::Store;

/// How the byte pump works.
#[derive(Clone, Copy, Debug)]
pub struct FilesSettings {
    /// Receipts that an abstract needs, by the ledger's parameter.
    pub receipts_required: usize,
    /// Copies of a file, by the ledger's parameter.
    pub copies: usize,
    /// How uploads are forwarded; its `copies` gives way to the one above.
    pub upload: UploadSettings,
    /// How files are fetched.
    pub fetch: FetchSettings,
    /// How copies are completed; its `copies` gives way to the one above.
    pub repair: RepairSettings,
    /// How often the machines of custody are told the time.
    pub tick: Duration,
    /// How often unpublished uploads are collected and corrupt chunks looked for.
    pub care_interval: Duration,
    /// How often the store is asked whether a sync failed.
    pub recovery_tick: Duration,
    /// In which everything stored is read once.
    pub scrub_period: Duration,
    /// How often some of it is read.
    pub scrub_round: Duration,
    /// Corrupt chunks looked at in one round.
    pub corrupt_max: usize,
    /// How long a client is kept waiting for receipts.
    pub receipts_wait: Duration,
}

impl FilesSettings {
    /// The defaults with the ledger's parameters.
    #[must_use]
    pub fn new(receipts_required: usize, copies: usize) -> Self {
        Self {
            receipts_required,
            copies,
            upload: UploadSettings::default(),
            fetch: FetchSettings::default(),
            repair: RepairSettings::default(),
            tick: Duration::from_micros(carechain_custody::limits::TICK.as_micros()),
            care_interval: Duration::from_secs(30),
            recovery_tick: super::limits::RECOVERY_TICK,
            scrub_period: super::limits::SCRUB_PERIOD,
            scrub_round: super::limits::SCRUB_ROUND,
            corrupt_max: super::limits::CORRUPT_MAX,
            receipts_wait: super::limits::RECEIPTS_WAIT,
        }
    }
}

/// The node as the byte pump needs it.
pub(super) struct Shared {
    pub(super) store: Store,
    pub(super) recent: RecentChunks,
    pub(super) network: NetworkHandle,
    pub(super) ledger: Arc<dyn LedgerView>,
    pub(super) signer: Arc<SigningKeyPair>,
    pub(super) hospital: HospitalId,
    pub(super) membership: Arc<Membership>,
    pub(super) verifier: Verifier<RememberedEd25519>,
    pub(super) clock: Clock,
    pub(super) settings: FilesSettings,
    pub(super) counts: Counters,
    /// Bulk services to other members.
    pub(super) services: Arc<Guests>,
    /// Chunks in the memory of push services.
    pub(super) service_chunks: Arc<Semaphore>,
    /// Repairs being served.
    pub(super) repair_services: Arc<Guests>,
    /// Reads under way: they share what may lie ahead.
    pub(super) reads: AtomicU64,
    /// Why the store does not write, if so.
    pub(super) trouble: Mutex<Option<DiskTrouble>>,
    /// Copies below policy, as completion saw them last.
    pub(super) copies: Mutex<Copies>,
    /// Where small files lie that outlive the process.
    pub(super) kept_folder: PathBuf,
}

impl Shared {
    pub(super) const fn chain_id(&self) -> &ChainId {
        self.verifier.chain_id()
    }

    pub(super) fn candidates(&self) -> Vec<Candidate> {
        candidates(&self.membership)
    }

    pub(super) fn node_key(&self, hospital: &HospitalId) -> Option<SigningPublicKey> {
        self.membership.member_of_hospital(hospital).map(|member| member.node_key)
    }

    /// The hospital of a member's node.
    pub(super) fn hospital_of(&self, key: &SigningPublicKey) -> Option<HospitalId> {
        let replica = self.membership.replica_of_key(key)?;
        self.membership.member(replica).map(|member| member.hospital)
    }
}
