//! Verifying the chain from genesis: what was committed, by whom, and that nothing of it changed on disk.

use carechain_types::{Block, Certificate, Genesis, Height, Outcome, tree};

use super::chain::Ledger;
use super::error::LedgerError;
use super::stored_part::StoredPart;
use crate::backend::Backend;
use crate::state_tree::{CommittedState, EmptyState, prepare};

/// One block with what the caller needs to check it further.
#[derive(Clone, Debug)]
pub struct BlockEvidence {
    /// The block; header and roots are already checked.
    pub block: Block,
    /// Its certificate, for this block by height and id; the signatures are the caller's to check.
    pub certificate: Certificate,
    /// Its outcomes; their root is already checked.
    pub outcomes: Vec<Outcome>,
}

/// Where the chain on disk is not a chain.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError<E> {
    /// It cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Something does not follow from what is below it.
    #[error("the {what} of block {height} is wrong")]
    Wrong {
        /// Which field or row.
        what: &'static str,
        /// Of which block.
        height: Height,
    },
    /// The caller's check refused a block.
    #[error("block {height} is refused")]
    Refused {
        /// Its height.
        height: Height,
        /// The caller's reason.
        source: E,
    },
}

impl<B: Backend> Ledger<B> {
    /// Walks from genesis to the head: headers linked and ascending in time, transactions, their detached parts and
    /// outcomes under their roots, certificates in place, the head's state whole. `check` sees every block in order and judges what needs
    /// signatures or execution.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify<E>(
        &self,
        genesis: &Genesis,
        mut check: impl FnMut(&BlockEvidence) -> Result<(), E>,
    ) -> Result<(), VerifyError<E>> {
        let changes = genesis.initial_state().into_iter().map(|(key, value)| (key.hash(), value)).collect();
        let initial = prepare(&EmptyState, changes).map_err(LedgerError::from)?;
        let mut below = genesis.header(initial.root());
        if self.header(Height::ZERO)?.as_ref() != Some(&below) {
            return Err(VerifyError::Wrong { what: "header", height: Height::ZERO });
        }
        while below.height < self.head.height {
            let height = below.height.next();
            let evidence = self.evidence(height)?;
            let header = &evidence.block.header;
            let wrong = |what| Err(VerifyError::Wrong { what, height });
            if header.height != height || header.parent != below.id() || header.chain_id != below.chain_id {
                return wrong("link to the block below");
            }
            if header.time <= below.time {
                return wrong("time");
            }
            self.check_roots(&evidence)?;
            self.check_parts(&evidence.block)?;
            check(&evidence).map_err(|source| VerifyError::Refused { height, source })?;
            below = evidence.block.header;
        }
        if below.id() != self.head_id {
            return Err(VerifyError::Wrong { what: "id", height: below.height });
        }
        self.verify_state()
    }

    fn evidence(&self, height: Height) -> Result<BlockEvidence, LedgerError> {
        let missing = |what| LedgerError::Missing { what, height };
        Ok(BlockEvidence {
            block: self.block(height)?.ok_or_else(|| missing("block"))?,
            certificate: self.certificate(height)?.ok_or_else(|| missing("certificate"))?,
            outcomes: self.outcomes(height)?.ok_or_else(|| missing("outcomes"))?,
        })
    }

    fn check_roots<E>(&self, evidence: &BlockEvidence) -> Result<(), VerifyError<E>> {
        let BlockEvidence { block, certificate, outcomes } = evidence;
        let header = &block.header;
        let wrong = |what| Err(VerifyError::Wrong { what, height: header.height });
        if tree::root(&block.leaf_digests(&self.chain_id)) != header.transactions_root {
            return wrong("transactions root");
        }
        let leaves: Vec<_> = outcomes.iter().map(Outcome::digest).collect();
        if tree::root(&leaves) != header.outcomes_root {
            return wrong("outcomes root");
        }
        let ids = block.transactions.iter().map(|transaction| transaction.body.id(&self.chain_id));
        if !ids.eq(outcomes.iter().map(|outcome| outcome.transaction_id)) {
            return wrong("outcomes");
        }
        if certificate.height != header.height || certificate.block_id != header.id() {
            return wrong("certificate");
        }
        if self.height_of(&header.id())? != Some(header.height) {
            return wrong("row of the block id");
        }
        Ok(())
    }

    /// Compares every detached part that was not purged with what its transaction binds.
    fn check_parts<E>(&self, block: &Block) -> Result<(), VerifyError<E>> {
        let height = block.header.height;
        for transaction in &block.transactions {
            let stored = self.parts(transaction, height)?;
            let sound = transaction.body.parts.iter().zip(&stored).all(|(head, part)| match part {
                StoredPart::Present(part) => part.size() == head.bytes && part.digest() == head.digest,
                StoredPart::Purged => true,
            });
            if !sound {
                return Err(VerifyError::Wrong { what: "detached part", height });
            }
        }
        Ok(())
    }

    /// Hashes every page and value of the head's state.
    fn verify_state<E>(&self) -> Result<(), VerifyError<E>> {
        let state = CommittedState::open(&self.backend).map_err(LedgerError::from)?;
        let root = state.source(&self.backend).verify_all().map_err(LedgerError::from)?;
        if root == Some(self.head.state_root) {
            Ok(())
        } else {
            Err(VerifyError::Wrong { what: "state", height: self.head.height })
        }
    }
}
