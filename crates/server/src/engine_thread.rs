//! The consensus thread: drain, step, one sync, send. Nothing else runs on it but questions about the ledger.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use carechain_consensus::Sin;
use carechain_engine::{
    Answer, Committed, Engine, Fatal, Input, Machine, Output, SharedSubmission, Stopped, Ticket,
};
use carechain_ledger::{FileJournal, RocksBackend};
use carechain_process::{Clock, Supervisor};
use carechain_types::{RememberedEd25519, Time};
use crossbeam_channel::{Receiver, Sender, TrySendError, select};
use tokio::sync::{broadcast, oneshot, watch};

use crate::member_names::MemberNames;
use crate::peer_sender::PeerSender;
use crate::proving::{Newest, Prove as _};
use crate::questions::{self, Question, Questions, Step};

/// The engine as this node runs it, between two turns.
pub(super) type NodeEngine = Engine<RocksBackend, FileJournal, RememberedEd25519>;
/// The same with its turns, until one fails.
pub(super) type NodeMachine = Machine<RocksBackend, FileJournal, RememberedEd25519>;

/// What the thread is told.
#[expect(
    clippy::large_enum_variant,
    reason = "almost every order is an input; a box would cost each an allocation"
)]
pub(super) enum Order {
    /// Something for the engine.
    Input(Input),
    /// Ends the thread after the current turn.
    Stop,
}

/// Orders that wait for the thread: a second of full load.
const ORDERS_MAX: usize = 16_384;
/// Orders taken into one turn: more would delay the votes of those taken first.
const ORDERS_PER_TURN: usize = 512;
/// Committed blocks that a slow subscriber may lag behind before it must look at the ledger instead.
const COMMITTED_KEPT: usize = 1_024;
/// Longest sleep without anything to do.
const IDLE: Duration = Duration::from_secs(1);

/// The thread does not take the order: it is stopped, or has too much to do.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum EngineGone {
    /// It was told to stop, or stopped itself for a cause.
    #[error("{}", cause.as_ref().map_or_else(|| "the engine has stopped".to_owned(), Stopped::to_string))]
    Stopped {
        /// Why it stopped itself; `None` if it was told to.
        cause: Option<Stopped>,
    },
    /// The queue is full.
    #[error("the engine is busy")]
    Busy,
}

/// How everybody else speaks to the thread. Cheap to clone.
#[derive(Clone)]
pub(super) struct EngineHandle {
    orders: Sender<Order>,
    questions: Sender<Question<NodeEngine>>,
    next_ticket: Arc<AtomicU64>,
    answers: Arc<Mutex<BTreeMap<Ticket, oneshot::Sender<Answer>>>>,
    committed: broadcast::Sender<Arc<Committed>>,
    newest: watch::Sender<Newest>,
    /// Why the engine stopped itself, once it has.
    stopped: Arc<OnceLock<Stopped>>,
}

impl EngineHandle {
    /// Hands in a peer's message; waits while the queue is full, so that the peer is slowed down.
    pub(super) fn input(&self, input: Input) -> Result<(), EngineGone> {
        self.orders.send(Order::Input(input)).map_err(|_| self.stopped())
    }

    /// Submits a transaction and waits for what becomes of it; `None` when the engine took it and ended before it said so.
    pub(super) async fn submit(&self, submission: SharedSubmission) -> Result<Option<Answer>, EngineGone> {
        let ticket = Ticket::new(self.next_ticket.fetch_add(1, Ordering::Relaxed));
        let (sender, receiver) = oneshot::channel();
        lock(&self.answers).insert(ticket, sender);
        let forget = ForgetOnDrop { handle: self, ticket };
        self.try_order(Order::Input(Input::Submit { ticket, submission }))?;
        let answer = receiver.await.ok();
        drop(forget);
        Ok(answer)
    }

    /// Asks something about the engine between two turns.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut NodeEngine) -> T + Send + 'static,
    ) -> Result<T, EngineGone> {
        let mut question = Some(question);
        self.ask_in_steps(move |engine| question.take().map(|question| question(engine))).await
    }

    /// Asks something that reads much: the question is called again and again, with turns in between, until it answers.
    pub(super) async fn ask_in_steps<T: Send + 'static>(
        &self,
        mut question: impl FnMut(&mut NodeEngine) -> Option<T> + Send + 'static,
    ) -> Result<T, EngineGone> {
        let (sender, receiver) = oneshot::channel();
        let mut sender = Some(sender);
        let question = move |engine: &mut NodeEngine| {
            // A caller that has gone needs no answer.
            if sender.as_ref().is_none_or(oneshot::Sender::is_closed) {
                return Step::Done;
            }
            let Some(answer) = question(engine) else { return Step::More };
            if let Some(sender) = sender.take() {
                let _ = sender.send(answer);
            }
            Step::Done
        };
        self.questions.try_send(Box::new(question)).map_err(|error| self.not_taken(&error))?;
        receiver.await.map_err(|_| self.stopped())
    }

    /// Every block committed from now on.
    #[must_use]
    pub(super) fn committed(&self) -> broadcast::Receiver<Arc<Committed>> {
        self.committed.subscribe()
    }

    /// As of when the newest proof would be, after every turn.
    #[must_use]
    pub(super) fn newest(&self) -> watch::Receiver<Newest> {
        self.newest.subscribe()
    }

    /// Ends the thread after its current turn.
    pub(super) fn stop(&self) {
        let _ = self.orders.send(Order::Stop);
    }

    fn try_order(&self, order: Order) -> Result<(), EngineGone> {
        self.orders.try_send(order).map_err(|error| self.not_taken(&error))
    }

    fn not_taken<T>(&self, error: &TrySendError<T>) -> EngineGone {
        match error {
            TrySendError::Full(_) => EngineGone::Busy,
            TrySendError::Disconnected(_) => self.stopped(),
        }
    }

    fn stopped(&self) -> EngineGone {
        EngineGone::Stopped { cause: self.stopped.get().cloned() }
    }

    /// From here on everybody who waits or asks hears the cause.
    fn note_stopped(&self, cause: Stopped) {
        // The first cause stays.
        let _ = self.stopped.set(cause);
        lock(&self.answers).clear();
    }
}

/// A client that goes away is forgotten, here and in the engine.
struct ForgetOnDrop<'a> {
    handle: &'a EngineHandle,
    ticket: Ticket,
}

impl Drop for ForgetOnDrop<'_> {
    fn drop(&mut self) {
        if lock(&self.handle.answers).remove(&self.ticket).is_some() {
            let _ = self.handle.orders.try_send(Order::Input(Input::Forget(self.ticket)));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().expect("no holder of this lock panics")
}

/// The thread with its handle.
pub(super) struct EngineThread {
    /// How to speak to it.
    pub handle: EngineHandle,
    /// Ends when the node is told to stop; the supervisor hears why if it ends before.
    pub thread: JoinHandle<()>,
}

impl EngineThread {
    /// Starts the thread.
    pub(super) fn start(
        machine: NodeMachine,
        clock: Clock,
        peers: PeerSender,
        names: MemberNames,
        supervisor: &Supervisor,
    ) -> std::io::Result<Self> {
        let (sender, receiver) = crossbeam_channel::bounded(ORDERS_MAX);
        let (questions, asked) = crossbeam_channel::bounded(questions::WAITING_MAX);
        let handle = EngineHandle {
            orders: sender,
            questions,
            next_ticket: Arc::default(),
            answers: Arc::default(),
            committed: broadcast::Sender::new(COMMITTED_KEPT),
            newest: watch::Sender::new(machine.running().map(NodeEngine::newest).unwrap_or_default()),
            stopped: Arc::default(),
        };
        let questions = Questions::new(asked);
        let mut run =
            Run { machine, clock, peers, names, orders: receiver, questions, handle: handle.clone() };
        let thread = supervisor.thread("consensus", move || run.run())?;
        Ok(Self { handle, thread })
    }
}

struct Run {
    machine: NodeMachine,
    clock: Clock,
    peers: PeerSender,
    names: MemberNames,
    orders: Receiver<Order>,
    questions: Questions<NodeEngine>,
    handle: EngineHandle,
}

impl Run {
    fn run(&mut self) -> Result<(), Fatal> {
        self.take_turns().inspect_err(|fatal| self.handle.note_stopped(fatal.stopped()))
    }

    fn take_turns(&mut self) -> Result<(), Fatal> {
        loop {
            let (mut order, mut question) = (None, None);
            select! {
                recv(self.orders) -> received => order = received.ok(),
                recv(self.questions.source()) -> received => question = received.ok(),
                default(self.sleep()) => {}
            }
            let (mut inputs, mut stop) = (Vec::new(), false);
            for order in order.into_iter().chain(self.orders.try_iter().take(ORDERS_PER_TURN)) {
                match order {
                    Order::Input(input) => inputs.push(input),
                    Order::Stop => stop = true,
                }
            }
            let Self { machine, clock, peers, names, handle, questions, .. } = self;
            let begun = Instant::now();
            machine.turn(clock.moment(), inputs, &mut |output| give_out((peers, names), handle, output))?;
            let engine = machine.running_mut()?;
            let newest = engine.newest();
            handle.newest.send_if_modified(|seen| core::mem::replace(seen, newest) != newest);
            questions.answer(engine, question, questions::time_after(begun.elapsed()));
            if stop {
                return Ok(());
            }
        }
    }

    fn sleep(&self) -> Duration {
        if self.questions.has_unfinished() {
            return Duration::ZERO;
        }
        let now = self.clock.steady();
        // A stopped engine is due at once: its next turn says why.
        let due = self.machine.running().map_or(Some(now), NodeEngine::next_wakeup);
        let due = due.unwrap_or(Time::from_micros(u64::MAX));
        Duration::from_micros(due.since(now).as_micros()).min(IDLE)
    }
}

fn give_out((peers, names): (&PeerSender, &MemberNames), handle: &EngineHandle, output: Output) {
    match output {
        Output::Send { to, message } => peers.send(to, &message),
        Output::Broadcast(message) => peers.broadcast(&message),
        Output::Answer { ticket, answer } => {
            if let Some(waiting) = lock(&handle.answers).remove(&ticket) {
                let _ = waiting.send(answer);
            }
        }
        Output::Committed(committed) => {
            tracing::debug!(
                height = committed.header.height.get(),
                transactions = committed.header.transaction_count,
                "committed"
            );
            // Nobody may be listening.
            let _ = handle.committed.send(committed);
        }
        Output::ViewEntered { view, primary } => {
            tracing::info!(view = view.get(), primary = names.name(primary), "view entered");
        }
        Output::Suspected { view, primary, reason } => {
            tracing::info!(view = view.get(), primary = names.name(primary), ?reason, "left view");
        }
        Output::Evidence { member, sin: Sin::ClockOff { offset } } => {
            tracing::warn!(
                hospital = names.name(member),
                %offset,
                "a proposal or head was refused for its time: that member's clock or this node's is wrong, or it waited long"
            );
        }
        Output::Evidence { member, sin } => {
            tracing::warn!(hospital = names.name(member), ?sin, "a member did what no correct member does");
        }
    }
}
