//! Starts the byte pump and ends it.

use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use carechain_api::ChunkBuffers;
use carechain_chunks::ChunkStore;
use carechain_crypto::{HospitalId, SigningKeyPair};
use carechain_network::{BulkReceiver, NetworkHandle};
use carechain_types::{Membership, Parameters, Verifier};
use prometheus_client::registry::Registry;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::bulk_service;
use super::collection;
use super::completion;
use super::copies::Copies;
use super::counts::Counters;
use super::disk_trouble::DiskTrouble;
use super::engine_view::EngineLedger;
use super::guests::Guests;
use super::ledger_view::LedgerView;
use super::limits::{
    REPAIR_SERVICES_COMMON, REPAIR_SERVICES_OWN, SERVICE_CHUNKS_MAX, SERVICES_COMMON, SERVICES_OWN,
    SPARE_BUFFERS_MAX,
};
use super::recent_chunks::RecentChunks;
use super::recovery;
use super::scrubbing;
use super::session::Sessions;
use super::shared::{FilesSettings, Shared};
use super::store::Store;
use crate::server::clock::Clock;
use crate::server::engine_thread::EngineHandle;
use crate::server::scheme::NodeScheme;
use crate::server::supervisor::Supervisor;

/// What the byte pump of a node works with.
pub(crate) struct FilesConfig {
    /// The bytes.
    pub chunks: Arc<ChunkStore>,
    /// Opens streams to other members.
    pub network: NetworkHandle,
    /// Streams that other members open.
    pub incoming: BulkReceiver,
    /// This node's engine.
    pub engine: EngineHandle,
    /// The node key: signs receipts and repair fetches.
    pub signer: Arc<SigningKeyPair>,
    /// Whose node this is.
    pub hospital: HospitalId,
    /// The members now.
    pub membership: Arc<Membership>,
    /// Checks signatures of the ledger.
    pub verifier: Verifier<NodeScheme>,
    /// The node's clock.
    pub clock: Clock,
    /// A folder for small files that outlive the process; made when it is not there.
    pub kept_folder: PathBuf,
    /// The ledger's rules.
    pub parameters: Parameters,
    /// Where everything runs.
    pub runtime: Handle,
    /// Watches that it does.
    pub supervisor: Supervisor,
}

/// The same over any ledger, with settings of its own.
pub(super) struct PumpConfig {
    pub(super) chunks: Arc<ChunkStore>,
    pub(super) network: NetworkHandle,
    pub(super) incoming: BulkReceiver,
    pub(super) ledger: Arc<dyn LedgerView>,
    pub(super) signer: Arc<SigningKeyPair>,
    pub(super) hospital: HospitalId,
    pub(super) membership: Arc<Membership>,
    pub(super) verifier: Verifier<NodeScheme>,
    pub(super) clock: Clock,
    pub(super) kept_folder: PathBuf,
    pub(super) settings: FilesSettings,
    pub(super) runtime: Handle,
    pub(super) supervisor: Supervisor,
}

/// The byte pump. Cheap to clone; ends when the last one is dropped.
#[derive(Clone)]
pub(crate) struct Files(pub(super) Arc<Running>);

/// What runs.
pub(super) struct Running {
    pub(super) shared: Arc<Shared>,
    pub(super) sessions: Sessions,
    pub(super) runtime: Handle,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Files {
    /// Starts serving other members, completing copies and collecting what was not published.
    #[must_use]
    pub(crate) fn start(config: FilesConfig) -> Self {
        let FilesConfig { chunks, network, incoming, signer, hospital, membership, .. } = config;
        let FilesConfig { engine, verifier, clock, kept_folder, parameters, runtime, supervisor, .. } =
            config;
        let receipts_required = usize::from(parameters.receipts_required);
        Self::pump(PumpConfig {
            chunks,
            network,
            incoming,
            ledger: Arc::new(EngineLedger::start(engine, &supervisor, &runtime)),
            signer,
            hospital,
            membership,
            verifier,
            clock,
            kept_folder,
            settings: FilesSettings::new(receipts_required, usize::from(parameters.copies)),
            runtime,
            supervisor,
        })
    }

    pub(super) fn pump(config: PumpConfig) -> Self {
        let PumpConfig { incoming, runtime, supervisor, mut settings, .. } = config;
        settings.upload.copies = settings.copies;
        settings.repair.copies = settings.copies;
        let counts = Counters::default();
        counts.note_opening(config.chunks.opened());
        let shared = Arc::new(Shared {
            store: Store::new(config.chunks, runtime.clone(), ChunkBuffers::new(SPARE_BUFFERS_MAX)),
            recent: RecentChunks::default(),
            network: config.network,
            ledger: config.ledger,
            signer: config.signer,
            hospital: config.hospital,
            membership: config.membership,
            verifier: config.verifier,
            clock: config.clock,
            settings,
            counts,
            services: Arc::new(Guests::new(SERVICES_OWN, SERVICES_COMMON)),
            service_chunks: Arc::new(Semaphore::new(SERVICE_CHUNKS_MAX)),
            repair_services: Arc::new(Guests::new(REPAIR_SERVICES_OWN, REPAIR_SERVICES_COMMON)),
            reads: AtomicU64::new(0),
            trouble: Mutex::new(None),
            copies: Mutex::default(),
            kept_folder: config.kept_folder,
        });
        let tasks = vec![
            supervisor.task(&runtime, "bulk-services", bulk_service::serve(Arc::clone(&shared), incoming)),
            supervisor.task(&runtime, "completion", completion::run(Arc::clone(&shared))),
            supervisor.task(&runtime, "collection", collection::run(Arc::clone(&shared))),
            supervisor.task(&runtime, "recovery", recovery::run(Arc::clone(&shared))),
            supervisor.task(&runtime, "scrubbing", scrubbing::run(Arc::clone(&shared))),
        ];
        Self(Arc::new(Running { shared, sessions: Sessions::default(), runtime, tasks }))
    }

    /// Lists the counters for the metrics.
    pub(crate) fn register(&self, registry: &mut Registry) {
        self.0.shared.counts.register(registry);
    }

    /// Why record files are not taken now, and since when; `None` while they are. Never waits for the disk.
    pub(crate) fn trouble(&self) -> Option<DiskTrouble> {
        *self.0.shared.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of the copies that this node must hold. Never waits for the disk.
    pub(crate) fn copies(&self) -> Copies {
        *self.0.shared.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where an upload's chunks are put together.
    pub(crate) fn chunk_buffers(&self) -> ChunkBuffers {
        self.0.shared.store.buffers().clone()
    }

    /// The counters now.
    #[cfg(test)]
    pub(super) fn counts(&self) -> super::counts::FilesCounts {
        self.0.shared.counts.read()
    }
}
