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
use carechain_types::{Membership, Verifier};
use tokio::sync::Semaphore;

use super::copies::Copies;
use super::counts::Counters;
use super::disk_trouble::DiskTrouble;
use super::guests::Guests;
use super::ledger_view::LedgerView;
use super::recent_chunks::RecentChunks;
use super::store::Store;
use crate::server::clock::Clock;
use crate::server::scheme::NodeScheme;

/// How the byte pump works.
#[derive(Clone, Copy, Debug)]
pub(super) struct FilesSettings {
    /// Receipts that an abstract needs, by the ledger's parameter.
    pub(super) receipts_required: usize,
    /// Copies of a file, by the ledger's parameter.
    pub(super) copies: usize,
    /// How uploads are forwarded; its `copies` gives way to the one above.
    pub(super) upload: UploadSettings,
    /// How files are fetched.
    pub(super) fetch: FetchSettings,
    /// How copies are completed; its `copies` gives way to the one above.
    pub(super) repair: RepairSettings,
    /// How often the machines of custody are told the time.
    pub(super) tick: Duration,
    /// How often unpublished uploads are collected and corrupt chunks looked for.
    pub(super) care_interval: Duration,
    /// How often the store is asked whether a sync failed.
    pub(super) recovery_tick: Duration,
    /// In which everything stored is read once.
    pub(super) scrub_period: Duration,
    /// How often some of it is read.
    pub(super) scrub_round: Duration,
    /// Corrupt chunks looked at in one round.
    pub(super) corrupt_max: usize,
    /// How long a client is kept waiting for receipts.
    pub(super) receipts_wait: Duration,
}

impl FilesSettings {
    /// The defaults with the ledger's parameters.
    #[must_use]
    pub(super) fn new(receipts_required: usize, copies: usize) -> Self {
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
    pub(super) verifier: Verifier<NodeScheme>,
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
