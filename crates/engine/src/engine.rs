//! The machine: one turn takes inputs, steps the replica, applies what is committed, syncs once, and lets messages go.
//!
//! Invariants
//! - Nothing leaves a turn ahead of what it rests on, answers and events included: see `outbox`, the only way out.
//! - Time, inputs and the stores decide everything: the same turns give the same outputs.

use std::collections::VecDeque;
use std::sync::Arc;

use carechain_consensus::{
    CommittedHead, Config, Input as ReplicaInput, PendingTransaction, Replica, Status,
};
use carechain_crypto::{BlockId, TransactionId};
use carechain_ledger::{Backend, IndexEntry, JournalStore, Ledger, LedgerError, SearchToken};
use carechain_types::{Head, Height, Moment, NodeSigner, ReplicaId, SignatureScheme, Time, Verifier};

use crate::answered::Answered;
use crate::candidates::Candidates;
use crate::catch_up::CatchUp;
use crate::error::{Fatal, OpenError};
use crate::input::Input;
use crate::journal::{Durable, Journal};
use crate::mempool::{Mempool, SharedSubmission};
use crate::outbox::Outbox;
use crate::output::Sink;
use crate::recovery;
use crate::stopped::Stopped;
use crate::undecided::Undecided;
use crate::waiting::WaitingClients;

/// One node's deterministic machine.
pub struct Engine<B, J, S> {
    pub(crate) config: Config,
    pub(crate) scheme: S,
    pub(crate) replica: Replica,
    pub(crate) ledger: Ledger<B>,
    pub(crate) journal: Journal<J>,
    pub(crate) mempool: Mempool,
    pub(crate) candidates: Candidates,
    pub(crate) undecided: Undecided,
    pub(crate) answered: Answered,
    pub(crate) catch_up: CatchUp,
    pub(crate) waiting: WaitingClients,
    /// By the steady clock.
    pub(crate) now: Time,
    /// By the clock on the wall.
    pub(crate) wall: Time,
    /// A block was applied whose body is not in the journal: the ledger is synced ahead of the next vote.
    pub(crate) ledger_ahead: bool,
    pub(crate) told_pending: Option<PendingTransaction>,
    /// Which transaction was last found includable, and on which block.
    pub(crate) found_includable: Option<(TransactionId, BlockId)>,
    pub(crate) housekeeping_due: Time,
    /// A write between two turns failed: what is on disk is not known any more.
    write_failed: Option<Stopped>,
    queue: VecDeque<ReplicaInput>,
}

impl<B: Backend, J: JournalStore, S: SignatureScheme + Clone> Engine<B, J, S> {
    /// From ledger and journal: replays into the ledger what the journal has beyond it, then the replica's votes.
    pub(crate) fn open(
        config: Config,
        mut ledger: Ledger<B>,
        journal: J,
        signer: Box<dyn NodeSigner + Send>,
        scheme: S,
    ) -> Result<Self, OpenError> {
        let (journal, recovered) = Journal::open(journal)?;
        let verifier = Verifier::new(scheme.clone(), config.chain_id);
        let left = recovery::replay(&mut ledger, &config, &scheme, &verifier, &recovered)?;
        let mut mempool = Mempool::new(config.chain_id);
        let mut undecided = Undecided::default();
        for (block_id, height, submissions) in left {
            for submission in &submissions {
                // Of blocks that are voted on and not committed; a duplicate or one too many is no harm.
                let _ = mempool.insert(Arc::clone(submission), Time::ZERO);
            }
            let leaf = |submission: &SharedSubmission| submission.transaction.leaf(&config.chain_id).digest();
            undecided.insert(block_id, height, submissions.into_iter().map(|body| (leaf(&body), body)));
        }
        let certificate = ledger.head_certificate().map_err(Fatal::from)?;
        let head = CommittedHead { header: ledger.head().clone(), certificate: certificate.map(Into::into) };
        let replica = Replica::recover(config.clone(), signer, head, recovered.entries)?;
        Ok(Self {
            candidates: Candidates::new(config.chain_id),
            config,
            scheme,
            replica,
            ledger,
            journal,
            mempool,
            catch_up: CatchUp::default(),
            waiting: WaitingClients::default(),
            now: Time::ZERO,
            wall: Time::ZERO,
            ledger_ahead: false,
            told_pending: None,
            found_includable: None,
            undecided,
            answered: Answered::default(),
            housekeeping_due: Time::ZERO,
            write_failed: None,
            queue: VecDeque::from([ReplicaInput::Start]),
        })
    }

    /// One turn: takes all inputs, proposes, syncs once.
    ///
    /// # Errors
    /// The node stops; what was not given to `sink` was never sent, and nothing more may be asked, see
    /// [`crate::Machine`].
    pub(crate) fn turn(
        &mut self,
        now: Moment,
        inputs: impl IntoIterator<Item = Input>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Fatal> {
        self.now = self.now.max(now.steady);
        self.wall = now.wall;
        let mut outbox = Outbox::default();
        self.drain(&mut outbox)?;
        for input in inputs {
            self.take(input, &mut outbox)?;
            self.drain(&mut outbox)?;
        }
        self.keep_house(&mut outbox)?;
        self.drain(&mut outbox)?;
        self.propose(&mut outbox)?;
        self.drain(&mut outbox)?;
        self.let_go(outbox, sink)
    }

    fn take(&mut self, input: Input, outbox: &mut Outbox) -> Result<(), Fatal> {
        match input {
            Input::Peer { from, arrived, message } => self.take_peer(from, arrived, message, outbox)?,
            Input::Submit { ticket, submission } => self.submit(ticket, submission, outbox)?,
            Input::Forget(ticket) => self.waiting.forget(ticket),
            Input::PeerConnected(peer) => self.queue.push_back(ReplicaInput::PeerConnected(peer)),
            Input::Voting(voting) => self.queue.push_back(ReplicaInput::Voting(voting)),
            // Time is looked at in every turn, behind all that arrived.
            Input::Tick => {}
        }
        Ok(())
    }

    /// Tells the replica something, after what it was told before.
    pub(crate) fn tell(&mut self, input: ReplicaInput) {
        self.queue.push_back(input);
    }

    /// Steps the replica until it has nothing more to say.
    fn drain(&mut self, outbox: &mut Outbox) -> Result<(), Fatal> {
        while let Some(input) = self.queue.pop_front() {
            let mut outputs = Vec::new();
            let now = Moment { steady: self.now, wall: self.wall };
            self.replica.step(now, input, &mut outputs);
            for output in outputs {
                self.perform(output, outbox)?;
            }
        }
        Ok(())
    }

    /// Lets the turn's outputs leave, behind a sync where they rest on what is not on disk yet.
    fn let_go(&mut self, outbox: Outbox, sink: &mut Sink<'_>) -> Result<(), Fatal> {
        #[cfg(feature = "planted-bugs")]
        let outbox = if self.config.has_planted(carechain_consensus::PlantedBug::ServedAheadOfSync) {
            outbox.leak(sink)
        } else {
            outbox
        };
        if let Some(rests_on) = outbox.rests_on() {
            let durable = match self.journal.durable(rests_on) {
                Some(durable) => durable,
                None => self.sync()?,
            };
            outbox.release(&durable, sink);
        }
        if self.journal.is_segment_full() {
            let synced = self.ledger.sync()?;
            self.journal.roll(synced)?;
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<Durable, Fatal> {
        if core::mem::take(&mut self.ledger_ahead) {
            self.ledger.sync()?;
        }
        Ok(self.journal.sync()?)
    }

    /// When the next turn is due, if nothing else happens.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Time> {
        let head = self.ledger.head().height;
        let housekeeping = (!self.mempool.is_empty()).then_some(self.housekeeping_due);
        [
            self.replica.next_wakeup(),
            self.candidates.next_question(),
            self.catch_up.next_question(head),
            housekeeping,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Where the replica stands.
    #[must_use]
    pub fn status(&self) -> Status {
        self.replica.status()
    }

    /// The newest signed head that each member showed, own included, ascending by member.
    pub fn newest_heads(&self) -> impl Iterator<Item = &Head> {
        self.replica.heads().values().map(|signed| &signed.body)
    }

    /// The committed chain.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger<B> {
        &self.ledger
    }

    /// Adds search words that the node derived, see [`Ledger::index_tokens`].
    ///
    /// # Errors
    /// If the backend fails. The engine stops then: nothing may be written behind a failed write.
    pub fn index_tokens(
        &mut self,
        records: &[(IndexEntry, Vec<SearchToken>)],
        height: Height,
    ) -> Result<(), LedgerError> {
        let indexed = self.ledger.index_tokens(records, height);
        if let Err(error) = &indexed {
            self.write_failed = Some(Stopped::because(error));
        }
        indexed
    }

    /// Whether everything written so far may be counted on.
    pub(crate) fn check_sound(&self) -> Result<(), Stopped> {
        self.write_failed.clone().map_or(Ok(()), Err)
    }

    /// What it was told once.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// How many transactions wait, and their bytes.
    #[must_use]
    pub fn waiting_transactions(&self) -> (usize, usize) {
        (self.mempool.len(), self.mempool.bytes())
    }

    /// Every other member.
    pub(crate) fn others(&self) -> Vec<ReplicaId> {
        self.config.membership.replicas().filter(|replica| *replica != self.config.own).collect()
    }
}
