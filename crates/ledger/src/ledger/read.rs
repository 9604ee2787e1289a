//! Reading blocks, transactions and outcomes.
//!
//! Invariants
//! - `None` means that the chain does not hold it. A row that must be there because another one names it, and is not, is
//!   an error: a node that took it for an absence would admit a transaction twice, or deny what it committed.

use carechain_crypto::{BlockId, TransactionId};
use carechain_types::{
    Block, BoundedVec, Certificate, Header, Height, Outcome, Transaction, TransactionProof, tree,
};

use super::chain::Ledger;
use super::error::LedgerError;
use super::position::Position;
use super::rows;
use crate::backend::{Backend, Table};

/// A committed transaction with its outcome.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredTransaction {
    /// Where it stands.
    pub position: Position,
    /// The transaction with the signature its block binds.
    pub transaction: Transaction,
    /// What executing it gave.
    pub outcome: Outcome,
}

impl<B: Backend> Ledger<B> {
    /// The header at a height; `None` above the head.
    ///
    /// # Errors
    /// If the backend fails or is damaged; so for all methods here.
    pub fn header(&self, height: Height) -> Result<Option<Header>, LedgerError> {
        if height == self.head.height {
            return Ok(Some(self.head.clone()));
        }
        rows::header(&self.backend, height)
    }

    /// The COMMIT certificate of the block at a height; `None` at genesis and above the head.
    ///
    /// # Errors
    /// See [`Self::header`].
    pub fn certificate(&self, height: Height) -> Result<Option<Certificate>, LedgerError> {
        rows::certificate(&self.backend, height)
    }

    /// The height of a committed block.
    ///
    /// # Errors
    /// See [`Self::header`].
    pub fn height_of(&self, block: &BlockId) -> Result<Option<Height>, LedgerError> {
        let row = self.backend.get(Table::Heights, block.as_slice())?;
        row.map(|bytes| rows::height_from(Table::Heights, &bytes)).transpose()
    }

    /// The block at a height; `None` above the head.
    ///
    /// # Errors
    /// See [`Self::header`].
    pub fn block(&self, height: Height) -> Result<Option<Block>, LedgerError> {
        let Some(header) = self.header(height)? else { return Ok(None) };
        let transactions = rows::transactions(&self.backend, &header)?;
        let transactions = BoundedVec::new(transactions)
            .map_err(|_| LedgerError::Damaged { table: Table::Transactions, source: None })?;
        Ok(Some(Block { header, transactions }))
    }

    /// A committed block by its id.
    ///
    /// # Errors
    /// See [`Self::header`].
    pub fn block_by_id(&self, block: &BlockId) -> Result<Option<Block>, LedgerError> {
        let Some(height) = self.height_of(block)? else { return Ok(None) };
        let found = self.block(height)?;
        found.map(Some).ok_or(LedgerError::Missing { what: "block", height })
    }

    /// The outcomes of the block at a height, in order; `None` above the head.
    ///
    /// # Errors
    /// See [`Self::header`].
    pub fn outcomes(&self, height: Height) -> Result<Option<Vec<Outcome>>, LedgerError> {
        let header = self.header(height)?;
        header.map(|header| rows::outcomes(&self.backend, &header)).transpose()
    }

    /// Where a transaction stands; `None` if it is not committed here.
    ///
    /// # Errors
    /// See [`Self::header`].
    pub fn position(&self, transaction: &TransactionId) -> Result<Option<Position>, LedgerError> {
        let row = self.backend.get(Table::Positions, transaction.as_slice())?;
        row.map(|bytes| rows::position_from(Table::Positions, &bytes)).transpose()
    }

    /// A committed transaction with its outcome.
    ///
    /// # Errors
    /// See [`Self::header`].
    pub fn transaction(&self, transaction: &TransactionId) -> Result<Option<StoredTransaction>, LedgerError> {
        let Some(position) = self.position(transaction)? else { return Ok(None) };
        let found = self.transaction_at(position)?;
        found.map(Some).ok_or(LedgerError::Missing { what: "transaction", height: position.height })
    }

    /// The transaction at a position with its outcome.
    ///
    /// # Errors
    /// See [`Self::header`].
    pub fn transaction_at(&self, position: Position) -> Result<Option<StoredTransaction>, LedgerError> {
        let transaction = rows::transaction(&self.backend, position)?;
        let outcome = rows::outcome(&self.backend, position)?;
        let missing = |what| LedgerError::Missing { what, height: position.height };
        match (transaction, outcome) {
            (Some(transaction), Some(outcome)) => {
                Ok(Some(StoredTransaction { position, transaction, outcome }))
            }
            (None, None) => Ok(None),
            (Some(_), None) => Err(missing("outcome of a transaction")),
            (None, Some(_)) => Err(missing("transaction of an outcome")),
        }
    }

    /// The part of a proof that shows a transaction and its outcome in their block, whose height comes first.
    ///
    /// # Errors
    /// See [`Self::header`].
    pub fn transaction_proof(
        &self,
        transaction: &TransactionId,
    ) -> Result<Option<(Height, TransactionProof)>, LedgerError> {
        let Some(stored) = self.transaction(transaction)? else { return Ok(None) };
        let height = stored.position.height;
        let (Some(block), Some(outcomes)) = (self.block(height)?, self.outcomes(height)?) else {
            return Err(LedgerError::Missing { what: "block", height });
        };
        let leaves = block.leaf_digests(&self.chain_id);
        let outcome_leaves: Vec<_> = outcomes.iter().map(Outcome::digest).collect();
        let index = stored.position.index as usize;
        let path = |leaves: &[_]| {
            let path = tree::path(leaves, index)
                .ok_or(LedgerError::Damaged { table: Table::Positions, source: None })?;
            Ok::<_, LedgerError>(BoundedVec::new(path).expect("blocks are bounded"))
        };
        let proof = TransactionProof {
            body: stored.transaction.body,
            signature: stored.transaction.signature,
            outcome: stored.outcome,
            leaf_index: stored.position.index,
            transaction_path: path(&leaves)?,
            outcome_path: path(&outcome_leaves)?,
        };
        Ok(Some((height, proof)))
    }
}
