//! What other members say and ask.

use std::collections::BTreeSet;

use carechain_consensus::Input as ReplicaInput;
use carechain_crypto::{BlockId, Digest};
use carechain_ledger::{Backend, JournalStore, LedgerError, StoredPart};
use carechain_types::{
    BoundedVec, Height, ReplicaId, SignatureScheme, Submission, Time, Transaction, encode,
};

use crate::engine::Engine;
use crate::error::Fatal;
use crate::limits::{ANSWER_BYTES_MAX, LOOK_UP_BYTES};
use crate::mempool::submission_bytes;
use crate::outbox::Outbox;
use crate::output::Output;
use crate::wire::{CommittedBlockMessage, PeerMessage, VerifiedPeerMessage};

impl<B: Backend, J: JournalStore, S: SignatureScheme + Clone> Engine<B, J, S> {
    /// One message of a member.
    pub(crate) fn take_peer(
        &mut self,
        from: ReplicaId,
        arrived: Time,
        message: VerifiedPeerMessage,
        outbox: &mut Outbox,
    ) -> Result<(), Fatal> {
        match message {
            VerifiedPeerMessage::Consensus(message) => {
                self.tell(ReplicaInput::Message { from, arrived, message });
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
        self.answered.spend(to, leaves.len() * LOOK_UP_BYTES);
        let checked = self.candidates.bodies(&block_id, &leaves);
        let mut submissions = Vec::new();
        let mut bytes = 0;
        let waiting = leaves.iter().filter_map(|leaf| {
            let held = self.undecided.body(&block_id, leaf).or_else(|| checked.get(leaf));
            held.or_else(|| self.mempool.by_leaf(leaf).map(|waiting| &waiting.submission))
        });
        for submission in waiting {
            bytes += submission_bytes(submission);
            if bytes > ANSWER_BYTES_MAX {
                break;
            }
            submissions.push((***submission).clone());
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
        let mut read = block.transactions.iter().map(|transaction| encode(transaction).len()).sum();
        let mut submissions = Vec::new();
        let mut bytes = 0;
        for transaction in &block.transactions {
            let wanted = leaves.contains(&transaction.leaf(&self.config.chain_id).digest());
            if !wanted {
                continue;
            }
            let stored = self.stored_submission(transaction, block.header.height)?;
            read += stored.part_bytes;
            let Some(submission) = stored.whole else { continue };
            bytes += submission_bytes(&submission);
            if bytes > ANSWER_BYTES_MAX {
                break;
            }
            submissions.push(submission);
        }
        Ok((submissions, read))
    }

    fn stored_submission(
        &self,
        transaction: &Transaction,
        height: Height,
    ) -> Result<StoredSubmission, LedgerError> {
        let parts = self.ledger.parts(transaction, height)?;
        let part_bytes = parts.iter().map(StoredPart::bytes).sum();
        let present: Option<Vec<_>> = parts
            .into_iter()
            .map(|part| match part {
                StoredPart::Present(part) => Some(part),
                StoredPart::Purged => None,
            })
            .collect();
        let parts = present.and_then(|parts| BoundedVec::new(parts).ok());
        let whole = parts.map(|parts| Submission { transaction: transaction.clone(), parts });
        Ok(StoredSubmission { whole, part_bytes })
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
            let (block, read) = self.committed_message(height)?;
            bytes += read;
            let Some(block) = block else { break };
            outbox.push(Output::Send { to, message: PeerMessage::CommittedBlock(Box::new(block)) });
            height = height.next();
        }
        self.answered.note_blocks(to, first..height, self.now);
        self.answered.spend(to, bytes);
        Ok(())
    }

    /// The block at a height above genesis and up to the head, and the bytes of transactions that were read for it; no
    /// block if a part of it was purged: see decision 0050.
    fn committed_message(&self, height: Height) -> Result<(Option<CommittedBlockMessage>, usize), Fatal> {
        let missing = |what| LedgerError::Missing { what, height };
        let block = self.ledger.block(height)?.ok_or_else(|| missing("block"))?;
        let certificate = self.ledger.certificate(height)?.ok_or_else(|| missing("certificate"))?;
        let (mut submissions, mut read) = (Vec::new(), 0);
        for transaction in &block.transactions {
            let stored = self.stored_submission(transaction, height)?;
            read += encode(transaction).len() + stored.part_bytes;
            let Some(submission) = stored.whole else { return Ok((None, read)) };
            submissions.push(submission);
        }
        let submissions = BoundedVec::new(submissions).expect("as many as the block has");
        Ok((Some(CommittedBlockMessage { header: block.header, submissions, certificate }), read))
    }
}

/// What the ledger has of a committed transaction and its parts.
struct StoredSubmission {
    /// `None` if a part was purged.
    whole: Option<Submission>,
    /// Bytes of parts that were read for it.
    part_bytes: usize,
}
