//! A decided block goes into the ledger, its transactions out of the mempool, its outcomes to whoever waits.

use std::sync::Arc;

use carechain_consensus::{Input as ReplicaInput, Verdict};
use carechain_crypto::{BlockId, TransactionId};
use carechain_ledger::{Backend, CommittedBlock, JournalStore};
use carechain_types::{Header, Height, SharedCertificate, SignatureScheme};

use crate::committed_block::committed_block;
use crate::engine::Engine;
use crate::error::Fatal;
use crate::execution::{Executed, Place, execute, judge};
use crate::fullness::Fullness;
use crate::mempool::{SharedSubmission, submission_bytes};
use crate::outbox::Outbox;
use crate::output::{Answer, Committed, Output};
use crate::wire::VerifiedBlock;

impl<B: Backend, J: JournalStore, S: SignatureScheme + Clone> Engine<B, J, S> {
    /// Where a block on the ledger's head is executed.
    pub(crate) const fn place_of(&self, header: &Header) -> Place<'_> {
        Place { config: &self.config, height: header.height, time: header.time }
    }

    /// Executes every candidate whose parent is the head and whose bodies are here, and tells the replica.
    pub(crate) fn execute_candidates(&mut self) -> Result<(), Fatal> {
        for block_id in self.candidates.executable_on(&self.ledger.head_id()) {
            let Some(candidate) = self.candidates.get(&block_id) else { continue };
            let Some(submissions) = candidate.submissions() else { continue };
            let header = candidate.header.clone();
            let place = self.place_of(&header);
            let verdict = match execute(&self.ledger, &place, &self.scheme, &submissions)? {
                Err(_) => Verdict::NotIncludable,
                Ok(executed) => {
                    let verdict = judge(&place, &header, &executed);
                    if let Some(candidate) = self.candidates.get_mut(&block_id) {
                        candidate.executed = Some(executed);
                    }
                    verdict
                }
            };
            self.tell(ReplicaInput::Checked { block_id, verdict });
        }
        Ok(())
    }

    /// Applies a block that was executed here.
    pub(crate) fn commit(
        &mut self,
        height: Height,
        block_id: BlockId,
        certificate: SharedCertificate,
        outbox: &mut Outbox,
    ) -> Result<(), Fatal> {
        let not_executed = Fatal::NotExecuted { height, block_id };
        let Some(candidate) = self.candidates.remove(&block_id) else { return Err(not_executed) };
        let submissions = candidate.submissions();
        let (Some(submissions), Some(executed)) = (submissions, candidate.executed) else {
            return Err(not_executed);
        };
        // Blocks that are fetched late do not count: most were proposed before what waits here arrived.
        let bytes = submissions.iter().map(|submission| submission_bytes(submission)).sum();
        let block = Fullness::of_size(submissions.len(), bytes);
        self.apply(candidate.header, certificate, submissions, executed, outbox)?;
        self.mempool.note_left_out(block);
        self.execute_candidates()
    }

    /// Applies the fetched blocks that are next, as far as they go.
    pub(crate) fn apply_fetched(&mut self, outbox: &mut Outbox) -> Result<(), Fatal> {
        while let Some(block) = self.catch_up.next(self.ledger.head().height) {
            self.apply_one_fetched(block, outbox)?;
        }
        self.execute_candidates()
    }

    fn apply_one_fetched(&mut self, block: VerifiedBlock, outbox: &mut Outbox) -> Result<(), Fatal> {
        let VerifiedBlock { header, submissions, certificate } = block;
        let (height, block_id, parent) = (header.height, header.id(), header.parent);
        if parent != self.ledger.head_id() {
            return Err(self.foreign_parent(height, block_id, parent));
        }
        let place = self.place_of(&header);
        let executed = execute(&self.ledger, &place, &self.scheme, &submissions)?
            .map_err(|reason| Fatal::Refused { height, block_id, reason: Box::new(reason) })?;
        if let Verdict::StateDiffers { own } = judge(&place, &header, &executed) {
            // A quorum certified it on our own last block: there is nobody to ask, and nothing to wait for.
            return Err(Fatal::Diverged { height, block_id, own, certified: header.state_root });
        }
        let shared = Arc::new((*certificate).clone());
        self.apply(header.clone(), shared, submissions, executed, outbox)?;
        self.tell(ReplicaInput::CaughtUp { header, certificate });
        Ok(())
    }

    /// A quorum certified a block on another parent than our last block: whoever is asked has nothing that would fit.
    pub(crate) fn foreign_parent(&self, height: Height, block_id: BlockId, parent: BlockId) -> Fatal {
        let (own_height, own_parent) = (self.ledger.head().height, self.ledger.head_id());
        Fatal::ForeignParent { height, block_id, parent, own_height, own_parent }
    }

    fn apply(
        &mut self,
        header: Header,
        certificate: SharedCertificate,
        submissions: Vec<SharedSubmission>,
        executed: Executed,
        outbox: &mut Outbox,
    ) -> Result<(), Fatal> {
        self.ledger_ahead |= !self.journal.has_body(&certificate.block_id);
        let block = committed_block(header, certificate, &submissions, executed);
        self.ledger.commit(&block)?;
        let CommittedBlock { header, outcomes, .. } = block;
        self.candidates.forget_up_to(header.height);
        self.undecided.forget_up_to(header.height);
        for outcome in &outcomes {
            self.mempool.remove(&outcome.transaction_id);
        }
        outbox.push(Output::Committed(Arc::new(Committed {
            header: header.clone(),
            submissions,
            outcomes: outcomes.clone(),
        })));
        for outcome in outcomes {
            let id = outcome.transaction_id;
            self.answer(&id, &Answer::Committed { id, height: header.height, outcome }, outbox);
        }
        Ok(())
    }

    pub(crate) fn answer(&mut self, id: &TransactionId, answer: &Answer, outbox: &mut Outbox) {
        for ticket in self.waiting.take(id) {
            outbox.push(Output::Answer { ticket, answer: answer.clone() });
        }
    }
}
