//! Executing a block on its parent's state: outcomes, the new state root, and whether it may be proposed at all.
//!
//! Nothing is written: the result is an overlay that the ledger takes in when the block commits.

use std::collections::BTreeSet;

use carechain_consensus::{Config, PlantedBug, Verdict};
use carechain_contract::{BlockContext, Changes, NotIncludable, Overlay, apply, includable};
use carechain_crypto::{Digest, StateRoot, TransactionId};
use carechain_ledger::{Backend, Ledger, StateUpdate};
use carechain_types::limits::BLOCK_BYTES_MAX;
use carechain_types::{Header, Height, Outcome, SignatureScheme, Time, tree};

use crate::error::Fatal;
use crate::mempool::{SharedSubmission, submission_bytes};
use crate::not_proposable::NotProposable;
use crate::state::LedgerState;

/// What executing a block gave.
#[derive(Clone, Debug)]
pub struct Executed {
    /// One outcome a transaction, in order.
    pub outcomes: Vec<Outcome>,
    /// Root over them.
    pub outcomes_root: Digest,
    /// New pages and values of the state.
    pub update: StateUpdate,
    /// Digests that count as seen from this block on.
    pub seen: BTreeSet<Digest>,
}

impl Executed {
    /// Root of the state after the block.
    #[must_use]
    pub const fn state_root(&self) -> StateRoot {
        self.update.root()
    }
}

/// Where a block is executed.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The ledger, and the members of the block's epoch.
    pub config: &'a Config,
    /// Height of the block.
    pub height: Height,
    /// Its time.
    pub time: Time,
}

impl<'a> Place<'a> {
    /// As the contract wants it.
    #[must_use]
    pub const fn context(&self) -> BlockContext<'a> {
        let Self { config, height, time } = *self;
        BlockContext { chain_id: config.chain_id, height, time, membership: &config.membership }
    }
}

/// Executes transactions in order on the ledger's head. The outer error is fatal, the inner one is the proposer's.
pub fn execute<B: Backend>(
    ledger: &Ledger<B>,
    place: &Place<'_>,
    scheme: &impl SignatureScheme,
    submissions: &[SharedSubmission],
) -> Result<Result<Executed, NotProposable>, Fatal> {
    let mut run = Run::new(ledger, place, scheme);
    for submission in submissions {
        if let Err(reason) = run.add(submission)? {
            return Ok(Err(reason));
        }
    }
    run.finish(ledger).map(Ok)
}

/// Whether a header promises what execution gives.
pub(crate) fn judge(place: &Place<'_>, header: &Header, executed: &Executed) -> Verdict {
    let outcomes_agree = executed.outcomes_root == header.outcomes_root
        || place.config.has_planted(PlantedBug::OutcomesRootIgnored);
    if executed.state_root() == header.state_root && outcomes_agree {
        Verdict::Valid
    } else {
        Verdict::StateDiffers { own: executed.state_root() }
    }
}

/// A block under construction: transactions are added one by one on top of each other.
pub(crate) struct Run<'a, B, S> {
    place: &'a Place<'a>,
    scheme: &'a S,
    parent: LedgerState<'a, B>,
    overlay: Overlay<LedgerState<'a, B>>,
    ids: BTreeSet<TransactionId>,
    outcomes: Vec<Outcome>,
    bytes: usize,
}

impl<'a, B: Backend, S: SignatureScheme> Run<'a, B, S> {
    /// An empty block on the ledger's head.
    pub(crate) fn new(ledger: &'a Ledger<B>, place: &'a Place<'a>, scheme: &'a S) -> Self {
        Self {
            place,
            scheme,
            parent: LedgerState::new(ledger, place.time),
            overlay: Overlay::new(LedgerState::new(ledger, place.time)),
            ids: BTreeSet::new(),
            outcomes: Vec::new(),
            bytes: 0,
        }
    }

    /// Adds one transaction if it may stand here; nothing changes if it may not.
    pub(crate) fn add(&mut self, submission: &SharedSubmission) -> Result<Result<(), NotProposable>, Fatal> {
        let transaction = submission.to_transaction();
        let id = transaction.body.id(&self.place.config.chain_id);
        let context = self.place.context();
        if self.ids.contains(&id) && !self.place.config.has_planted(PlantedBug::TransactionTwice) {
            return Ok(Err(NotProposable::Twice { id }));
        }
        let bytes = self.bytes + submission_bytes(submission);
        if bytes > BLOCK_BYTES_MAX {
            return Ok(Err(NotProposable::Bytes { bytes }));
        }
        if let Err(reason) = includable(&self.parent, &context, &transaction)?
            && !is_let_in_again(self.place.config, &reason)
        {
            return Ok(Err(NotProposable::Transaction { id, reason }));
        }
        let execution = apply(&self.overlay, &context, self.scheme, &transaction)?;
        self.overlay.absorb(execution.changes);
        self.outcomes.push(execution.outcome);
        self.ids.insert(id);
        self.bytes = bytes;
        Ok(Ok(()))
    }

    /// Whether no transaction was added.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
    }

    /// Outcomes and new state of what was added.
    pub(crate) fn finish(self, ledger: &Ledger<B>) -> Result<Executed, Fatal> {
        let Changes { writes, seen } = self.overlay.into_changes();
        let update = ledger.prepare(&writes)?;
        let leaves: Vec<_> = self.outcomes.iter().map(Outcome::digest).collect();
        Ok(Executed { outcomes: self.outcomes, outcomes_root: tree::root(&leaves), update, seen })
    }
}

/// Only where a bug is planted.
fn is_let_in_again(config: &Config, reason: &NotIncludable) -> bool {
    config.has_planted(PlantedBug::TransactionAgain) && matches!(reason, NotIncludable::Seen { .. })
}
