//! Completes copies: runs custody's repair machine over the committed abstracts and fetches what this hospital lacks.

mod mending;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use carechain_api::NodeError;
use carechain_chunks::{CorruptChunk, LocalUpload};
use carechain_crypto::{Commitment, EhrId, HospitalId};
use carechain_custody::repair::{HeldFile, Lacking, Repair, RepairInput, RepairOutput};
use carechain_types::{Height, ehr_id};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::ledger_view::{LedgerRecord, News};
use super::limits::{CORRUPT_MAX, SLOW_TICK, SWEEP_BLOCKS, SWEEP_PAUSE, SWEEP_PENDING_MAX};
use super::shared::Shared;
use mending::{Mended, mend};

/// Completes copies until the ledger ends.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut completion = Completion::new(shared);
    completion.run().await;
}

struct Completion {
    shared: Arc<Shared>,
    machine: Repair,
    inputs: VecDeque<RepairInput>,
    /// Records of the files that may be pending.
    records: BTreeMap<Commitment, EhrId>,
    mending: JoinSet<Mended>,
    /// All blocks up to this one were looked through.
    seen: Height,
    /// The newest block there is, as far as is known.
    head: Height,
    /// Corrupt chunks are looked for from then on.
    care_due: Instant,
}

impl Completion {
    fn new(shared: Arc<Shared>) -> Self {
        let candidates = shared.candidates();
        Self {
            machine: Repair::new(shared.hospital, shared.settings.repair),
            inputs: VecDeque::from([RepairInput::Members { candidates }]),
            records: BTreeMap::new(),
            mending: JoinSet::new(),
            seen: Height::ZERO,
            head: Height::ZERO,
            care_due: Instant::now() + shared.settings.care_interval,
            shared,
        }
    }

    async fn run(&mut self) {
        let mut news = self.shared.ledger.news();
        let mut tick = interval(SLOW_TICK.min(self.shared.settings.care_interval));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        if let Ok(head) = self.shared.ledger.head().await {
            self.head = head.height;
        }
        loop {
            self.work().await;
            let behind = self.seen < self.head && self.machine.untried() < SWEEP_PENDING_MAX;
            tokio::select! {
                heard = news.recv() => match heard {
                    Ok(news) => self.take_news(&news),
                    Err(RecvError::Lagged(_)) => {
                        if let Ok(head) = self.shared.ledger.head().await {
                            self.head = self.head.max(head.height);
                        }
                    }
                    Err(RecvError::Closed) => return,
                },
                Some(mended) = self.mending.join_next(), if !self.mending.is_empty() => {
                    self.take_mended(mended);
                }
                () = sleep(SWEEP_PAUSE), if behind => self.sweep().await,
                _ = tick.tick() => {
                    self.inputs.push_back(RepairInput::Tick);
                    if Instant::now() >= self.care_due {
                        self.care_due = Instant::now() + self.shared.settings.care_interval;
                        self.look_for_corrupt().await;
                    }
                }
            }
        }
    }

    /// The next block is taken from the news; after a gap the sweep catches up.
    fn take_news(&mut self, news: &News) {
        self.head = self.head.max(news.height);
        if news.height == self.seen.next() {
            self.seen = news.height;
            self.take_published(&news.published);
        }
    }

    fn take_published(&mut self, records: &[LedgerRecord]) {
        for record in records {
            let file = record.held_file();
            if self.machine.is_mine(&file) {
                self.records.insert(record.commitment, record.ehr_id);
                self.inputs.push_back(RepairInput::Published { file });
            }
        }
    }

    /// Some blocks that were not in the news: all of them after a start.
    async fn sweep(&mut self) {
        for _ in 0..SWEEP_BLOCKS {
            if self.seen >= self.head {
                return;
            }
            let next = self.seen.next();
            let Ok(records) = self.shared.ledger.published(next).await else { return };
            self.take_published(&records);
            self.seen = next;
        }
    }

    async fn work(&mut self) {
        while let Some(input) = self.inputs.pop_front() {
            let mut outputs = Vec::new();
            self.machine.step(self.shared.clock.steady(), input, &mut outputs);
            for output in outputs {
                match output {
                    RepairOutput::Check { file } => {
                        let answer = check(&self.shared, file);
                        if let RepairInput::Held { commitment } = &answer {
                            self.records.remove(commitment);
                        }
                        self.inputs.push_back(answer);
                    }
                    RepairOutput::Fetch { file, lacking, sources } => self.fetch(file, lacking, sources),
                    // After a restart the sweep finds again what is lacking.
                    RepairOutput::Save { .. } | RepairOutput::Forget { .. } => {}
                }
            }
        }
    }

    fn fetch(&mut self, file: HeldFile, lacking: Lacking, sources: Vec<HospitalId>) {
        let commitment = file.commitment;
        match self.records.get(&commitment) {
            Some(record) => {
                self.mending.spawn(mend(Arc::clone(&self.shared), (*record, file), lacking, sources));
            }
            None => self.inputs.push_back(RepairInput::FetchFailed { commitment }),
        }
    }

    fn take_mended(&mut self, mended: Result<Mended, tokio::task::JoinError>) {
        let Ok(Mended { commitment, result }) = mended else { return };
        self.inputs.push_back(match result {
            Ok(()) => {
                self.shared.counts.repairs_done.increment();
                self.records.remove(&commitment);
                RepairInput::Fetched { commitment }
            }
            Err(error) => {
                self.shared.counts.repairs_failed.increment();
                tracing::info!(%error, "a copy could not be completed, it will be tried again");
                RepairInput::FetchFailed { commitment }
            }
        });
    }

    /// Chunks that a read found corrupt, of files that the ledger names.
    async fn look_for_corrupt(&mut self) {
        let mut corrupt = self.shared.store.run(|chunks| chunks.corrupt_chunks(CORRUPT_MAX)).await;
        while let Some(CorruptChunk { local, .. }) = corrupt.first().copied() {
            let (of_file, rest): (Vec<_>, Vec<_>) =
                corrupt.into_iter().partition(|chunk| chunk.local == local);
            corrupt = rest;
            if let Ok(Some(record)) = self.record_of(local).await {
                let file = record.held_file();
                self.records.insert(record.commitment, record.ehr_id);
                let lacking = Lacking::Chunks(of_file.iter().map(|chunk| chunk.index).collect());
                self.inputs.push_back(RepairInput::Lacking { file, lacking });
            }
        }
    }

    async fn record_of(&self, local: LocalUpload) -> Result<Option<LedgerRecord>, NodeError> {
        let Ok(state) = self.shared.store.chunks().state(local) else { return Ok(None) };
        let Some(completion) = state.completion else { return Ok(None) };
        let id = ehr_id(self.shared.chain_id(), &state.opening.author, &completion.commitment);
        self.shared.ledger.record(id).await
    }
}

/// Whether the own store has the file whole.
fn check(shared: &Shared, file: HeldFile) -> RepairInput {
    let commitment: Commitment = file.commitment;
    let Some((local, state)) = shared.store.file(&commitment) else {
        return RepairInput::Lacking { file, lacking: Lacking::File };
    };
    // Erased in between: the next sweep finds it lacking.
    let _ = shared.store.chunks().mark_published(local);
    if state.chunks_missing == 0 {
        return RepairInput::Held { commitment };
    }
    let present = shared.store.chunks().present(local).unwrap_or_default();
    let missing = (0_u32..).zip(present).filter(|(_, has)| !has).map(|(index, _)| index);
    RepairInput::Lacking { file, lacking: Lacking::Chunks(missing.collect()) }
}
