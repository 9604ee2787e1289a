//! Proofs from the committed chain: state claims at the head, transactions with their outcomes.

use carechain_crypto::TransactionId;
use carechain_ledger::{Backend, JournalStore, LedgerError};
use carechain_types::{
    Bodies, BoundedBytes, BoundedVec, Claim, Header, Proof, ProofKind, SignatureScheme, Stamp, StateKey,
    TransactionBody,
};

use crate::engine::Engine;

/// Why a proof cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// More claims than a proof may have.
    #[error("{count} claims are too many for one proof")]
    TooMany {
        /// How many were asked for.
        count: usize,
    },
}

impl<B: Backend, J: JournalStore, S: SignatureScheme + Clone> Engine<B, J, S> {
    /// The values under these keys, or their absence, at the head; with the heads that say as of when.
    pub fn prove_state(&self, keys: &[StateKey], bodies: Bodies) -> Result<Proof, ProveError> {
        let claims = keys.iter().map(|key| self.claim(*key, bodies)).collect::<Result<Vec<_>, _>>()?;
        let claims = BoundedVec::new(claims).map_err(|error| ProveError::TooMany { count: error.count })?;
        let header = self.ledger.head().clone();
        let quorum = self.config.membership.quorum().size();
        let heads = self.heads.covering(header.height, quorum);
        let proof = self.certified(header)?;
        Ok(Proof { claims, heads, ..proof })
    }

    fn claim(&self, key: StateKey, bodies: Bodies) -> Result<Claim, LedgerError> {
        let value = self.ledger.state_value(&key)?;
        let path = self.ledger.prove(&key)?;
        let body = match (&value, bodies) {
            (Some(value), Bodies::With) => self.writer(value)?,
            _ => None,
        };
        let value =
            value.map(|value| BoundedBytes::new(value).expect("values are bounded where they are written"));
        Ok(Claim { key, value, path, body })
    }

    /// Body of the transaction that a value names as its writer; none for genesis.
    fn writer(&self, value: &[u8]) -> Result<Option<TransactionBody>, LedgerError> {
        let Some(stamp) = Stamp::of(value) else { return Ok(None) };
        Ok(self.ledger.transaction(&stamp.transaction_id)?.map(|stored| stored.transaction.body))
    }

    /// A committed transaction with its outcome; `None` if the chain does not hold it.
    pub fn prove_transaction(&self, id: &TransactionId) -> Result<Option<Proof>, LedgerError> {
        let Some((height, transaction)) = self.ledger.transaction_proof(id)? else { return Ok(None) };
        let Some(header) = self.ledger.header(height)? else { return Ok(None) };
        let proof = self.certified(header)?;
        Ok(Some(Proof { kind: ProofKind::Transaction, transaction: Some(transaction), ..proof }))
    }

    fn certified(&self, header: Header) -> Result<Proof, LedgerError> {
        Ok(Proof {
            kind: ProofKind::State,
            chain_id: self.config.chain_id,
            epochs: BoundedVec::empty(),
            certificate: self.ledger.certificate(header.height)?,
            header,
            claims: BoundedVec::empty(),
            transaction: None,
            heads: None,
        })
    }
}
