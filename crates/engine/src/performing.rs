//! Doing what the replica says.

use std::sync::Arc;

use carechain_consensus::{JournalEntry, Message, Output as ReplicaOutput};
use carechain_crypto::BlockId;
use carechain_ledger::{Backend, JournalStore};
use carechain_types::{Height, ReplicaId, SignatureScheme};

use crate::candidates::Candidate;
use crate::engine::Engine;
use crate::error::Fatal;
use crate::outbox::Outbox;
use crate::output::Output;
use crate::wire::PeerMessage;

impl<B: Backend, J: JournalStore, S: SignatureScheme + Clone> Engine<B, J, S> {
    /// One output of the replica.
    pub(crate) fn perform(&mut self, output: ReplicaOutput, outbox: &mut Outbox) -> Result<(), Fatal> {
        match output {
            ReplicaOutput::Persist(entry) => self.persist(entry)?,
            ReplicaOutput::Send { to, message } => self.send_consensus(to, message, outbox),
            ReplicaOutput::Broadcast(message) => self.broadcast_consensus(message, outbox),
            ReplicaOutput::Check { block_id, header, leaves, holders, origin: _ } => {
                let mut candidate = Candidate::new(header, leaves, holders, &self.mempool);
                for (leaf, submission) in self.undecided.bodies(&block_id) {
                    candidate.supply(leaf, submission);
                }
                self.candidates.insert(block_id, candidate);
                self.execute_candidates()?;
                self.ask_for_bodies(outbox);
            }
            ReplicaOutput::Commit { height, block_id, certificate } => {
                self.commit(height, block_id, certificate, outbox)?;
            }
            ReplicaOutput::CatchUp { certificate, holders } => {
                self.catch_up.want(certificate.height, holders);
                self.ask_for_blocks(outbox);
            }
            ReplicaOutput::ServeCommitted { to, height } => self.serve_certificate(to, height, outbox)?,
            ReplicaOutput::Dropped(blocks) => self.drop_candidates(&blocks),
            ReplicaOutput::ViewEntered { view, primary } => {
                self.mempool.forget_left_out();
                outbox.push(Output::ViewEntered { view, primary });
            }
            ReplicaOutput::Suspected { view, primary, reason } => {
                outbox.push(Output::Suspected { view, primary, reason });
            }
            ReplicaOutput::Evidence { member, sin } => outbox.push(Output::Evidence { member, sin }),
            ReplicaOutput::Fatal { height, block_id, own, certified } => {
                return Err(Fatal::Diverged { height, block_id, own, certified });
            }
            ReplicaOutput::ForeignParent { height, block_id, parent } => {
                return Err(self.foreign_parent(height, block_id, parent));
            }
        }
        Ok(())
    }

    /// Writes an entry, the body it rests on ahead of it. A vote rests on the committed blocks below it: those whose
    /// bodies are not in the journal are synced in the ledger first, so that no crash leaves the vote without them.
    fn persist(&mut self, entry: JournalEntry) -> Result<(), Fatal> {
        let rests_on_ledger = matches!(&entry, JournalEntry::Prepare(_) | JournalEntry::ViewChange(_));
        if rests_on_ledger && core::mem::take(&mut self.ledger_ahead) {
            self.ledger.sync()?;
        }
        if let JournalEntry::Prepared { certificate, .. } | JournalEntry::Committed { certificate } = &entry {
            let block_id = certificate.block_id;
            if let Some(candidate) = self.candidates.get(&block_id)
                && let Some(submissions) = candidate.submissions()
            {
                self.journal.append_body(block_id, &candidate.header, &submissions)?;
                let bodies = candidate.leaves.iter().copied().zip(submissions);
                self.undecided.insert(block_id, candidate.header.height, bodies);
            }
        }
        self.journal.append_entry(entry)?;
        Ok(())
    }

    fn send_consensus(&mut self, to: ReplicaId, message: Message, outbox: &mut Outbox) {
        outbox.push(Output::Send { to, message: PeerMessage::Consensus(message) });
    }

    fn broadcast_consensus(&mut self, message: Message, outbox: &mut Outbox) {
        outbox.push(Output::Broadcast(PeerMessage::Consensus(message)));
    }

    fn serve_certificate(&mut self, to: ReplicaId, height: Height, outbox: &mut Outbox) -> Result<(), Fatal> {
        if let Some(certificate) = self.ledger.certificate(height)? {
            self.send_consensus(to, Message::Certificate(certificate), outbox);
        }
        Ok(())
    }

    /// What is dropped returns to the mempool.
    fn drop_candidates(&mut self, blocks: &[BlockId]) {
        for block_id in blocks {
            let Some(candidate) = self.candidates.remove(block_id) else { continue };
            for submission in candidate.submissions().into_iter().flatten() {
                // One that is there already or finds no room is proposed by whoever holds it.
                let _ = self.mempool.insert(Arc::clone(&submission), self.now);
            }
        }
    }

    /// Asks for the missing bodies of candidates.
    pub(crate) fn ask_for_bodies(&mut self, outbox: &mut Outbox) {
        let others = self.others();
        for (to, message) in self.candidates.questions(&others, self.now) {
            outbox.push(Output::Send { to, message });
        }
    }

    /// Asks for the committed blocks that are missing.
    pub(crate) fn ask_for_blocks(&mut self, outbox: &mut Outbox) {
        let head = self.ledger.head().height;
        if let Some((to, message)) = self.catch_up.question(head, &self.others(), self.now) {
            outbox.push(Output::Send { to, message });
        }
    }
}
