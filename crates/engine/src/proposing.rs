//! Building a block when the replica wants one and something waits.

use std::sync::Arc;

use carechain_consensus::{Input as ReplicaInput, ProposalSlot};
use carechain_ledger::{Backend, JournalStore};
use carechain_types::{BoundedVec, Header, PROTOCOL_VERSION, SignatureScheme, tree};

use crate::candidates::Candidate;
use crate::engine::Engine;
use crate::error::Fatal;
use crate::execution::{Executed, Place, Run};
use crate::limits::PROPOSAL_COUNT_MAX;
use crate::mempool::SharedSubmission;
use crate::not_proposable::NotProposable;
use crate::outbox::Outbox;

impl<B: Backend, J: JournalStore, S: SignatureScheme + Clone> Engine<B, J, S> {
    /// Proposes what waits, if a block may be proposed now. An idle chain makes no blocks.
    pub(crate) fn propose(&mut self, outbox: &mut Outbox) -> Result<(), Fatal> {
        let Some(slot) = self.replica.wants_proposal() else { return Ok(()) };
        if self.mempool.is_empty() || slot.parent != self.ledger.head_id() {
            return Ok(());
        }
        let time = self.block_time(slot.parent_header.time);
        let place = Place { config: &self.config, height: slot.height, time };
        let mut run = Run::new(&self.ledger, &place, &self.scheme);
        let (mut chosen, mut unfit) = (Vec::new(), Vec::new());
        for waiting in self.mempool.iter() {
            match run.add(&waiting.submission)? {
                Ok(()) => chosen.push((waiting.leaf, Arc::clone(&waiting.submission))),
                Err(NotProposable::Bytes { .. }) => break,
                Err(NotProposable::Transaction { id, reason }) => unfit.push((id, reason)),
                Err(NotProposable::Twice { .. }) => {}
            }
            if chosen.len() >= PROPOSAL_COUNT_MAX {
                break;
            }
        }
        let executed = if run.is_empty() { None } else { Some(run.finish(&self.ledger)?) };
        for (id, reason) in unfit {
            self.drop_unfit(&id, reason, outbox);
        }
        if let Some(executed) = executed {
            let header = self.header(&slot, time, &chosen, &executed);
            self.propose_block(&slot, header, chosen, executed);
        }
        Ok(())
    }

    fn header(
        &self,
        slot: &ProposalSlot,
        time: carechain_types::Time,
        chosen: &[(carechain_crypto::Digest, SharedSubmission)],
        executed: &Executed,
    ) -> Header {
        let leaves: Vec<_> = chosen.iter().map(|(leaf, _)| *leaf).collect();
        Header {
            protocol: PROTOCOL_VERSION,
            chain_id: self.config.chain_id,
            epoch: self.config.membership.epoch,
            height: slot.height,
            view: slot.view,
            primary: self.config.own,
            parent: slot.parent,
            time,
            transaction_count: u32::try_from(leaves.len()).expect("blocks are bounded"),
            transactions_root: tree::root(&leaves),
            outcomes_root: executed.outcomes_root,
            state_root: executed.state_root(),
            next_membership: None,
        }
    }

    fn propose_block(
        &mut self,
        slot: &ProposalSlot,
        header: Header,
        chosen: Vec<(carechain_crypto::Digest, SharedSubmission)>,
        executed: Executed,
    ) {
        let (leaves, submissions): (Vec<_>, Vec<_>) = chosen.into_iter().unzip();
        let leaves = Arc::new(BoundedVec::new(leaves).expect("blocks are bounded"));
        let candidate = Candidate::own(header.clone(), Arc::clone(&leaves), submissions, executed);
        self.candidates.insert(header.id(), candidate);
        self.tell(ReplicaInput::Proposal { view: slot.view, header, leaves });
    }
}
