//! One replica with its journal, its ledger and a fake executor: the state root is a hash over all leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use carechain_crypto::{BlockId, Digest, StateRoot, hash_parts};
use carechain_types::{
    BoundedVec, Certificate, Header, Height, Moment, PROTOCOL_VERSION, ReplicaId, Time, Verifier, tree,
};

use super::fixtures::{GENESIS, Oracle, genesis, signer};
use crate::committed::CommittedHead;
use crate::config::Config;
use crate::input::{Input, PendingTransaction, Verdict};
use crate::journal_entry::{JournalEntry, retained};
use crate::message::{Message, SharedLeaves};
use crate::output::{Output, Outputs};
use crate::state::{ProposalSlot, Replica};

/// Header and leaves of every block anybody proposed: bodies are never missing in this cluster.
pub(super) type Bodies = BTreeMap<BlockId, (Header, SharedLeaves)>;

/// Where a message goes.
#[derive(Clone, Debug)]
pub(super) enum Target {
    One(ReplicaId),
    Others,
}

/// A message on its way out, with the number of journal entries that must be synced before it leaves.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub(super) target: Target,
    pub(super) message: Message,
    pub(super) needs_sync: bool,
}

/// What a turn wants from the world beside messages.
#[derive(Clone, Debug, Default)]
pub(super) struct Turn {
    pub(super) outgoing: Vec<Outgoing>,
    pub(super) catch_up: Option<Certificate>,
    pub(super) serve: Vec<(ReplicaId, Height)>,
    pub(super) entered_views: usize,
}

pub(super) struct Node {
    pub(super) config: Config,
    pub(super) replica: Replica,
    pub(super) journal: Vec<JournalEntry>,
    pub(super) synced_entries: usize,
    pub(super) ledger: Vec<(Header, Certificate)>,
    pub(super) synced_blocks: usize,
    pub(super) running: bool,
    pub(super) fatal: bool,
    taken: BTreeSet<Digest>,
    taken_below: usize,
}

impl Node {
    pub(super) fn new(config: Config) -> Self {
        let replica = recover(&config, &[], &[]);
        Self {
            config,
            replica,
            journal: Vec::new(),
            synced_entries: 0,
            ledger: Vec::new(),
            synced_blocks: 0,
            running: true,
            fatal: false,
            taken: BTreeSet::new(),
            taken_below: 0,
        }
    }

    pub(super) fn height(&self) -> u64 {
        self.ledger.len() as u64
    }

    /// Leaves that the ledger holds.
    pub(super) fn taken(&mut self, bodies: &Bodies) -> &BTreeSet<Digest> {
        if self.taken_below > self.ledger.len() {
            self.taken.clear();
            self.taken_below = 0;
        }
        for (_, certificate) in &self.ledger[self.taken_below..] {
            let (_, leaves) = bodies.get(&certificate.block_id).expect("a committed block was proposed");
            self.taken.extend(leaves.iter().copied());
        }
        self.taken_below = self.ledger.len();
        &self.taken
    }

    fn head(&self) -> Header {
        self.ledger.last().map_or_else(genesis, |(header, _)| header.clone())
    }

    /// One turn of the engine: step, answer checks at once, keep what is to be sent.
    pub(super) fn turn(&mut self, now: Time, input: Input, bodies: &Bodies) -> Turn {
        let mut turn = Turn::default();
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let mut outputs = Outputs::new();
            self.replica.step(Moment::in_step(now), input, &mut outputs);
            for output in outputs {
                self.take(output, bodies, &mut inputs, &mut turn);
            }
        }
        turn
    }

    fn take(&mut self, output: Output, bodies: &Bodies, inputs: &mut Vec<Input>, turn: &mut Turn) {
        match output {
            Output::Persist(entry) => self.journal.push(entry),
            Output::Send { to, message } => self.send(Target::One(to), message, turn),
            Output::Broadcast(message) => self.send(Target::Others, message, turn),
            Output::Check { block_id, header, .. } => {
                let verdict = self.execute(&header, bodies);
                inputs.push(Input::Checked { block_id, verdict });
            }
            Output::Commit { height, block_id, certificate } => {
                assert_eq!(height.get(), self.height() + 1, "commits come in height order");
                let (header, _) = bodies.get(&block_id).expect("a committed block was proposed").clone();
                self.ledger.push((header, certificate.as_ref().clone()));
            }
            Output::CatchUp { certificate, .. } => turn.catch_up = Some(certificate.as_ref().clone()),
            Output::ServeCommitted { to, height } => turn.serve.push((to, height)),
            Output::ViewEntered { .. } => turn.entered_views += 1,
            Output::Fatal { .. } | Output::ForeignParent { .. } => self.fatal = true,
            Output::Dropped(_) | Output::Suspected { .. } | Output::Evidence { .. } => {}
        }
    }

    fn send(&self, target: Target, message: Message, turn: &mut Turn) {
        let needs_sync = self.journal.len() > self.synced_entries;
        turn.outgoing.push(Outgoing { target, message, needs_sync });
    }

    fn execute(&self, header: &Header, bodies: &Bodies) -> Verdict {
        let parent = if header.parent == self.head().id() {
            self.head()
        } else {
            bodies.get(&header.parent).expect("the parent was proposed").0.clone()
        };
        let leaves = &bodies.get(&header.id()).expect("the block was proposed").1;
        let own = state_root(&parent, leaves);
        if own == header.state_root { Verdict::Valid } else { Verdict::StateDiffers { own } }
    }

    pub(super) fn sync(&mut self) {
        self.synced_entries = self.journal.len();
    }

    /// The ledger synced some more; the journal is cut.
    pub(super) fn sync_ledger(&mut self) {
        self.sync();
        self.synced_blocks = self.ledger.len();
        self.journal = retained(core::mem::take(&mut self.journal), Height::new(self.height()));
        self.sync();
    }

    /// Power fails: unsynced journal entries and ledger blocks are gone.
    pub(super) fn crash(&mut self) {
        self.running = false;
        self.journal.truncate(self.synced_entries);
        self.ledger.truncate(self.synced_blocks);
        self.taken_below = usize::MAX;
    }

    /// Reads ledger and journal back; the journal's committed blocks go into the ledger.
    pub(super) fn restart(&mut self, bodies: &Bodies) {
        for entry in &self.journal {
            if let JournalEntry::Committed { certificate } = entry
                && certificate.height.get() == self.height() + 1
            {
                let (header, _) = bodies.get(&certificate.block_id).expect("its body was journalled").clone();
                self.ledger.push((header, certificate.clone()));
            }
        }
        self.replica = recover(&self.config, &self.ledger, &self.journal);
        self.running = true;
    }

    /// A block of these leaves for a slot.
    pub(super) fn build(
        &self,
        slot: &ProposalSlot,
        now: Time,
        leaves: Vec<Digest>,
    ) -> (Header, SharedLeaves) {
        let header = Header {
            protocol: PROTOCOL_VERSION,
            chain_id: GENESIS,
            epoch: self.config.membership.epoch,
            height: slot.height,
            view: slot.view,
            primary: self.config.own,
            parent: slot.parent,
            time: now.max(Time::from_micros(slot.parent_header.time.as_micros() + 1)),
            transaction_count: u32::try_from(leaves.len()).expect("few leaves"),
            transactions_root: tree::root(&leaves),
            outcomes_root: Digest::ZERO,
            state_root: state_root(&slot.parent_header, &leaves),
            next_membership: None,
        };
        (header, Arc::new(BoundedVec::new(leaves).expect("few leaves")))
    }

    /// Blocks of another ledger that this one lacks, up to a certified one.
    pub(super) fn catch_up_from(
        &mut self,
        source: &[(Header, Certificate)],
        now: Time,
        bodies: &Bodies,
    ) -> Vec<Turn> {
        let verifier = Verifier::new(Oracle, GENESIS);
        let mut turns = Vec::new();
        for (header, certificate) in source.iter().skip(self.ledger.len()) {
            if header.height.get() != self.height() + 1 {
                break;
            }
            let Ok(verified) = verifier.certificate(&self.config.membership, certificate.clone()) else {
                break;
            };
            assert_eq!(self.execute(header, bodies), Verdict::Valid, "committed blocks execute alike");
            self.ledger.push((header.clone(), certificate.clone()));
            turns.push(self.turn(
                now,
                Input::CaughtUp { header: header.clone(), certificate: verified },
                bodies,
            ));
        }
        turns
    }

    pub(super) fn pending(
        &mut self,
        pending: Option<PendingTransaction>,
        now: Time,
        bodies: &Bodies,
    ) -> Turn {
        self.turn(now, Input::Pending(pending), bodies)
    }
}

fn recover(config: &Config, ledger: &[(Header, Certificate)], journal: &[JournalEntry]) -> Replica {
    let head = ledger.last().map_or_else(
        || CommittedHead { header: genesis(), certificate: None },
        |(header, certificate)| CommittedHead {
            header: header.clone(),
            certificate: Some(Arc::new(certificate.clone())),
        },
    );
    Replica::recover(config.clone(), signer(config.own.get()), head, journal.iter().cloned())
        .expect("ledger and journal belong together")
}

/// The fake execution.
pub(super) fn state_root(parent: &Header, leaves: &[Digest]) -> StateRoot {
    let mut parts = vec![parent.state_root.as_slice()];
    parts.extend(leaves.iter().map(Digest::as_slice));
    StateRoot::new(*hash_parts(&parts).get())
}
