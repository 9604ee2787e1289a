//! What other members say and ask.

use std::collections::BTreeSet;
use std::sync::Arc;

use carechain_consensus::Input as ReplicaInput;
use carechain_crypto::{BlockId, Digest};
use carechain_ledger::{Backend, JournalStore, LedgerError, StoredPart};
use carechain_types::{BoundedVec, Height, ReplicaId, SignatureScheme, Submission, Transaction, encode};

use crate::engine::Engine;
use crate::error::Fatal;
use crate::limits::ANSWER_BYTES_MAX;
use crate::mempool::submission_bytes;
use crate::outbox::Outbox;
use crate::output::Output;
use crate::wire::{CommittedBlockMessage, PeerMessage, VerifiedPeerMessage};

impl<B: Backend, J: JournalStore, S: SignatureScheme + Clone> Engine<B, J, S> {
    /// One message of a member.
    pub(crate) fn take_peer(
        &mut self,
        from: ReplicaId,
        message: VerifiedPeerMessage,
        outbox: &mut Outbox,
    ) -> Result<(), Fatal> {
        match message {
            VerifiedPeerMessage::Consensus(message) => {
                self.tell(ReplicaInput::Message { from, message });
            }
            VerifiedPeerMessage::Transaction(submission) => self.admit_from_peer(submission)?,
            VerifiedPeerMessage::FetchBodies { block_id, leaves } => {
                if self.answered.grants(from, self.now) {
                    self.serve_bodies(from, block_id, leaves.into_iter().collect(), outbox)?;
                }
            }
            VerifiedPeerMessage::Bodies { submissions, .. } => {
                for submission in &submissions {
                    self.candidates.supply(submission);
                }
                self.execute_candidates()?;
            }
            VerifiedPeerMessage::FetchBlocks { from: first, until } => {
                if self.answered.grants(from, self.now) {
                    self.serve_blocks(from, first, until, outbox)?;
                }
            }
            VerifiedPeerMessage::CommittedBlock(block) => {
                let head = self.ledger.head().height;
                self.catch_up.receive(head, from, *block);
                self.apply_fetched(outbox)?;
                self.ask_for_blocks(outbox);
            }
        }
        Ok(())
    }

    fn serve_bodies(
        &mut self,
        to: ReplicaId,
        block_id: BlockId,
        leaves: BTreeSet<Digest>,
        outbox: &mut Outbox,
    ) -> Result<(), Fatal> {
        let mut held = self.undecided.by_leaf(&block_id, &self.config.chain_id);
        held.extend(self.candidates.bodies(&leaves));
        let mut submissions = Vec::new();
        let mut bytes = 0;
        let waiting = leaves.iter().filter_map(|leaf| {
            let waiting = self.mempool.by_leaf(leaf).map(|waiting| Arc::clone(&waiting.submission));
            held.get(leaf).cloned().or(waiting)
        });
        for submission in waiting {
            bytes += submission_bytes(&submission);
            if bytes > ANSWER_BYTES_MAX {
                break;
            }
            submissions.push((**submission).clone());
        }
        let mut read = 0;
        if submissions.is_empty() {
            (submissions, read) = self.committed_bodies(&block_id, &leaves)?;
        }
        let sent = submissions.iter().map(submission_bytes).sum();
        self.answered.spend(to, read.max(sent));
        if let Ok(submissions) = BoundedVec::new(submissions)
            && !submissions.is_empty()
        {
            outbox.push(Output::Send { to, message: PeerMessage::Bodies { block_id, submissions } });
        }
        Ok(())
    }

    /// What a committed block has of these, and the bytes that were read to find it: a member that asks for what no block
    /// holds costs as much as one that gets something.
    fn committed_bodies(
        &self,
        block_id: &BlockId,
        leaves: &BTreeSet<Digest>,
    ) -> Result<(Vec<Submission>, usize), LedgerError> {
        let Some(block) = self.ledger.block_by_id(block_id)? else { return Ok((Vec::new(), 0)) };
        let read = block.transactions.iter().map(|transaction| encode(transaction).len()).sum();
        let mut submissions = Vec::new();
        let mut bytes = 0;
        for transaction in &block.transactions {
            let wanted = leaves.contains(&transaction.leaf(&self.config.chain_id).digest());
            if wanted && let Some(submission) = self.stored_submission(transaction)? {
                bytes += submission_bytes(&submission);
                if bytes > ANSWER_BYTES_MAX {
                    break;
                }
                submissions.push(submission);
            }
        }
        Ok((submissions, read))
    }

    /// A committed transaction with its parts; `None` if a part was purged.
    fn stored_submission(&self, transaction: &Transaction) -> Result<Option<Submission>, LedgerError> {
        let parts = self.ledger.parts(&transaction.body.id(&self.config.chain_id))?;
        let present: Option<Vec<_>> = parts
            .into_iter()
            .map(|part| match part {
                StoredPart::Present(part) => Some(part),
                StoredPart::Purged => None,
            })
            .collect();
        let parts = present.and_then(|parts| BoundedVec::new(parts).ok());
        Ok(parts.map(|parts| Submission { transaction: transaction.clone(), parts }))
    }

    fn serve_blocks(
        &mut self,
        to: ReplicaId,
        first: Height,
        until: Height,
        outbox: &mut Outbox,
    ) -> Result<(), Fatal> {
        let first = self.answered.first_unsent(to, first.max(Height::ZERO.next()), self.now);
        let until = until.min(self.ledger.head().height);
        let (mut bytes, mut height) = (0, first);
        // The asker counts the same bytes to know when the answer is complete.
        while height <= until && bytes <= ANSWER_BYTES_MAX {
            let Some(block) = self.committed_message(height)? else { break };
            bytes += block.submissions.iter().map(submission_bytes).sum::<usize>();
            outbox.push(Output::Send { to, message: PeerMessage::CommittedBlock(Box::new(block)) });
            height = height.next();
        }
        self.answered.note_blocks(to, first..height, self.now);
        self.answered.spend(to, bytes);
        Ok(())
    }

    /// The block at a height above genesis and up to the head; `None` if a part of it was purged.
    fn committed_message(&self, height: Height) -> Result<Option<CommittedBlockMessage>, Fatal> {
        let missing = |what| LedgerError::Missing { what, height };
        let block = self.ledger.block(height)?.ok_or_else(|| missing("block"))?;
        let certificate = self.ledger.certificate(height)?.ok_or_else(|| missing("certificate"))?;
        let mut submissions = Vec::new();
        for transaction in &block.transactions {
            let Some(submission) = self.stored_submission(transaction)? else { return Ok(None) };
            submissions.push(submission);
        }
        let submissions = BoundedVec::new(submissions).expect("as many as the block has");
        Ok(Some(CommittedBlockMessage { header: block.header, submissions, certificate }))
    }
}
