//! Starts the byte pump and ends it.

use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use carechain_api::ChunkBuffers;
use carechain_chunks::ChunkStore;
use carechain_crypto::{HospitalId, SigningKeyPair};
use carechain_network::{BulkReceiver, NetworkHandle};
use carechain_process::{Clock, Supervisor};
use carechain_types::{Membership, RememberedEd25519, Verifier};
use prometheus_client::registry::Registry;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::copies::Copies;
use crate::counts::Counters;
use crate::disk_trouble::DiskTrouble;
use crate::guests::Guests;
use crate::ledger_view::LedgerView;
use crate::limits::{
    REPAIR_SERVICES_COMMON, REPAIR_SERVICES_OWN, SERVICE_CHUNKS_MAX, SERVICES_COMMON, SERVICES_OWN,
    SPARE_BUFFERS_MAX,
};
use crate::recent_chunks::RecentChunks;
use crate::session::Sessions;
use crate::shared::{FilesSettings, Shared};
use crate::store::Store;
use crate::{bulk_service, collection, completion, recovery, scrubbing};

/// What a byte pump works with.
pub struct PumpConfig {
    /// The bytes.
    pub chunks: Arc<ChunkStore>,
    /// Opens streams to other members.
    pub network: NetworkHandle,
    /// Streams that other members open.
    pub incoming: BulkReceiver,
    /// This node's ledger.
    pub ledger: Arc<dyn LedgerView>,
    /// The node key: signs receipts and repair fetches.
    pub signer: Arc<SigningKeyPair>,
    /// Whose node this is.
    pub hospital: HospitalId,
    /// The members now.
    pub membership: Arc<Membership>,
    /// Checks signatures of the ledger.
    pub verifier: Verifier<RememberedEd25519>,
    /// The node's clock.
    pub clock: Clock,
    /// A folder for small files that outlive the process; made when it is not there.
    pub kept_folder: PathBuf,
    /// How it works.
    pub settings: FilesSettings,
    /// Where everything runs.
    pub runtime: Handle,
    /// Watches that it does.
    pub supervisor: Supervisor,
}

/// The byte pump. Cheap to clone; ends when the last one is dropped.
#[derive(Clone)]
pub struct Files(pub(crate) Arc<Running>);

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
    pub fn start(config: PumpConfig) -> Self {
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
    pub fn register(&self, registry: &mut Registry) {
        self.0.shared.counts.register(registry);
    }

    /// Why record files are not taken now, and since when; `None` while they are. Never waits for the disk.
    pub fn trouble(&self) -> Option<DiskTrouble> {
        *self.0.shared.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of the copies that this node must hold. Never waits for the disk.
    pub fn copies(&self) -> Copies {
        *self.0.shared.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where an upload's chunks are put together.
    pub fn chunk_buffers(&self) -> ChunkBuffers {
        self.0.shared.store.buffers().clone()
    }

    /// The counters now.
    #[cfg(test)]
    pub(super) fn counts(&self) -> super::counts::FilesCounts {
        self.0.shared.counts.read()
    }
}
