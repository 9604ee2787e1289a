//! The gateway: signs in the hospital's name, and wraps a reader's signed request in its own transaction.

use std::sync::Arc;

use carechain_api::NodeError;
use carechain_crypto::{ChainId, HospitalId, Nonce, SigningKeyPair};
use carechain_process::Clock;
use carechain_types::limits::TRANSACTION_LIFE_DEFAULT;
use carechain_types::{
    BoundedBytes, BoundedVec, NodeSigner, Party, PublicPart, ReadPart, Submission, TRANSACTION_VERSION, Time,
    Transaction, TransactionBody,
};

/// Signs in the name of the hospital's gateway.
pub(super) struct Gateway {
    key: Arc<SigningKeyPair>,
    hospital: HospitalId,
    clock: Clock,
}

impl Gateway {
    /// With the node's key.
    #[must_use]
    pub(super) const fn new(key: Arc<SigningKeyPair>, hospital: HospitalId, clock: Clock) -> Self {
        Self { key, hospital, clock }
    }

    /// The time by this gateway's clock.
    #[must_use]
    pub(super) fn now(&self) -> Time {
        self.clock.wall()
    }

    /// The wrap of a request, as a transaction of this hospital.
    pub(super) fn wrap(&self, chain_id: &ChainId, part: ReadPart) -> Result<Submission, NodeError> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt)
            .map_err(|_| NodeError::Internal { what: "the system gives no randomness" })?;
        let part = PublicPart::Read(part);
        let public_part = BoundedBytes::new(part.to_bytes())
            .map_err(|error| NodeError::Invalid { problem: error.to_string() })?;
        let body = TransactionBody {
            version: TRANSACTION_VERSION,
            sender: Party::Hospital(self.hospital),
            sender_key: self.key.public(),
            salt: Nonce::new(salt),
            expiry_time: self.clock.wall().after(TRANSACTION_LIFE_DEFAULT),
            kind: part.kind().number(),
            public_part,
            parts: BoundedVec::empty(),
        };
        let signature = NodeSigner::sign(&*self.key, chain_id, &body);
        Ok(Submission { transaction: Transaction { body, signature }, parts: BoundedVec::empty() })
    }
}
