//! Looks at the node, now and then and whenever somebody asks, and remembers since when what is found is so.
//!
//! A look takes no longer than [`LOOK_MAX`], whatever hangs: what does not answer is a finding.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use carechain_api::{Certificate, CertificateTerm, NodeError};
use carechain_chunks::ChunkStore;
use carechain_crypto::HospitalId;
use carechain_network::NetworkHandle;
use carechain_process::{Clock, Supervisor, blocking};
use carechain_pump::Files;
use carechain_schema::{FindingLine, StatusReport};
use carechain_types::{Genesis, Membership, ReplicaId, Span, Time};
use prometheus_client::registry::Registry;
use tokio::runtime::Handle;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::disk::{self, DiskView};
use super::findings::{findings, undecidable};
use super::gauges::Gauges;
use super::inputs::{Inputs, Member, Reserves};
use super::memory::Memory;
use super::report::{Looked, Reporter, is_ready};
use super::view::EngineView;
use crate::engine_thread::EngineHandle;
use crate::folder_watch::FolderWatch;
use crate::heard::{Awake, BEAT, Heard, Voice};

/// What is looked at.
pub(crate) struct MonitorConfig {
    /// The founding of the ledger, for names.
    pub genesis: Genesis,
    /// Whose node this is.
    pub hospital: HospitalId,
    /// The members now.
    pub membership: Arc<Membership>,
    /// Which of them this node is.
    pub own: ReplicaId,
    /// Where everything is kept.
    pub folders: Arc<FolderWatch>,
    /// Free space below which the node gives things up.
    pub reserves: Reserves,
    /// The consensus thread.
    pub engine: EngineHandle,
    /// The other members' connections.
    pub network: NetworkHandle,
    /// When they were heard.
    pub heard: Heard,
    /// Uploads and copies.
    pub files: Files,
    /// The chunk store.
    pub chunks: Arc<ChunkStore>,
    /// What the HTTP interface shows to clients, if it is encrypted.
    pub certificate: Option<Certificate>,
    /// The node's clock.
    pub clock: Clock,
}

/// Knows how the node is. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Monitor(Arc<Watching>);

struct Watching {
    config: MonitorConfig,
    memory: Mutex<Memory>,
    gauges: Gauges,
    disk: Arc<tokio::sync::Mutex<()>>,
}

/// How long one look may wait for engine and disk: whoever asks waits 3 s for the answer.
const LOOK_MAX: Duration = Duration::from_millis(1_500);
/// What is said of a chunk store whose look takes longer.
const NO_ANSWER: &str = "does not answer: its disk may hang";
/// Between two looks while nobody asks.
const LOOK: Duration = Duration::from_secs(2);

/// Between two looks at who answers while a transaction waits for its commit.
const QUORUM_LOOK: Duration = Duration::from_millis(500);

/// One look, with what it shows.
struct Look {
    inputs: Inputs,
    voices: Vec<Voice>,
    view: Option<EngineView>,
    disk: Option<DiskView>,
    findings: Vec<FindingLine>,
}

impl Monitor {
    /// Looks now and then from now on.
    pub(crate) fn start(config: MonitorConfig, supervisor: &Supervisor, runtime: &Handle) -> Self {
        let watching =
            Watching { config, memory: Mutex::default(), gauges: Gauges::default(), disk: Arc::default() };
        let monitor = Self(Arc::new(watching));
        let looking = monitor.clone();
        supervisor.task(runtime, "status", async move { looking.watch().await });
        let beating = monitor.clone();
        supervisor.task(runtime, "beat", async move { beating.beat().await });
        monitor
    }

    /// Lists the figures for the metrics.
    pub(crate) fn register(&self, registry: &mut Registry) {
        self.0.gauges.register(registry);
    }

    /// How the node is.
    pub(crate) async fn report(&self) -> Result<StatusReport, NodeError> {
        let config = &self.0.config;
        let Look { inputs, voices, view, disk, findings } = self.look().await;
        let Some(view) = view else {
            let reason = "the consensus thread has not answered since the start".to_owned();
            return Err(NodeError::NotReady { reason });
        };
        let storage = disk.map_or_else(disk::unknown, |disk| disk.status);
        let MonitorConfig { genesis, hospital, membership, .. } = config;
        let looked = Looked { inputs: &inputs, voices: &voices, findings, view, storage };
        Ok(Reporter { genesis, hospital, membership }.report(looked))
    }

    /// Why nothing can be decided, if so.
    fn undecidable(&self) -> Option<String> {
        let now = self.0.config.clock.moment();
        let (voices, awake) = self.0.config.heard.voices(now);
        undecidable(&self.inputs(&voices, awake, now.steady)).map(|finding| finding.sentence)
    }

    /// Refuses what needs a decision while nothing can be decided, before anything is admitted.
    pub(crate) fn check_quorum(&self) -> Result<(), NodeError> {
        self.undecidable().map_or(Ok(()), |sentence| Err(NodeError::NoQuorum { sentence }))
    }

    /// Waits until too few hospitals answer; gives the sentence that says so.
    pub(crate) async fn quorum_lost(&self) -> String {
        loop {
            if let Some(sentence) = self.undecidable() {
                return sentence;
            }
            sleep(QUORUM_LOOK).await;
        }
    }

    /// Lets the time at which this node stood still be seen.
    async fn beat(&self) {
        let config = &self.0.config;
        let mut tick = interval(Duration::from_micros(BEAT.as_micros()));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            config.heard.beat(config.clock.moment());
        }
    }

    async fn watch(&self) {
        let mut tick = interval(LOOK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.look().await;
        }
    }

    async fn look(&self) -> Look {
        let config = &self.0.config;
        let asked = config.clock.steady();
        let view = timeout(LOOK_MAX, config.engine.ask(|engine| EngineView::of(engine)));
        let (view, disk) = tokio::join!(view, timeout(LOOK_MAX, self.look_at_disk()));
        let disk = disk.ok();
        let moment = config.clock.moment();
        let now = moment.steady;
        let (voices, awake) = config.heard.voices(moment);
        let mut inputs = self.inputs(&voices, awake, now);
        let mut memory = self.memory();
        let view = memory.note_view(view.ok().and_then(Result::ok), asked, now);
        inputs.replica = view.as_ref().map(|view| view.replica.clone());
        inputs.waiting = view.as_ref().map_or(0, |view| view.waiting);
        (inputs.silent, inputs.standing) = (memory.silent(now), memory.standing(now));
        (inputs.storage, inputs.folder_trouble) = disk.as_ref().map_or_else(
            || (Err(NO_ANSWER.to_owned()), None),
            |disk| (disk.storage.clone(), disk.folder_trouble.clone()),
        );
        let validity = disk.as_ref().and_then(|disk| disk.certificate);
        inputs.certificate = validity.map(|validity| CertificateTerm::at(moment.wall, validity));
        let findings = memory.note_findings(findings(&inputs), moment);
        self.0.gauges.set(&findings, is_ready(&findings));
        Look { inputs, voices, view, disk, findings }
    }

    /// One look at a time, and it keeps its place until it ends: a disk that hangs takes one thread, not one a look.
    async fn look_at_disk(&self) -> DiskView {
        let config = &self.0.config;
        let alone = Arc::clone(&self.0.disk).lock_owned().await;
        let (folders, chunks) = (Arc::clone(&config.folders), Arc::clone(&config.chunks));
        let copies = config.files.copies();
        let certificate = config.certificate.clone();
        blocking(&Handle::current(), move || {
            let _alone = alone;
            DiskView::of(&folders, &chunks, copies, certificate.as_ref())
        })
        .await
    }

    /// What is seen without waiting for anything: the members.
    fn inputs(&self, voices: &[Voice], awake: Awake, now: Time) -> Inputs {
        let config = &self.0.config;
        let (linked, bulk) = (config.network.connected(), config.network.bulk_connected());
        let members = config.membership.members.iter().enumerate().map(|(index, member)| {
            let hospital = config.genesis.hospitals.iter().find(|hospital| hospital.id == member.hospital);
            let voice = voices.get(index).copied().unwrap_or_default();
            Member {
                name: hospital.map(|hospital| hospital.name.as_str().to_owned()).unwrap_or_default(),
                linked: linked.contains(&member.node_key),
                bulk_linked: bulk.contains(&member.node_key),
                heard: voice.last,
                clock_offset: voice.clock_offset(),
                height: voice.head.map(|(head, _)| head.height),
                view: voice.head.map(|(head, _)| head.view),
            }
        });
        Inputs {
            now,
            awake,
            members: members.collect(),
            own: config.own,
            quorum: config.membership.quorum(),
            replica: None,
            silent: None,
            waiting: 0,
            standing: Span::from_micros(0),
            storage: Err(NO_ANSWER.to_owned()),
            folder_trouble: None,
            reserves: config.reserves,
            certificate: None,
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
