//! The ledger itself: what it holds open, and how it is opened.

use carechain_crypto::{BlockId, ChainId};
use carechain_types::{Certificate, Genesis, Header, Height};

use super::error::LedgerError;
use super::{founding, rebuild, rows};
use crate::backend::Backend;
use crate::state_tree::{CommittedState, StateSource};

/// The committed chain of one node.
#[derive(Debug)]
pub struct Ledger<B> {
    pub(super) backend: B,
    pub(super) chain_id: ChainId,
    pub(super) head: Header,
    /// Always `head.id()`.
    pub(super) head_id: BlockId,
    pub(super) state: CommittedState,
    durable_height: Height,
    /// Key of the seen set below which nothing is left.
    pub(super) seen_floor: Vec<u8>,
}

impl<B: Backend> Ledger<B> {
    /// Opens the ledger in a backend, founding it from genesis if the backend is empty.
    ///
    /// # Errors
    /// If the backend holds another chain, is damaged or fails.
    pub fn open(backend: B, genesis: &Genesis) -> Result<Self, LedgerError> {
        let chain_id = genesis.chain_id();
        match rows::chain(&backend)? {
            None => founding::found(&backend, genesis, chain_id)?,
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
        let mut ledger =
            Self { backend, chain_id, head, head_id, state, durable_height: height, seen_floor: Vec::new() };
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
        rows::certificate(&self.backend, self.head.height)
    }

    /// Drops all index rows, search tokens too, and derives them again; tokens come back when the node indexes them
    /// again from [`Self::tokens_height`]. One that is interrupted starts again on the next open.
    ///
    /// # Errors
    /// If the backend fails or is damaged.
    pub fn rebuild_indexes(&mut self) -> Result<(), LedgerError> {
        rebuild::rebuild_indexes(&self.backend, self.head.height)
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
