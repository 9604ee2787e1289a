//! Hospitals with a store, a network and a byte pump each.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use carechain_chunks::{ChunkStore, Disk, LocalUpload, Medium, StoreError, StoreLimits};
use carechain_crypto::{Commitment, Digest, HospitalId, Secret, SigningKeyPair};
use carechain_custody::{candidates, ranking};
use carechain_network::{Identity, Limits, Network, NetworkConfig, NetworkHandle, Peer, Runtimes};
use carechain_process::{Clock, Supervisor};
use carechain_types::{
    BoundedString, Endpoints, EntryId, Epoch, Member, Membership, NonEmptyVec, RememberedEd25519, SealingKey,
    Span, Time, Verifier,
};
use futures::StreamExt as _;
use tokio::runtime::{Handle, Runtime};

use super::client::Client;
use super::ledger::{CHAIN, FakeLedger};
use crate::counts::FilesCounts;
use crate::{Files, FilesSettings, PumpConfig};

/// Far beyond anything a working pump needs, so that only a broken one meets it.
pub(super) const DEADLINE: Duration = Duration::from_secs(60);
pub(super) const MEBIBYTE: usize = 1 << 20;

pub(super) struct Hospital {
    pub(super) id: HospitalId,
    pub(super) chunks: Arc<ChunkStore>,
    pub(super) network: NetworkHandle,
    pub(super) files: Files,
}

pub(super) struct World {
    pub(super) hospitals: Vec<Option<Hospital>>,
    pub(super) ledger: Arc<FakeLedger>,
    pub(super) clock: Clock,
    membership: Arc<Membership>,
    settings: FilesSettings,
    disks: Vec<Arc<FailingDisk>>,
    folder: tempfile::TempDir,
}

/// A disk that refuses to sync when it is told to.
#[derive(Default)]
struct FailingDisk {
    fails: AtomicBool,
}

impl Medium for FailingDisk {
    fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> std::io::Result<()> {
        Disk.write_all_at(file, bytes, offset)
    }

    fn sync(&self, file: &File) -> std::io::Result<()> {
        const INPUT_OUTPUT_ERROR: i32 = 5;
        if self.fails.load(Ordering::Relaxed) {
            return Err(std::io::Error::from_raw_os_error(INPUT_OUTPUT_ERROR));
        }
        Disk.sync(file)
    }
}

fn key(index: usize) -> SigningKeyPair {
    SigningKeyPair::from_seed(&Secret::new([u8::try_from(index).unwrap() + 1; 32]))
}

fn id(index: usize) -> HospitalId {
    HospitalId::new([u8::try_from(index).unwrap() + 1; 20])
}

fn membership(count: usize) -> Membership {
    let nowhere = || BoundedString::new("127.0.0.1:1").unwrap();
    let sealing_key = SealingKey::x25519(carechain_crypto::SealingPublicKey::new([1; 32]));
    let members = (0..count).map(|index| Member {
        hospital: id(index),
        weight: 1,
        node_key: key(index).public(),
        sealing_key: sealing_key.clone(),
        endpoints: Endpoints { votes: nowhere(), bulk: nowhere() },
    });
    let members = NonEmptyVec::new(members.collect()).unwrap();
    Membership { epoch: Epoch::ZERO, protocol: 1, index_key: sealing_key.clone(), members }
}

/// Everything is looked at often, so that no test waits.
pub(super) fn settings() -> FilesSettings {
    let mut settings = FilesSettings::new(2, 3);
    settings.tick = Duration::from_millis(10);
    settings.care_interval = Duration::from_millis(50);
    settings.repair.grace = Span::from_millis(50);
    // A first fetch may come before the links stand: the next one must not wait for as long as a test may take.
    settings.repair.retry_min = Span::from_millis(100);
    settings.recovery_tick = Duration::from_millis(50);
    settings
}

pub(super) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

impl World {
    /// So many linked hospitals.
    pub(super) async fn start(count: usize) -> Self {
        Self::start_with(count, settings()).await
    }

    /// As [`World::start`], with settings of its own.
    pub(super) async fn start_with(count: usize, settings: FilesSettings) -> Self {
        let clock = Clock::start();
        let mut world = Self {
            hospitals: (0..count).map(|_| None).collect(),
            ledger: Arc::new(FakeLedger::new(clock.wall())),
            clock,
            membership: Arc::new(membership(count)),
            settings,
            disks: (0..count).map(|_| Arc::default()).collect(),
            folder: tempfile::tempdir().unwrap(),
        };
        for index in 0..count {
            world.begin(index).await;
        }
        world.link().await;
        world
    }

    pub(super) fn folder(&self, index: usize) -> PathBuf {
        self.folder.path().join(index.to_string())
    }

    /// Where a hospital's pump keeps small files.
    pub(super) fn custody_folder(&self, index: usize) -> PathBuf {
        self.folder.path().join(format!("{index}-custody"))
    }

    async fn begin(&mut self, index: usize) {
        let any_port: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let config = NetworkConfig {
            identity: Identity::from_seed(key(index).seed().expose()),
            chain_id: CHAIN,
            cluster_digest: Digest::new([2; 32]),
            epoch: 0,
            listen_votes: any_port,
            listen_bulk: any_port,
            peers: Vec::new(),
            jitter_seed: index as u64,
            limits: Limits::default(),
        };
        let network = Network::start(config, &Runtimes::shared(Handle::current())).await.unwrap();
        let chunks = Arc::new(self.open_store(index).await);
        let files = Files::start(PumpConfig {
            chunks: Arc::clone(&chunks),
            network: network.handle.clone(),
            incoming: network.incoming_bulk,
            ledger: self.ledger.clone(),
            signer: Arc::new(key(index)),
            hospital: id(index),
            membership: Arc::clone(&self.membership),
            verifier: Verifier::new(RememberedEd25519::default(), CHAIN),
            clock: self.clock,
            kept_folder: self.custody_folder(index),
            settings: self.settings,
            runtime: Handle::current(),
            supervisor: Supervisor::default(),
        });
        self.hospitals[index] = Some(Hospital { id: id(index), chunks, network: network.handle, files });
    }

    /// Tasks of a pump that ended may hold its store for a moment.
    pub(super) async fn open_store(&self, index: usize) -> ChunkStore {
        let limits = StoreLimits { free_permille_min: 0, ..StoreLimits::default() };
        let deadline = Instant::now() + DEADLINE;
        loop {
            let disk = Arc::<FailingDisk>::clone(&self.disks[index]);
            match ChunkStore::open_on(&self.folder(index), (CHAIN, id(index)), limits, disk) {
                Ok((store, _)) => return store,
                Err(StoreError::InUse) if Instant::now() < deadline => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn link(&self) {
        let present: Vec<_> = self.hospitals.iter().flatten().collect();
        let peers: Vec<_> = present
            .iter()
            .map(|hospital| Peer {
                key: hospital.network.key(),
                votes: hospital.network.votes_address().to_string(),
                bulk: hospital.network.bulk_address().to_string(),
            })
            .collect();
        for hospital in &present {
            hospital.network.set_peers(&peers).unwrap();
        }
        for one in &present {
            for other in &present {
                if one.id != other.id {
                    one.network.bulk_ready(other.network.key()).await.unwrap();
                }
            }
        }
    }

    /// Ends a hospital's node.
    pub(super) async fn stop(&mut self, index: usize) {
        let hospital = self.hospitals[index].take().unwrap();
        hospital.network.shut_down().await;
    }

    /// Starts a hospital's node that was stopped.
    pub(super) async fn begin_again(&mut self, index: usize) {
        self.begin(index).await;
        self.link().await;
    }

    pub(super) async fn restart(&mut self, index: usize) {
        self.stop(index).await;
        self.begin_again(index).await;
    }

    pub(super) fn at(&self, index: usize) -> &Hospital {
        self.hospitals[index].as_ref().unwrap()
    }

    pub(super) fn files(&self, index: usize) -> &Files {
        &self.at(index).files
    }

    pub(super) fn counts(&self, index: usize) -> FilesCounts {
        self.files(index).counts()
    }

    pub(super) fn client(&self, index: usize, seed: u8, length: usize) -> Client {
        Client::new(id(index), seed, length, self.clock.wall().after(Span::HOUR))
    }

    /// Indexes of all hospitals in the order of placement.
    pub(super) fn ranking(&self, client: &Client) -> Vec<usize> {
        let open = &client.open;
        let ranked = ranking(&open.upload_id, &open.publishing_hospital, &candidates(&self.membership));
        ranked.iter().map(|hospital| usize::from(hospital.get()[0]) - 1).collect()
    }

    pub(super) fn holds(&self, index: usize, commitment: &Commitment) -> Option<LocalUpload> {
        self.at(index).chunks.find(commitment)
    }

    pub(super) fn publish(&self, client: &Client) {
        self.ledger.block(self.clock.wall(), vec![client.record()]);
    }

    /// Reads through a gateway; the pieces until the end or the error.
    pub(super) async fn read(
        &self,
        client: &Client,
        gateway: usize,
        range: carechain_types::ByteRange,
    ) -> Result<Vec<u8>, carechain_api::NodeError> {
        let now = self.clock.wall();
        let signed = client.read_request(id(gateway), range, now);
        let entry: EntryId = self.ledger.allow(&signed.request, now);
        let mut stream = self.files(gateway).read(entry, signed).await?;
        let mut bytes = Vec::new();
        while let Some(piece) = stream.next().await {
            bytes.extend_from_slice(&piece?);
        }
        Ok(bytes)
    }

    /// From now on no sync succeeds on a hospital's disk, or each does again.
    pub(super) fn fail_syncs(&self, index: usize, fails: bool) {
        self.disks[index].fails.store(fails, Ordering::Relaxed);
    }

    /// Flips a bit of a chunk on the disk of a hospital.
    pub(super) fn corrupt(&self, index: usize, chunk: &[u8]) {
        for file in std::fs::read_dir(self.folder(index)).unwrap() {
            let path = file.unwrap().path();
            let Ok(mut bytes) = std::fs::read(&path) else { continue };
            let found = bytes.windows(64).position(|window| *window == chunk[..64]);
            if let Some(position) = found {
                bytes[position] ^= 1;
                let file = File::options().write(true).open(&path).unwrap();
                std::os::unix::fs::FileExt::write_all_at(&file, &bytes[position..=position], position as u64)
                    .unwrap();
                return;
            }
        }
        panic!("the chunk is in no pack");
    }

    pub(super) fn later(&self) -> Time {
        self.clock.wall().after(Span::HOUR).after(Span::HOUR)
    }
}

/// Waits for what other tasks will have done.
#[track_caller]
pub(super) fn eventually<'a>(
    what: &'a str,
    mut holds: impl FnMut() -> bool + 'a,
) -> impl Future<Output = ()> + 'a {
    let deadline = Instant::now() + DEADLINE;
    async move {
        while !holds() {
            assert!(Instant::now() < deadline, "deadline: {what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
