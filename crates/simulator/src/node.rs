//! One real engine with its disk, its mailbox and its clock; it crashes, and comes back from what survived.

use std::collections::BTreeSet;
use std::sync::Arc;

use carechain_consensus::{ClockOffset, Config, JournalEntry, Phase, PlantedBug};
use carechain_crypto::{BlockId, Digest, StateRoot, TransactionId};
use carechain_engine::{
    BorderError, CommittedBlockMessage, Engine, Fatal, Input, Machine, OpenError, Output, PeerMessage, Place,
    SharedSubmission, VerifiedBlock, VerifiedPeerMessage, execute, journalled, journalled_bodies,
};
use carechain_ledger::{JournalBinding, JournalError, Ledger};
use carechain_types::{Header, Height, Membership, Moment, ReplicaId, Span, Time, Verifier, View};

use crate::certified_block::CertifiedBlock;
use crate::disk::{Disk, Operation, PoweredBackend, PoweredJournal};
use crate::founding::Founding;
use crate::oracle::Scheme;
use crate::random::Random;

/// What a node is made of, the same in each of its lives.
#[derive(Clone, Debug)]
pub(crate) struct Blueprint {
    pub(crate) founding: Arc<Founding>,
    pub(crate) scheme: Scheme,
    pub(crate) config: Config,
    /// How far its clock is behind the world's.
    pub(crate) lag: Span,
    pub(crate) journal_bytes_max: u64,
}

/// One node.
pub(crate) struct Node {
    blueprint: Blueprint,
    disk: Disk,
    machine: Option<Machine<PoweredBackend, PoweredJournal, Scheme>>,
    mailbox: Vec<Input>,
    /// How far its clock on the wall is off.
    clock: ClockOffset,
    life: u64,
}

/// What came out of a turn, in order.
#[derive(Debug)]
pub(crate) enum Emission {
    /// A message on its way, to those it was given to before the power failed, if it did.
    Message { to: Vec<ReplicaId>, message: PeerMessage },
    /// Anything else that an engine says.
    Note(Output),
}

/// A clock on the wall that shows the time.
pub(crate) const RIGHT: ClockOffset = ClockOffset::Behind(Span::ZERO);

/// How a life goes on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Life {
    /// It runs.
    Running,
    /// Its power failed.
    PowerFailed,
    /// Its disk refused something, and it stopped: nobody knows what of the unsynced is written.
    DiskFailed,
    /// It stopped by itself.
    Stopped { reason: String },
}

/// What a node found when it came back.
#[derive(Clone, Debug)]
pub(crate) struct Recovery {
    /// Its last block.
    pub(crate) head: Header,
    /// Blocks that the journal gave back to the ledger.
    pub(crate) replayed: u64,
}

/// What a crash did.
#[derive(Debug)]
pub(crate) struct Wreck {
    /// Entries of the journal that are left.
    pub(crate) entries: Vec<JournalEntry>,
    /// Blocks whose bodies the journal still has.
    pub(crate) bodies: BTreeSet<BlockId>,
    /// Height of the ledger that is left.
    pub(crate) height: Height,
    /// Batches of the ledger that are lost.
    pub(crate) batches_lost: u64,
    /// Whether the journal was ever shortened.
    pub(crate) shortened: bool,
}

impl Node {
    /// A node that was never started.
    pub(crate) fn new(blueprint: Blueprint) -> Self {
        let Blueprint { founding, journal_bytes_max, .. } = &blueprint;
        let node_key = founding.nodes[usize::from(blueprint.config.own.get())].public();
        let binding = JournalBinding { chain_id: founding.chain_id, node_key };
        let disk = Disk::new(&founding.backend, binding, *journal_bytes_max);
        Self { blueprint, disk, machine: None, mailbox: Vec::new(), clock: RIGHT, life: 0 }
    }

    /// Starts from what the disk holds.
    pub(crate) fn start(&mut self) -> Result<Recovery, Life> {
        self.mailbox.clear();
        self.life += 1;
        self.open().map_err(|error| {
            self.machine = None;
            self.ended(&error)
        })
    }

    fn open(&mut self) -> Result<Recovery, OpenError> {
        let Blueprint { founding, scheme, config, .. } = &self.blueprint;
        let signer = founding.nodes[usize::from(config.own.get())].signer(*scheme);
        let ledger = Ledger::open(self.disk.backend(), &founding.genesis)
            .map_err(|error| OpenError::Fatal(error.into()))?;
        let before = ledger.head().height.get();
        let machine = Machine::open(config.clone(), ledger, self.disk.journal(), signer, *scheme)?;
        let head = machine.running().map_err(Fatal::from)?.ledger().head().clone();
        let replayed = head.height.get() - before;
        self.machine = Some(machine);
        Ok(Recovery { head, replayed })
    }

    fn ended(&self, error: &dyn core::fmt::Display) -> Life {
        if self.disk.power().has_failed() {
            Life::PowerFailed
        } else if self.disk.trouble().has_struck() {
            Life::DiskFailed
        } else {
            Life::Stopped { reason: error.to_string() }
        }
    }

    /// The engine between two turns, while it runs.
    fn engine(&self) -> Option<&Engine<PoweredBackend, PoweredJournal, Scheme>> {
        self.machine.as_ref()?.running().ok()
    }

    /// Whether it runs.
    pub(crate) const fn is_running(&self) -> bool {
        self.machine.is_some()
    }

    /// How often it was started.
    pub(crate) const fn life(&self) -> u64 {
        self.life
    }

    /// No power failure and no disk error is planned any more.
    pub(crate) fn calm(&self) {
        self.disk.power().restore();
        self.disk.trouble().end();
    }

    /// Its clock on the wall is set. The steady one runs on, as the machine does while its power fails.
    pub(crate) const fn set_clock(&mut self, clock: ClockOffset) {
        self.clock = clock;
    }

    /// Puts something into its mailbox; a node that does not run gets nothing.
    pub(crate) fn tell(&mut self, input: Input) {
        if self.is_running() {
            self.mailbox.push(input);
        }
    }

    /// Checks a peer's bytes at the border and puts them into the mailbox; the block that they certify, if any.
    pub(crate) fn receive(
        &mut self,
        world_time: Time,
        from: ReplicaId,
        bytes: &[u8],
    ) -> Result<Option<CertifiedBlock>, String> {
        let verifier = Verifier::new(self.blueprint.scheme, self.blueprint.founding.chain_id);
        let message = PeerMessage::decode(bytes).and_then(|message| self.verify(message, &verifier));
        let message = message.map_err(|error| error.to_string())?;
        let certified = CertifiedBlock::of_message(&message);
        let arrived = world_time.before(self.blueprint.lag);
        self.tell(Input::Peer { from, arrived, message });
        Ok(certified)
    }

    fn verify(
        &self,
        message: PeerMessage,
        verifier: &Verifier<Scheme>,
    ) -> Result<VerifiedPeerMessage, BorderError> {
        let config = &self.blueprint.config;
        match message {
            PeerMessage::CommittedBlock(block) if config.has_planted(PlantedBug::CertificateOfAnother) => {
                let CommittedBlockMessage { header, submissions, certificate } = *block;
                let certificate = verifier.certificate(&config.membership, certificate)?;
                let submissions = submissions.into_inner().into_iter();
                let submissions = submissions
                    .map(|submission| verifier.submission(submission).map(Arc::new))
                    .collect::<Result<_, _>>()?;
                let block = VerifiedBlock { header, submissions, certificate };
                Ok(VerifiedPeerMessage::CommittedBlock(Box::new(block)))
            }
            message => message.verify(verifier, &config.membership),
        }
    }

    /// State and outcomes of transactions on its last block, at the height and time of a header; `None` if they may not
    /// stand there.
    pub(crate) fn execute(
        &self,
        header: &Header,
        submissions: &[SharedSubmission],
    ) -> Option<(StateRoot, Digest)> {
        let Blueprint { config, scheme, .. } = &self.blueprint;
        let place = Place { config, height: header.height, time: header.time };
        let executed = execute(self.engine()?.ledger(), &place, scheme, submissions).ok()?.ok()?;
        Some((executed.state_root(), executed.outcomes_root))
    }

    /// One turn over everything in the mailbox.
    pub(crate) fn turn(&mut self, world_time: Time) -> (Vec<Emission>, Life) {
        let steady = world_time.before(self.blueprint.lag);
        let now = Moment { steady, wall: self.clock.from(steady) };
        let Some(machine) = &mut self.machine else { return (Vec::new(), Life::Running) };
        let mut inputs = core::mem::take(&mut self.mailbox);
        if inputs.is_empty() {
            inputs.push(Input::Tick);
        }
        self.disk.trouble().forget_strikes();
        let (power, membership) = (self.disk.power(), &self.blueprint.config.membership);
        let own = self.blueprint.config.own;
        let mut emissions = Vec::new();
        let ended = machine.turn(now, inputs, &mut |output| {
            if power.has_failed() {
                return;
            }
            match output {
                Output::Send { to, message } if power.cross() => {
                    emissions.push(Emission::Message { to: vec![to], message });
                }
                Output::Send { .. } => {}
                Output::Broadcast(message) => {
                    let to = others(membership, own).take_while(|_| power.cross()).collect();
                    emissions.push(Emission::Message { to, message });
                }
                note => emissions.push(Emission::Note(note)),
            }
        });
        let life = match ended {
            Err(error) => self.ended(&error),
            Ok(()) if self.disk.power().has_failed() => Life::PowerFailed,
            Ok(()) => Life::Running,
        };
        if life != Life::Running {
            self.machine = None;
        }
        (emissions, life)
    }

    /// When it wants its next turn, in the world's time.
    pub(crate) fn next_wakeup(&self) -> Option<Time> {
        let due = self.engine()?.next_wakeup()?;
        Some(due.after(self.blueprint.lag))
    }

    /// The power fails at the boundary after `boundaries` more ones.
    pub(crate) fn plan_power_failure(&self, boundaries: u64) {
        self.disk.power().fail_after(boundaries);
    }

    /// The disk refuses one operation of a kind, behind `successes` more of them.
    pub(crate) fn plan_disk_error(&self, operation: Operation, successes: u64) {
        self.disk.trouble().plan(operation, successes);
    }

    /// The process is gone with its memory, and the disk keeps what it keeps.
    pub(crate) fn crash(&mut self, random: &mut Random) -> Result<Wreck, OpenError> {
        self.machine = None;
        self.mailbox.clear();
        self.calm();
        let lost = |error: JournalError| OpenError::Fatal(error.into());
        let batches_lost = self.disk.crash(random).map_err(lost)?;
        let entries = journalled(&self.disk.journal())?;
        let bodies = journalled_bodies(&self.disk.journal())?;
        let height = Ledger::open(self.disk.backend(), &self.blueprint.founding.genesis)
            .map_err(|error| OpenError::Fatal(error.into()))?
            .head()
            .height;
        Ok(Wreck { entries, bodies, height, batches_lost, shortened: self.disk.rotations() > 0 })
    }

    /// Its last block.
    pub(crate) fn head(&self) -> Option<&Header> {
        self.engine().map(|engine| engine.ledger().head())
    }

    /// A block of its chain.
    pub(crate) fn header(&self, height: Height) -> Option<Header> {
        self.engine()?.ledger().header(height).ok().flatten()
    }

    /// Where a transaction stands in its chain.
    pub(crate) fn find(&self, id: &TransactionId) -> Option<Height> {
        let position = self.engine()?.ledger().position(id).ok().flatten()?;
        Some(position.height)
    }

    /// Whether it waits for a later view while others go on in an earlier one.
    pub(crate) fn is_left_behind(&self) -> bool {
        let phase = self.engine().map(|engine| engine.status().phase);
        matches!(phase, Some(Phase::Following { .. } | Phase::WaitingForMembers { .. }))
    }

    /// The view that it is in or wants, and who leads that.
    pub(crate) fn primary(&self) -> Option<(View, ReplicaId)> {
        self.engine().map(|engine| engine.status()).map(|status| (status.view, status.primary))
    }

    /// Where it stands, in words.
    pub(crate) fn standing(&self) -> String {
        self.engine().map_or_else(
            || "is down".to_owned(),
            |engine| format!("{}, {} transactions wait", engine.status(), engine.waiting_transactions().0),
        )
    }

    /// How often its journal was shortened.
    pub(crate) fn rotations(&self) -> u64 {
        self.disk.rotations()
    }
}

fn others(membership: &Membership, own: ReplicaId) -> impl Iterator<Item = ReplicaId> {
    membership.replicas().filter(move |member| *member != own)
}
