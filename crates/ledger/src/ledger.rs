//! The ledger of one node: blocks, state and what derives from them, in one backend.
//!
//! Crash: a block is one batch, so it is there with everything that belongs to it or not at all. Blocks are not synced
//! one by one: the journal carries the certificate until [`Ledger::sync`] confirms a height, and recovery commits again
//! what the backend lost.
//! Invariants: only committed blocks are here, each on its parent; nothing is undone.

mod commit;
mod error;
mod parts;
mod read;
mod rebuild;
mod rows;
mod seen;
mod state;
mod verify;

use carechain_crypto::{BlockId, ChainId, Digest};
use carechain_types::{Certificate, Genesis, Header, Height, Outcome, SharedCertificate, Transaction};

use crate::backend::Backend;
use crate::state_tree::{CommittedState, StateSource, StateUpdate};

pub use error::LedgerError;
pub use parts::StoredPart;
pub use read::{Position, StoredTransaction};
pub use state::prepare_on;
pub use verify::{BlockEvidence, VerifyError};

/// A block with everything that is stored because of it.
#[derive(Clone, Debug)]
pub struct CommittedBlock {
    /// The header.
    pub header: Header,
    /// COMMIT certificate of the header.
    pub certificate: SharedCertificate,
    /// The transactions, in order.
    pub transactions: Vec<Transaction>,
    /// The detached parts of each transaction, in order.
    pub parts: Vec<Vec<StoredPart>>,
    /// What executing each transaction gave, in order.
    pub outcomes: Vec<Outcome>,
    /// What executing the block changed in the state.
    pub state: StateUpdate,
    /// What joins the seen set: transaction ids and request digests.
    pub seen: Vec<Digest>,
}

/// The committed chain of one node.
#[derive(Debug)]
pub struct Ledger<B> {
    backend: B,
    chain_id: ChainId,
    head: Header,
    /// Always `head.id()`.
    head_id: BlockId,
    state: CommittedState,
    durable_height: Height,
}

impl<B: Backend> Ledger<B> {
    /// Opens the ledger in a backend, founding it from genesis if the backend is empty.
    ///
    /// # Errors
    /// If the backend holds another chain, is damaged or fails.
    pub fn open(backend: B, genesis: &Genesis) -> Result<Self, LedgerError> {
        let chain_id = genesis.chain_id();
        match rows::chain(&backend)? {
            None => commit::found(&backend, genesis, chain_id)?,
            Some(found) if found == chain_id => {}
            Some(found) => return Err(LedgerError::OtherChain { found, expected: chain_id }),
        }
        backend.sync()?;
        let height = rows::head_height(&backend)?;
        let head = rows::header(&backend, height)?.ok_or(LedgerError::Missing { what: "header", height })?;
        let state = CommittedState::open(&backend)?;
        let found = state.source(&backend).root();
        if found != head.state_root {
            return Err(LedgerError::StateRoot { height, found, expected: head.state_root });
        }
        let head_id = head.id();
        let mut ledger = Self { backend, chain_id, head, head_id, state, durable_height: height };
        if rows::indexed_height(&ledger.backend)? != Some(height) {
            ledger.rebuild_indexes()?;
        }
        Ok(ledger)
    }

    /// The ledger's name.
    #[must_use]
    pub const fn chain_id(&self) -> &ChainId {
        &self.chain_id
    }

    /// Header of the highest block: everything up to it is applied.
    #[must_use]
    pub const fn head(&self) -> &Header {
        &self.head
    }

    /// Id of the highest block.
    #[must_use]
    pub const fn head_id(&self) -> BlockId {
        self.head_id
    }

    /// The height up to which no crash loses a block.
    #[must_use]
    pub const fn durable_height(&self) -> Height {
        self.durable_height
    }

    /// Makes all applied blocks durable; gives their height. Journal entries at or below it may go then.
    ///
    /// # Errors
    /// If it is not certain that they are.
    pub fn sync(&mut self) -> Result<Height, LedgerError> {
        self.backend.sync()?;
        self.durable_height = self.head.height;
        Ok(self.durable_height)
    }

    /// COMMIT certificate of the highest block; none at genesis.
    ///
    /// # Errors
    /// If the backend fails.
    pub fn head_certificate(&self) -> Result<Option<Certificate>, LedgerError> {
        self.certificate(self.head.height)
    }

    pub(crate) const fn backend(&self) -> &B {
        &self.backend
    }

    /// The backend, for another ledger to open.
    #[must_use]
    pub fn into_backend(self) -> B {
        self.backend
    }
}

#[cfg(test)]
mod tests;
