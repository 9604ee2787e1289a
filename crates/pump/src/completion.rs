//! Completes copies: runs custody's repair machine over the committed abstracts and fetches what this hospital lacks.

mod mending;
mod retries;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, PoisonError};

use carechain_api::NodeError;
use carechain_chunks::{CorruptChunk, LocalUpload};
use carechain_crypto::{Commitment, EhrId, HospitalId};
use carechain_custody::repair::{
    BelowPolicy, HeldFile, Lacking, OtherCopies, Repair, RepairInput, RepairOutput, Retry,
};
use carechain_types::{Height, ehr_id};
use mending::{MendError, Mended, mend};
use retries::{Retries, SavedRetry};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::copies::Copies;
use crate::ledger_view::{LedgerRecord, News};
use crate::limits::{SLOW_TICK, SWEEP_BLOCKS, SWEEP_PAUSE, SWEEP_PENDING_MAX};
use crate::shared::Shared;

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
    /// Corrupt chunks are looked for, and what changed is written, from then on.
    care_due: Instant,
    /// The corrupt chunk that was looked at last: the next round goes on behind it, so that those nobody gives do not
    /// hide the others.
    corrupt_after: Option<CorruptChunk>,
    retries: Retries,
    /// Files were dropped for want of room: once there is some, all blocks are looked through again.
    dropped: bool,
}

impl Completion {
    fn new(shared: Arc<Shared>) -> Self {
        let candidates = shared.candidates();
        let retries = Retries::read(&shared.kept_folder);
        let mut inputs = VecDeque::from([RepairInput::Members { candidates }]);
        inputs.extend(
            retries.all().map(|saved| RepairInput::Restored { file: saved.file(), retry: saved.retry() }),
        );
        shared.counts.repairs_restored.add(inputs.len() as u64 - 1);
        Self {
            machine: Repair::new(shared.hospital, shared.settings.repair),
            inputs,
            records: retries.all().map(|saved| (saved.file().commitment, saved.record())).collect(),
            corrupt_after: None,
            retries,
            dropped: false,
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
            self.find_dropped_again();
            let behind = self.has_more_to_sweep();
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
                    self.show_copies();
                    if Instant::now() >= self.care_due {
                        self.care_due = Instant::now() + self.shared.settings.care_interval;
                        self.look_for_corrupt().await;
                        self.write_retries().await;
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

    /// Whether there are blocks to look through, and room for what is found: most of it is here and only has to be looked
    /// at, and must not drive out what is not.
    fn has_more_to_sweep(&self) -> bool {
        let untried_max = SWEEP_PENDING_MAX.min(self.shared.settings.repair.pending_max / 2).max(1);
        self.seen < self.head && self.machine.untried() + self.inputs.len() < untried_max
    }

    /// Some blocks that were not in the news: all of them after a start.
    async fn sweep(&mut self) {
        for _ in 0..SWEEP_BLOCKS {
            if !self.has_more_to_sweep() {
                return;
            }
            let next = self.seen.next();
            let Ok(records) = self.shared.ledger.published(next).await else { return };
            self.take_published(&records);
            self.seen = next;
        }
    }

    /// Looks through the ledger from its beginning once more, when what was dropped finds room.
    fn find_dropped_again(&mut self) {
        if self.seen >= self.head && self.machine.has_room() && core::mem::take(&mut self.dropped) {
            self.seen = Height::ZERO;
        }
    }

    fn drop_file(&mut self, commitment: &Commitment) {
        let record = self.records.remove(commitment);
        self.dropped = true;
        let count = self.shared.counts.repairs_dropped.count_up();
        if count.is_power_of_two() {
            let record = record.map(|record| record.to_string()).unwrap_or_default();
            tracing::warn!(
                record,
                count,
                "too many files are not whole here: this one is left aside, and looked for again once half of them are"
            );
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
                    RepairOutput::Save { file, retry } => self.save(file, retry),
                    RepairOutput::Forget { commitment } => self.retries.forget(&commitment),
                    RepairOutput::Dropped { commitment } => self.drop_file(&commitment),
                }
            }
        }
    }

    fn save(&mut self, file: HeldFile, retry: Retry) {
        // A file without a record cannot be fetched: the sweep finds it again.
        if let Some(record) = self.records.get(&file.commitment) {
            self.retries.save(SavedRetry::new(*record, file, retry));
        }
    }

    async fn write_retries(&mut self) {
        let Some(write) = self.retries.take_changed() else { return };
        if let Err(error) = self.shared.store.run(move |_| write()).await {
            tracing::warn!(%error, "failures of repair are not kept: a restart tries all of them at once");
        }
    }

    /// What the status shows of the copies that this node must hold.
    fn show_copies(&self) {
        let BelowPolicy { files, lost, since } = self.machine.below_policy();
        // What was left aside is in no count.
        let seen = if self.dropped { Height::ZERO } else { self.seen };
        let copies = Copies { below_policy: files, lost, since, seen, head: self.head };
        self.shared.counts.below_policy.set(files);
        self.shared.counts.lost.set(lost);
        *self.shared.copies.lock().unwrap_or_else(PoisonError::into_inner) = copies;
    }

    fn fetch(&mut self, file: HeldFile, lacking: Lacking, sources: Vec<HospitalId>) {
        let commitment = file.commitment;
        match self.records.get(&commitment) {
            Some(record) => {
                self.mending.spawn(mend(Arc::clone(&self.shared), (*record, file), lacking, sources));
            }
            None => {
                let others = OtherCopies::Unknown;
                self.inputs.push_back(RepairInput::FetchFailed { commitment, others });
            }
        }
    }

    fn take_mended(&mut self, mended: Result<Mended, tokio::task::JoinError>) {
        let Ok(Mended { commitment, result }) = mended else { return };
        let record = self.records.get(&commitment).copied();
        self.inputs.push_back(match result {
            Ok(()) => {
                self.shared.counts.repairs_done.increment();
                self.records.remove(&commitment);
                RepairInput::Fetched { commitment }
            }
            Err(error) => {
                self.shared.counts.repairs_failed.increment();
                let record = record.map(|record| record.to_string()).unwrap_or_default();
                let others = error.others();
                say_failed(&record, &commitment, &error);
                RepairInput::FetchFailed { commitment, others }
            }
        });
    }

    /// Chunks that a read found corrupt, of files that the ledger names.
    async fn look_for_corrupt(&mut self) {
        let (after, count_max) = (self.corrupt_after, self.shared.settings.corrupt_max);
        let mut corrupt = self.shared.store.run(move |chunks| chunks.corrupt_chunks(after, count_max)).await;
        // From the beginning once the last is reached.
        self.corrupt_after = corrupt.last().filter(|_| corrupt.len() == count_max).copied();
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

/// A file that may be lost for good is no warning among others.
fn say_failed(record: &str, commitment: &Commitment, error: &MendError) {
    let commitment = commitment.to_hex();
    match error.others() {
        OtherCopies::NoneLeft => tracing::error!(
            record,
            commitment,
            "a file that this node must hold is not whole here: {error}; it is asked for again, less and less often"
        ),
        OtherCopies::Unknown => tracing::warn!(
            record,
            commitment,
            "a file that this node must hold is not whole here and could not be mended: {error}; it is tried again, \
             less and less often"
        ),
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
