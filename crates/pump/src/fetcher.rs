//! Fetches chunks of one file from several holders at once: runs custody's machine over links.

use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use carechain_crypto::{HospitalId, ManifestError};
use carechain_custody::FileShape;
use carechain_custody::fetch::{
    DropReason, Fetch, FetchError, FetchInput, FetchOutput, FetchPlan, FetchSettings,
};
use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::answers::{Answers, Lacks};
use crate::fetch_link::{Claim, FetchEvent, FetchLink, Fetched, KnownFile, OpenLink, open};
use crate::ledger_view::LedgerRecord;
use crate::limits::{EVENTS_MAX, FETCH_ROUNDS_MAX};
use crate::link_error::LinkError;
use crate::message::RefusalCode;
use crate::shared::Shared;

/// Why not all chunks came.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum FetchFailed {
    /// No holder delivers.
    #[error("{0}")]
    NoHolder(Answers),
    /// Nobody takes the chunks any more.
    #[error("the taker is gone")]
    TakerGone,
    /// Not of the file.
    #[error(transparent)]
    Plan(#[from] FetchError),
    /// No file has the length that the ledger says.
    #[error(transparent)]
    Length(#[from] ManifestError),
}

/// An opening under way.
type Opening = BoxFuture<'static, (HospitalId, Result<OpenLink, LinkError>)>;

/// A chunk on its way to the taker.
pub(super) type Delivered = (u32, Bytes);

/// Fetches chunks of one file.
pub(super) struct Fetcher {
    shared: Arc<Shared>,
    record: LedgerRecord,
    claim: Claim,
    settings: FetchSettings,
    /// All that may have the file, likeliest first.
    sources: Vec<HospitalId>,
    /// Those not tried in this round.
    untried: VecDeque<HospitalId>,
    /// Said something wrong: never asked again here.
    wrong: BTreeSet<HospitalId>,
    lacks: Lacks,
    opening: FuturesUnordered<Opening>,
    links: BTreeMap<HospitalId, FetchLink>,
    links_begun: u64,
    /// Holders at work at once.
    links_max: usize,
    file: Option<KnownFile>,
    events: mpsc::Sender<FetchEvent>,
    arriving: mpsc::Receiver<FetchEvent>,
}

impl Fetcher {
    /// With what is known of the file already, if anything is.
    pub(super) fn new(
        shared: &Arc<Shared>,
        record: LedgerRecord,
        claim: Claim,
        sources: Vec<HospitalId>,
        file: Option<KnownFile>,
    ) -> Self {
        let (events, arriving) = mpsc::channel(EVENTS_MAX);
        Self {
            shared: Arc::clone(shared),
            record,
            claim,
            settings: shared.settings.fetch,
            untried: sources.iter().copied().collect(),
            sources,
            wrong: BTreeSet::new(),
            lacks: Lacks::default(),
            opening: FuturesUnordered::new(),
            links: BTreeMap::new(),
            links_begun: 0,
            links_max: shared.settings.copies.max(1),
            file,
            events,
            arriving,
        }
    }

    /// How far ahead of the taker to fetch.
    pub(super) const fn set_ahead(&mut self, ahead_bytes: u64) {
        self.settings.ahead_bytes = ahead_bytes;
    }

    /// From how many holders at once, at most as many as there are copies.
    pub(super) fn set_links(&mut self, links_max: usize) {
        self.links_max = links_max.clamp(1, self.shared.settings.copies.max(1));
    }

    /// The file, once a holder has described it.
    pub(super) const fn file(&self) -> Option<&KnownFile> {
        self.file.as_ref()
    }

    /// Waits until one holder is there that describes the file as the ledger does.
    pub(super) async fn ready(&mut self) -> Result<(), FetchFailed> {
        self.ready_for(None).await
    }

    async fn ready_for(&mut self, next: Option<u32>) -> Result<(), FetchFailed> {
        while self.links.is_empty() {
            self.open_more();
            match self.opening.next().await {
                Some((holder, opened)) => drop(self.opened(holder, opened)),
                None => return Err(self.nobody(next)),
            }
        }
        Ok(())
    }

    /// Nobody delivers the next chunk, or describes the file.
    pub(super) fn nobody(&self, next: Option<u32>) -> FetchFailed {
        let holders = self.sources.iter().filter(|source| **source != self.shared.hospital);
        FetchFailed::NoHolder(Answers::of(holders, &self.lacks, &self.wrong, next))
    }

    /// Brings the chunks in order.
    pub(super) async fn run(
        &mut self,
        chunks: Range<u32>,
        taker: &mpsc::Sender<Delivered>,
    ) -> Result<(), FetchFailed> {
        let shape = FileShape::new(self.record.length)?;
        let Range { start: mut next, end } = chunks;
        let mut rounds = 1;
        loop {
            self.ready_for(Some(next)).await?;
            let holders = self.sources.iter().filter(|source| self.links.contains_key(source));
            let plan = FetchPlan { shape, chunks: next..end, holders: holders.copied().collect() };
            let machine = Fetch::new(plan, self.settings, self.shared.clock.steady())?;
            let mut round = Round::new(machine, next);
            let ended = self.round(&mut round, taker).await;
            self.shared.counts.chunks_hedged.add(round.machine.counts().hedged);
            next = round.next;
            match ended {
                Ok(()) => return Ok(()),
                Err(FetchFailed::NoHolder(_)) if rounds < FETCH_ROUNDS_MAX => {}
                Err(error) => return Err(error),
            }
            // Somebody who was restarted, or too busy, may be there again.
            sleep(self.shared.settings.tick * rounds).await;
            rounds += 1;
            self.untried = self.sources.iter().copied().collect();
        }
    }

    async fn round(&mut self, round: &mut Round, taker: &mpsc::Sender<Delivered>) -> Result<(), FetchFailed> {
        let mut tick = interval(self.shared.settings.tick);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.step(round, FetchInput::Start);
        loop {
            if round.ready.is_empty()
                && let Some(ended) = round.ended
            {
                return ended;
            }
            self.open_more();
            let input = tokio::select! {
                place = taker.reserve(), if !round.ready.is_empty() => {
                    let place = place.map_err(|_| FetchFailed::TakerGone)?;
                    let Some((index, bytes)) = round.ready.pop_front() else { continue };
                    place.send((index, bytes));
                    FetchInput::Taken { index }
                }
                Some(event) = self.arriving.recv() => match self.arrived(round, event) {
                    Some(input) => input,
                    None => continue,
                },
                Some((holder, opened)) = self.opening.next(), if !self.opening.is_empty() => {
                    if !self.opened(holder, opened) {
                        continue;
                    }
                    FetchInput::HolderJoined { holder }
                }
                _ = tick.tick() => FetchInput::Tick,
            };
            self.step(round, input);
        }
    }

    /// As many at a time as there may be links.
    fn open_more(&mut self) {
        while self.links.len() + self.opening.len() < self.links_max
            && let Some(holder) = self.untried.pop_front()
        {
            if holder == self.shared.hospital
                || self.wrong.contains(&holder)
                || self.links.contains_key(&holder)
            {
                continue;
            }
            let (shared, record, claim) = (Arc::clone(&self.shared), self.record, self.claim.clone());
            let known = self.file.clone();
            let opening = async move { (holder, open(shared, holder, record, claim, known).await) };
            self.opening.push(Box::pin(opening));
        }
    }

    /// Whether a link stands now.
    fn opened(&mut self, holder: HospitalId, opened: Result<OpenLink, LinkError>) -> bool {
        match opened {
            Ok(link) => {
                self.lacks.described(&holder);
                let manifest = Arc::clone(&self.file.get_or_insert_with(|| link.file.clone()).manifest);
                self.links_begun += 1;
                let events = self.events.clone();
                let link = FetchLink::start(link, manifest, (holder, self.links_begun), events);
                self.links.insert(holder, link);
                true
            }
            Err(error) => {
                tracing::debug!(%holder, %error, "a holder gives nothing");
                if matches!(error, LinkError::Refused(RefusalCode::NotHeld)) {
                    self.lacks.file(holder);
                }
                if error.is_wrong() {
                    self.shared.counts.chunks_wrong.increment();
                    self.wrong.insert(holder);
                }
                false
            }
        }
    }

    fn arrived(&mut self, round: &mut Round, event: FetchEvent) -> Option<FetchInput> {
        let FetchEvent { holder, link, what } = event;
        // What a link of before still had to say.
        if self.links.get(&holder).is_none_or(|at_work| at_work.number != link) {
            return None;
        }
        Some(match what {
            Fetched::Chunk { index, bytes, verdict } => {
                self.shared.counts.chunks_fetched.increment();
                round.arrived = Some((index, bytes));
                FetchInput::Chunk { holder, index, verdict }
            }
            Fetched::Failed { absent } => {
                if let Some(index) = absent {
                    self.lacks.chunk(holder, index);
                }
                FetchInput::HolderFailed { holder }
            }
        })
    }

    fn step(&mut self, round: &mut Round, input: FetchInput) {
        let mut outputs = Vec::new();
        round.machine.step(self.shared.clock.steady(), input, &mut outputs);
        if outputs.iter().any(|output| matches!(output, FetchOutput::Discard { .. })) {
            round.arrived = None;
        }
        if let Some((index, bytes)) = round.arrived.take() {
            round.waiting.insert(index, bytes);
        }
        for output in outputs {
            self.perform(round, output);
        }
    }

    fn perform(&mut self, round: &mut Round, output: FetchOutput) {
        match output {
            FetchOutput::Request { holder, chunks } => {
                if let Some(link) = self.links.get(&holder) {
                    link.ask(&chunks);
                }
            }
            FetchOutput::Cancel { holder, index } => {
                if let Some(link) = self.links.get(&holder) {
                    link.cancel(index);
                }
            }
            FetchOutput::Deliver { index } => {
                if let Some(bytes) = round.waiting.remove(&index) {
                    round.ready.push_back((index, bytes));
                }
                round.next = index + 1;
            }
            FetchOutput::Discard { .. } => {}
            FetchOutput::Drop { holder, reason } => {
                self.links.remove(&holder);
                tracing::debug!(%holder, ?reason, "a holder was dropped");
                if reason == DropReason::Wrong {
                    self.shared.counts.chunks_wrong.increment();
                    self.wrong.insert(holder);
                }
            }
            FetchOutput::Done => round.ended = Some(Ok(())),
            FetchOutput::Failed { error } => {
                tracing::debug!(%error, "a fetch goes on with others");
                round.ended = Some(Err(self.nobody(Some(round.next))));
            }
        }
    }
}

/// One machine from its start to its end.
struct Round {
    machine: Fetch,
    /// The chunk that arrived just now, until the machine says what it is worth.
    arrived: Option<Delivered>,
    /// Arrived and not yet to be delivered.
    waiting: BTreeMap<u32, Bytes>,
    /// To be delivered as soon as the taker has room.
    ready: VecDeque<Delivered>,
    /// The first chunk not to be delivered yet.
    next: u32,
    ended: Option<Result<(), FetchFailed>>,
}

impl Round {
    const fn new(machine: Fetch, next: u32) -> Self {
        Self { machine, arrived: None, waiting: BTreeMap::new(), ready: VecDeque::new(), next, ended: None }
    }
}
