//! What every part of a running node is given, and how each is started from it.

use std::path::PathBuf;
use std::sync::Arc;

use carechain_api::Certificate;
use carechain_chunks::ChunkStore;
use carechain_crypto::SigningKeyPair;
use carechain_network::{BulkReceiver, EventReceiver, NetworkHandle};
use carechain_process::{Clock, Supervisor};
use carechain_pump::{Files, FilesSettings, PumpConfig};
use carechain_types::{Genesis, GenesisHospital, Membership, Parameters, RememberedEd25519, Verifier};
use tokio::runtime::Handle;

use crate::engine_thread::EngineHandle;
use crate::engine_view::EngineLedger;
use crate::folder_watch::FolderWatch;
use crate::heard::Heard;
use crate::member_names::MemberNames;
use crate::peers::{self, Border};
use crate::status::{Monitor, MonitorConfig, Reserves};

/// What all share.
pub(super) struct Base {
    /// The founding of the ledger.
    pub genesis: Genesis,
    /// Whose node this is.
    pub own: GenesisHospital,
    /// The members now.
    pub membership: Arc<Membership>,
    /// The consensus thread.
    pub engine: EngineHandle,
    /// The other members.
    pub network: NetworkHandle,
    /// The chunk store.
    pub chunks: Arc<ChunkStore>,
    /// Checks signatures.
    pub verifier: Verifier<RememberedEd25519>,
    /// The node's clock.
    pub clock: Clock,
    /// Watches all threads and tasks.
    pub supervisor: Supervisor,
}

/// What the monitor looks at beside what all share.
pub(super) struct Watched {
    /// Where everything is kept.
    pub folders: FolderWatch,
    /// Free space below which the node gives things up.
    pub reserves: Reserves,
    /// What the HTTP interface shows to clients, if it is encrypted.
    pub certificate: Option<Certificate>,
}

impl Base {
    /// Lets the engine hear the other members.
    pub(super) fn start_peers(&self, events: EventReceiver) -> std::io::Result<Heard> {
        let heard = Heard::new(self.membership.members.len(), self.clock.moment());
        let border = Border {
            engine: self.engine.clone(),
            membership: Arc::clone(&self.membership),
            verifier: self.verifier.clone(),
            names: MemberNames::of(&self.genesis, &self.membership),
            heard: heard.clone(),
            clock: self.clock,
        };
        peers::start(border, events, workers(), &self.supervisor)?;
        Ok(heard)
    }

    /// Uploads, copies and reads.
    pub(super) fn start_files(
        &self,
        incoming: BulkReceiver,
        signer: Arc<SigningKeyPair>,
        kept_folder: PathBuf,
        runtime: &Handle,
    ) -> Files {
        let Parameters { receipts_required, copies, .. } = self.genesis.parameters;
        Files::start(PumpConfig {
            chunks: Arc::clone(&self.chunks),
            network: self.network.clone(),
            incoming,
            ledger: Arc::new(EngineLedger::start(self.engine.clone(), &self.supervisor, runtime)),
            signer,
            hospital: self.own.id,
            membership: Arc::clone(&self.membership),
            verifier: self.verifier.clone(),
            clock: self.clock,
            kept_folder,
            settings: FilesSettings::new(usize::from(receipts_required), usize::from(copies)),
            runtime: runtime.clone(),
            supervisor: self.supervisor.clone(),
        })
    }

    /// Looks at how the node is.
    pub(super) fn start_monitor(
        &self,
        (heard, files): (Heard, Files),
        Watched { folders, reserves, certificate }: Watched,
        runtime: &Handle,
    ) -> Monitor {
        let own = self.membership.replica_of_key(&self.own.node_key);
        let config = MonitorConfig {
            genesis: self.genesis.clone(),
            hospital: self.own.id,
            membership: Arc::clone(&self.membership),
            own: own.expect("the key was found in the genesis file"),
            folders: Arc::new(folders),
            reserves,
            engine: self.engine.clone(),
            network: self.network.clone(),
            heard,
            files,
            chunks: Arc::clone(&self.chunks),
            certificate,
            clock: self.clock,
        };
        Monitor::start(config, &self.supervisor, runtime)
    }
}

fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
