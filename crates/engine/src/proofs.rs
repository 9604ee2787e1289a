//! Proofs from the committed chain: state claims at the head, transactions with their outcomes.

use carechain_crypto::TransactionId;
use carechain_ledger::{Backend, JournalStore, LedgerError};
use carechain_types::limits::REPLICAS_MAX;
use carechain_types::{
    Bodies, BoundedBytes, BoundedVec, Claim, Header, Proof, ProofKind, SignatureScheme, SignedHead, Stamp,
    StateKey, TransactionBody,
};

use crate::engine::Engine;
use crate::heads::covering;

impl<B: Backend, J: JournalStore, S: SignatureScheme + Clone> Engine<B, J, S> {
    /// A proof of the head that has no claims yet, with the heads that say as of when. [`Self::claim`] makes the claims,
    /// a few at a time, as long as the head is the same.
    pub fn prove_head(&self) -> Result<Proof, LedgerError> {
        let proof = self.certified(self.ledger.head().clone())?;
        Ok(Proof { heads: self.covering_heads(), ..proof })
    }

    /// The newest heads of a quorum, if they show that nothing above this replica's head is committed.
    #[must_use]
    pub fn covering_heads(&self) -> Option<BoundedVec<SignedHead, REPLICAS_MAX>> {
        let quorum = self.config.membership.quorum().size();
        covering(self.replica.heads(), self.ledger.head().height, quorum, self.wall)
    }

    /// The value under a key at the head, or its absence, with its path to the head's state root.
    pub fn claim(&self, key: StateKey, bodies: Bodies) -> Result<Claim, LedgerError> {
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
