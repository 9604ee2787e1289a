//! Starting and stopping a node: every part in its order, every failure with what to do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use carechain_chunks::{ChunkStore, StoreError, StoreLimits};
use carechain_consensus::{Timeouts, Window};
use carechain_crypto::{IndexKeyShareContext, IndexKeyShareError, SealingKeyPair, Secret, SigningKeyPair};
use carechain_engine::{Machine, OpenError};
use carechain_ledger::{
    BackendError, FileJournal, JournalBinding, JournalError, Ledger, LedgerError, RocksBackend,
};
use carechain_network::{Identity, Limits, Network, NetworkConfig, NetworkError, Peer, Runtimes};
use carechain_process::{Clock, Ended, Supervisor, blocking, end_within, raise_open_files, yield_to_votes};
use carechain_setup::{Config, DataFolder, DiskReserves, FolderError};
use carechain_types::{
    Genesis, GenesisError, GenesisHospital, Height, Membership, RememberedEd25519, Verifier,
};
use tokio::runtime::{Handle, Runtime};
use tokio_util::sync::CancellationToken;

use crate::base::{Base, Watched};
use crate::disk_watch::DiskWatch;
use crate::engine_thread::{EngineGone, EngineHandle, EngineThread};
use crate::folder_watch::{FolderTrouble, FolderWatch, check_open};
use crate::gateway::Gateway;
use crate::http_interface::{HttpInterface, InterfaceError};
use crate::member_names::MemberNames;
use crate::metrics::{Metrics, NodeCounts};
use crate::parts::Parts;
use crate::peer_sender::PeerSender;
use crate::reads_in_flight::ReadsInFlight;
use crate::search_index::{SearchIndex, unindexed};
use crate::service::Service;
use crate::shared_proofs::SharedProofs;
use crate::status::Reserves;

/// Why a node does not start. Nothing was voted.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// What is in the data folder cannot be used as it is.
    #[error(transparent)]
    FolderTrouble(#[from] FolderTrouble),
    /// The genesis file cannot be read.
    #[error("cannot read the genesis file {}: {source}", path.display())]
    GenesisUnreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The genesis file is no genesis file.
    #[error("{}: {source}", path.display())]
    Genesis {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: GenesisError,
    },
    /// The node key is not a member's.
    #[error("node key {key} is no member's in the genesis file: wrong key file or wrong genesis file")]
    NotMember {
        /// The key, hex.
        key: String,
    },
    /// The index key in genesis does not open with this node's key.
    #[error("the search index key in the genesis file does not open with this node's key: {0}")]
    IndexKey(#[from] IndexKeyShareError),
    /// The ledger cannot be opened.
    #[error("the ledger cannot be opened: {0}")]
    Ledger(#[from] LedgerError),
    /// The database below the ledger cannot be opened.
    #[error("the ledger cannot be opened: {0}")]
    Backend(#[from] BackendError),
    /// The journal cannot be opened.
    #[error("the journal cannot be opened: {0}")]
    Journal(#[from] JournalError),
    /// The chunk store cannot be opened.
    #[error("the chunk store cannot be opened: {0}")]
    Chunks(StoreError),
    /// Another version of the program wrote the packs of the chunk store.
    #[error("the chunk store cannot be opened: {0}")]
    OtherPackVersion(StoreError),
    /// The engine refuses to start.
    #[error(transparent)]
    Engine(#[from] OpenError),
    /// The network does not start.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The HTTP interface does not start.
    #[error(transparent)]
    Interface(#[from] InterfaceError),
    /// The system gives no thread or runtime.
    #[error("the system refuses a thread: {0}")]
    System(#[from] std::io::Error),
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::PackVersion { .. } => Self::OtherPackVersion(error),
            error => Self::Chunks(error),
        }
    }
}

/// The node's private keys.
pub struct NodeIdentity {
    /// Signs votes and receipts, authenticates connections.
    pub signing: SigningKeyPair,
    /// Opens the index key.
    pub sealing: SealingKeyPair,
}

/// A node that runs until it is stopped or stops itself.
pub struct RunningNode {
    supervisor: Supervisor,
    engine: EngineHandle,
    consensus: std::thread::JoinHandle<()>,
    api: tokio::task::JoinHandle<()>,
    network: carechain_network::NetworkHandle,
    runtimes: NodeRuntimes,
    _folder: DataFolder,
}

/// Starts everything; the node is a member's voting node.
pub fn start(
    config: &Config,
    identity: NodeIdentity,
    supervisor: Supervisor,
) -> Result<RunningNode, StartError> {
    raise_open_files();
    let folder = DataFolder::open(&config.node.data_folder)?;
    let interface = HttpInterface::of(&config.node)?;
    let (genesis, genesis_file) = read_genesis(config)?;
    let own = own_hospital(&genesis, &identity)?.clone();
    let index = Arc::new(SearchIndex::new(open_index_key(&genesis, &own, &identity)?));
    let stores = open_stores(config, &folder, &genesis, &own, &identity)?;
    let runtimes = NodeRuntimes::start()?;
    let network = start_network(config, &genesis, &identity, &runtimes)?;
    let handle = network.handle.clone();
    supervisor.task(runtimes.calls.handle(), "network", async move { handle.ended().await });

    let clock = Clock::start();
    let scheme = RememberedEd25519::default();
    let membership = Arc::new(genesis.membership());
    let signing = Arc::new(identity.signing);
    let node_key = SigningKeyPair::from_seed(&signing.seed());
    let engine_config = engine_config(config, &genesis, &stores.ledger, &membership, &own)?;
    let engine =
        Machine::open(engine_config, stores.ledger, stores.journal, Box::new(node_key), scheme.clone())?;
    let sender = PeerSender::new(network.handle.clone(), Arc::clone(&membership));
    let names = MemberNames::of(&genesis, &membership);
    let EngineThread { handle: engine, thread: consensus } =
        EngineThread::start(engine, clock, sender, names, &supervisor)?;
    let base = Base {
        verifier: Verifier::new(scheme, genesis.chain_id()),
        genesis,
        own,
        membership,
        engine,
        network: network.handle,
        chunks: stores.chunks,
        clock,
        supervisor,
    };
    let heard = base.start_peers(network.events)?;
    let (calls, transfers) = (runtimes.calls.handle(), runtimes.files.handle());
    let files = base.start_files(network.incoming_bulk, Arc::clone(&signing), folder.custody(), transfers);
    let watched = watched(config, &interface, stores.folders);
    let monitor = base.start_monitor((heard, files.clone()), watched, calls);
    let metrics = Metrics::new(NodeCounts::default(), |registry| {
        monitor.register(registry);
        files.register(registry.sub_registry_with_prefix("files"));
    });
    let counts = metrics.counts().clone();
    let Base { own, engine, network, verifier, clock, supervisor, .. } = base;
    let indexing = index_and_count(engine.clone(), Arc::clone(&index), counts, supervisor.stop_token());
    supervisor.task(calls, "search-words", indexing);
    let reserve = config.node.disk_reserves.votes;
    DiskWatch { folder: folder.path().to_owned(), reserve, engine: engine.clone() }.start(&supervisor)?;
    let service = Service::new(Parts {
        genesis_file,
        hospital: own.id,
        data_folder: folder.path().to_owned(),
        transactions_reserve: config.node.disk_reserves.transactions,
        engine: engine.clone(),
        network: network.clone(),
        monitor,
        files,
        verifier,
        index,
        gateway: Gateway::new(signing, own.id, clock),
        reads: ReadsInFlight::default(),
        proofs: SharedProofs::default(),
        metrics,
    });
    let api = interface.serve(&runtimes.calls, service, &supervisor)?;
    tracing::info!(hospital = %own.id, name = own.name.as_str(), "node started");
    Ok(RunningNode { supervisor, engine, consensus, api, network, runtimes, _folder: folder })
}

impl RunningNode {
    /// Waits until the node is told to stop or one of its threads or tasks ends, and ends every part.
    ///
    /// # Errors
    /// Which thread or task ended, and why.
    pub fn wait(self) -> Result<(), Ended> {
        let supervisor = self.supervisor.clone();
        let Err(ended) = supervisor.wait() else {
            self.end();
            // A write may fail in the last turn.
            return supervisor.wait();
        };
        tracing::error!(%ended, "the node stops");
        end_within(END_PATIENCE, move || self.end());
        Err(ended)
    }

    fn end(self) {
        self.supervisor.stop();
        self.engine.stop();
        // Its panic is reported already.
        let _ = self.consensus.join();
        self.runtimes.calls.block_on(async {
            let _ = tokio::time::timeout(GRACE, self.api).await;
            let _ = tokio::time::timeout(GRACE, self.network.shut_down()).await;
        });
        let NodeRuntimes { votes, calls, files } = self.runtimes;
        calls.shutdown_timeout(GRACE);
        files.shutdown_timeout(GRACE);
        votes.shutdown_timeout(GRACE);
    }
}

/// How long calls under way may take to end.
const GRACE: Duration = Duration::from_secs(2);
/// How long a node that failed may take to end: what its parts may take, one after the other.
const END_PATIENCE: Duration = GRACE.saturating_mul(6);

struct Stores {
    ledger: Ledger<RocksBackend>,
    journal: FileJournal,
    chunks: Arc<ChunkStore>,
    folders: FolderWatch,
}

fn watched(config: &Config, interface: &HttpInterface, folders: FolderWatch) -> Watched {
    let DiskReserves { files, transactions, votes } = config.node.disk_reserves;
    let reserves = Reserves { files: files.into(), transactions: transactions.into(), votes: votes.into() };
    Watched { folders, reserves, certificate: interface.certificate() }
}

fn read_genesis(config: &Config) -> Result<(Genesis, Bytes), StartError> {
    let path = &config.cluster.genesis_file;
    let bytes = std::fs::read(path)
        .map(Bytes::from)
        .map_err(|source| StartError::GenesisUnreadable { path: path.clone(), source })?;
    let genesis =
        Genesis::from_bytes(&bytes).map_err(|source| StartError::Genesis { path: path.clone(), source })?;
    Ok((genesis, bytes))
}

fn own_hospital<'a>(
    genesis: &'a Genesis,
    identity: &NodeIdentity,
) -> Result<&'a GenesisHospital, StartError> {
    let key = identity.signing.public();
    let own = genesis.hospitals.iter().find(|hospital| hospital.node_key == key);
    own.ok_or_else(|| StartError::NotMember { key: key.to_hex() })
}

fn open_index_key(
    genesis: &Genesis,
    own: &GenesisHospital,
    identity: &NodeIdentity,
) -> Result<SealingKeyPair, StartError> {
    let index_key = genesis.index_key.as_x25519().expect("genesis files hold X25519 keys");
    let context = IndexKeyShareContext { hospital: own.id, node: own.node_key, index_key };
    let share: [u8; carechain_crypto::INDEX_KEY_SHARE_BYTES] =
        own.index_key_share[..].try_into().unwrap_or([0; carechain_crypto::INDEX_KEY_SHARE_BYTES]);
    Ok(context.open(&identity.sealing, &identity.sealing.public(), &share)?)
}

fn open_stores(
    config: &Config,
    folder: &DataFolder,
    genesis: &Genesis,
    own: &GenesisHospital,
    identity: &NodeIdentity,
) -> Result<Stores, StartError> {
    check_open(folder.path())?;
    let chain_id = genesis.chain_id();
    let ledger = Ledger::open(RocksBackend::open(&folder.ledger())?, genesis)?;
    let binding = JournalBinding { chain_id, node_key: identity.signing.public() };
    let journal = FileJournal::open(&folder.journal(), binding)?;
    let limits = StoreLimits {
        quota_bytes: config.node.chunk_bytes_max,
        free_permille_min: u32::from(config.node.disk_reserves.files) * 10,
        ..StoreLimits::default()
    };
    let (chunks, report) = ChunkStore::open(&folder.chunks(), chain_id, own.id, limits)?;
    for damage in &report.damages {
        tracing::error!(pack = damage.pack, offset = damage.offset, bytes = damage.bytes, "damaged chunks");
    }
    if report.cut_bytes > 0 {
        tracing::info!(bytes = report.cut_bytes, "a write of chunks that was interrupted is cut off");
    }
    if report.orphan_chunks > 0 {
        let chunks = report.orphan_chunks;
        tracing::warn!(
            chunks,
            "chunks belong to no known file: a damage took what named them, they only take space"
        );
    }
    let missing = chunks.stats().map_or(0, |stats| stats.chunks_missing);
    if missing > 0 {
        tracing::error!(
            chunks = missing,
            "chunks of whole files are missing here, they are fetched from other holders"
        );
    }
    let folders = FolderWatch::of(folder.path())?;
    Ok(Stores { ledger, journal, chunks: Arc::new(chunks), folders })
}

/// Threads by what may wait for what: nothing that moves a file runs beside votes or clients' calls.
struct NodeRuntimes {
    /// Votes between members.
    votes: Runtime,
    /// The HTTP interface.
    calls: Runtime,
    /// Files between members, and everything that touches the chunk store. Its threads yield to all others.
    files: Runtime,
}

impl NodeRuntimes {
    fn start() -> Result<Self, StartError> {
        let builder = |name: &str, threads| {
            let mut builder = tokio::runtime::Builder::new_multi_thread();
            builder.worker_threads(threads).thread_name(name).enable_all();
            builder
        };
        Ok(Self {
            votes: builder("votes", 1).build()?,
            calls: builder("calls", 2).build()?,
            files: builder("files", 2).on_thread_start(yield_to_votes).build()?,
        })
    }
}

fn start_network(
    config: &Config,
    genesis: &Genesis,
    identity: &NodeIdentity,
    own: &NodeRuntimes,
) -> Result<Network, StartError> {
    let seed: Secret<[u8; 32]> = identity.signing.seed();
    let peers = genesis.hospitals.iter().map(|hospital| Peer {
        key: hospital.node_key,
        votes: hospital.endpoints.votes.as_str().to_owned(),
        bulk: hospital.endpoints.bulk.as_str().to_owned(),
    });
    let mut jitter = [0; 8];
    getrandom::fill(&mut jitter).map_err(|_| std::io::Error::other("no randomness"))?;
    let network = NetworkConfig {
        identity: Identity::from_seed(seed.expose()),
        chain_id: genesis.chain_id(),
        cluster_digest: config.cluster_digest(),
        epoch: 0,
        listen_votes: config.node.votes_listen,
        listen_bulk: config.node.bulk_listen,
        peers: peers.collect(),
        jitter_seed: u64::from_le_bytes(jitter),
        limits: Limits::default(),
    };
    let runtimes = Runtimes { votes: own.votes.handle().clone(), bulk: own.files.handle().clone() };
    Ok(own.calls.block_on(Network::start(network, &runtimes))?)
}

fn engine_config(
    config: &Config,
    genesis: &Genesis,
    ledger: &Ledger<RocksBackend>,
    membership: &Membership,
    own: &GenesisHospital,
) -> Result<carechain_consensus::Config, LedgerError> {
    let replica = membership.replica_of_key(&own.node_key).expect("the key was found in the genesis file");
    let timeouts = Timeouts {
        suspicion: config.cluster.view_timeout,
        new_view: config.cluster.view_timeout,
        patience_max: config.cluster.view_timeout_max,
        ..Timeouts::default()
    };
    let window = u16::try_from(config.cluster.window).ok().and_then(Window::new).unwrap_or(Window::ONE);
    let block_zero =
        ledger.header(Height::ZERO)?.ok_or(LedgerError::Missing { what: "header", height: Height::ZERO })?;
    Ok(carechain_consensus::Config::new(
        genesis.chain_id(),
        block_zero.id(),
        membership.clone(),
        replica,
        window,
        timeouts,
    ))
}

/// Indexes the words of some blocks; gives whether there may be more.
async fn index_some(
    engine: &EngineHandle,
    index: &Arc<SearchIndex>,
) -> Result<Result<bool, LedgerError>, EngineGone> {
    let (records, until) = match engine.ask(|engine| unindexed(engine)).await? {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(Ok(false)),
        Err(error) => return Ok(Err(error)),
    };
    let index = Arc::clone(index);
    let words = blocking(&Handle::current(), move || index.words(records)).await;
    let indexed = engine.ask(move |engine| engine.index_tokens(&words, until)).await?;
    Ok(indexed.map(|()| true))
}

/// Keeps the search words and the counters up with the chain.
async fn index_and_count(
    engine: EngineHandle,
    index: Arc<SearchIndex>,
    counts: NodeCounts,
    stop: CancellationToken,
) {
    let mut committed = engine.committed();
    // A node that starts stands where it stood, whether or not a block comes.
    counts.at_height(engine.newest().borrow().height);
    loop {
        match index_some(&engine, &index).await {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) | Err(EngineGone::Busy) => {}
            Ok(Err(error)) => tracing::error!(%error, "search words are not indexed"),
            Err(EngineGone::Stopped { .. }) => return,
        }
        tokio::select! {
            block = committed.recv() => {
                if let Ok(block) = block {
                    counts.committed(&block);
                }
            }
            () = stop.cancelled() => return,
        }
    }
}
