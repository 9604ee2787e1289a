//! The task of one upload.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use carechain_chunks::{LocalUpload, StoreError};
use carechain_crypto::HospitalId;
use carechain_custody::upload::{Upload, UploadInput, UploadOutput, UploadPhase, UploadPlan};
use carechain_custody::{FileShape, ranking};
use carechain_process::brief;
use carechain_types::{Receipt, SignedUploadOpen, ehr_id};
use tokio::runtime::Handle;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{Completed, Progress, Session, Told};
use crate::ledger_view::{LedgerRecord, News};
use crate::limits::{CLIENT_IDLE_MAX, EVENTS_MAX, ORDERS_MAX, SLOW_TICK};
use crate::opening::opening_of;
use crate::push_link::{Heard, LinkEvent, PushLink, PushOrder};
use crate::receipt::{expectation, sign_receipt};
use crate::shared::Shared;

/// The machine with everything it needs to act.
pub(super) struct Task {
    shared: Arc<Shared>,
    open: SignedUploadOpen,
    local: LocalUpload,
    machine: Upload,
    inputs: VecDeque<UploadInput>,
    links: BTreeMap<HospitalId, PushLink>,
    links_begun: u64,
    events: mpsc::Sender<LinkEvent>,
    arriving: Option<mpsc::Receiver<LinkEvent>>,
    progress: watch::Sender<Progress>,
    completed: Option<Completed>,
    client_heard: Instant,
}

impl Task {
    pub(super) fn new(
        shared: Arc<Shared>,
        open: SignedUploadOpen,
        local: LocalUpload,
    ) -> Result<Self, StoreError> {
        let opening = opening_of(&open.open);
        let present = shared.store.chunks().present(local)?;
        let shape = FileShape::new(opening.length).expect("the store has begun a file of this length");
        let plan = UploadPlan {
            shape,
            ranking: ranking(&opening.upload, &opening.publishing_hospital, &shared.candidates()),
            receipts_required: shared.settings.receipts_required,
            expiry: opening.expiry,
        };
        let machine = Upload::new(plan, shared.settings.upload, shared.clock.steady());
        let (events, arriving) = mpsc::channel(EVENTS_MAX);
        Ok(Self {
            shared,
            open,
            local,
            machine,
            inputs: VecDeque::from([UploadInput::Start { present }]),
            links: BTreeMap::new(),
            links_begun: 0,
            events,
            arriving: Some(arriving),
            progress: watch::Sender::new(Progress::Receiving),
            completed: None,
            client_heard: Instant::now(),
        })
    }

    pub(super) fn start(self, runtime: &Handle) -> Session {
        let (told, orders) = mpsc::channel(ORDERS_MAX);
        let (open, local, progress) = (self.open, self.local, self.progress.subscribe());
        let task = brief(runtime, self.run(orders)).abort_handle();
        Session { open, local, told, progress, task }
    }

    async fn run(mut self, mut orders: mpsc::Receiver<Told>) {
        let mut arriving = self.arriving.take().expect("taken once");
        let mut news = self.shared.ledger.news();
        let mut tick = interval(self.shared.settings.tick);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.work().await;
        while self.machine.phase() != UploadPhase::Ended && !self.is_abandoned() {
            tokio::select! {
                told = orders.recv() => match told {
                    Some(told) => self.take_told(told),
                    None => return,
                },
                Some(event) = arriving.recv() => self.take_event(event),
                heard = news.recv() => {
                    if !self.take_news(heard).await {
                        return;
                    }
                }
                _ = tick.tick() => {
                    self.inputs.push_back(UploadInput::Tick);
                    if self.links.is_empty() && self.machine.phase() >= UploadPhase::Receipted {
                        tick.reset_after(SLOW_TICK);
                    }
                }
            }
            self.work().await;
        }
        self.shared.recent.forget(self.local);
    }

    /// The client went away in the middle: its streams are of better use to others.
    fn is_abandoned(&self) -> bool {
        self.machine.phase() == UploadPhase::Receiving && self.client_heard.elapsed() > CLIENT_IDLE_MAX
    }

    fn take_told(&mut self, told: Told) {
        self.client_heard = Instant::now();
        match told {
            Told::Stored { index } => self.inputs.push_back(UploadInput::ChunkStored { index }),
            Told::Completed(_) if self.completed.is_some() => {}
            Told::Completed(completed) => {
                let completion = completed.completion;
                self.completed = Some(*completed);
                self.progress.send_if_modified(|progress| {
                    let first = *progress == Progress::Receiving;
                    if first {
                        *progress = Progress::Copying;
                    }
                    first
                });
                let expectation =
                    Box::new(expectation(&self.shared, &opening_of(&self.open.open), &completion));
                self.inputs.push_back(UploadInput::Completed { expectation });
            }
        }
    }

    fn take_event(&mut self, event: LinkEvent) {
        let holder = event.holder;
        // What a link of before still had to say.
        if self.links.get(&holder).is_none_or(|link| link.number != event.link) {
            return;
        }
        let input = match event.what {
            Heard::Opened { present } => UploadInput::HolderOpened { holder, present },
            Heard::Stored { index } => UploadInput::ChunkAcknowledged { holder, index },
            Heard::Receipt { receipt } => {
                self.links.remove(&holder);
                UploadInput::ReceiptArrived { receipt }
            }
            Heard::Failed => {
                self.links.remove(&holder);
                UploadInput::HolderFailed { holder }
            }
        };
        self.inputs.push_back(input);
    }

    /// Gives false once the ledger has ended.
    async fn take_news(&mut self, heard: Result<Arc<News>, RecvError>) -> bool {
        let Some(Completed { completion, .. }) = self.completed else {
            match heard {
                Ok(news) => self.inputs.push_back(UploadInput::Head { time: news.time }),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return false,
            }
            return true;
        };
        let (published, time) = match heard {
            Ok(news) => {
                let own = |record: &LedgerRecord| {
                    record.commitment == completion.commitment && record.author == self.open.open.author
                };
                (news.published.iter().any(own), news.time)
            }
            Err(RecvError::Lagged(_)) => {
                let id = ehr_id(self.shared.chain_id(), &self.open.open.author, &completion.commitment);
                // The head first: what it holds, the record shows.
                let Ok(head) = self.shared.ledger.head().await else { return true };
                let Ok(record) = self.shared.ledger.record(id).await else { return true };
                (record.is_some(), head.time)
            }
            Err(RecvError::Closed) => return false,
        };
        if published {
            self.inputs.push_back(UploadInput::Published);
        }
        self.inputs.push_back(UploadInput::Head { time });
        true
    }

    /// Steps the machine until it has nothing more to do.
    async fn work(&mut self) {
        while let Some(input) = self.inputs.pop_front() {
            let mut outputs = Vec::new();
            self.machine.step(self.shared.clock.steady(), input, &mut outputs);
            for output in outputs {
                self.perform(output).await;
            }
        }
    }

    async fn perform(&mut self, output: UploadOutput) {
        match output {
            UploadOutput::Open { holder } => self.open_link(holder),
            UploadOutput::Send { holder, index } => self.order(&holder, PushOrder::Send { index }),
            UploadOutput::Complete { holder } => {
                if let Some(Completed { push, .. }) = self.completed {
                    self.order(&holder, PushOrder::Complete(push));
                }
            }
            UploadOutput::SignOwn => self.sign_own(),
            UploadOutput::GiveUp { holder } => {
                self.links.remove(&holder);
                self.shared.counts.holders_replaced.increment();
                tracing::warn!(%holder, "a holder failed too often: the next in rank takes its place");
            }
            UploadOutput::RefusedReceipt { holder, reason } => {
                self.shared.counts.receipts_refused.increment();
                tracing::warn!(%holder, %reason, "a receipt does not count");
            }
            UploadOutput::Receipts { receipts } => self.receipted(receipts),
            UploadOutput::AllCopies => self.shared.counts.uploads_copied.increment(),
            UploadOutput::Expired => {
                self.links.clear();
                self.progress.send_replace(Progress::Collected);
                self.shared.counts.collected.increment();
                if let Err(error) = self.shared.store.erase(self.local).await {
                    tracing::warn!(%error, "an expired upload was not erased, collection will");
                }
            }
        }
    }

    fn open_link(&mut self, holder: HospitalId) {
        self.links_begun += 1;
        let Some(key) = self.shared.node_key(&holder) else {
            self.inputs.push_back(UploadInput::HolderFailed { holder });
            return;
        };
        let link = PushLink::start(
            &self.shared,
            (holder, key, self.links_begun),
            (self.open, self.local),
            self.events.clone(),
        );
        self.links.insert(holder, link);
    }

    fn order(&mut self, holder: &HospitalId, order: PushOrder) {
        if let Some(link) = self.links.get(holder) {
            link.order(order);
        }
    }

    fn sign_own(&mut self) {
        let Some(Completed { completion, .. }) = self.completed else { return };
        let receipt = sign_receipt(&self.shared, &opening_of(&self.open.open), &completion);
        if self.shared.membership.members.len() == 1 {
            // Nobody else could give one, and the contract asks for none.
            self.receipted(vec![receipt.clone()]);
        }
        self.inputs.push_back(UploadInput::ReceiptArrived { receipt: Box::new(receipt) });
    }

    fn receipted(&mut self, receipts: Vec<Receipt>) {
        self.progress.send_replace(Progress::Receipted(receipts));
        self.shared.counts.uploads_receipted.increment();
    }
}
