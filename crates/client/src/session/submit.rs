//! Sending transactions: signed once, sent until an outcome is proven or its life is over.

use std::time::{Duration, Instant};

use carechain_crypto::{Nonce, Salt, TransactionId};
use carechain_schema::{ErrorCode, Method, Retry, Route};
use carechain_types::limits::{PROOF_BYTES_MAX, TRANSACTION_LIFE_DEFAULT};
use carechain_types::{
    BoundedBytes, BoundedVec, DetachedPart, Height, Outcome, PartKind, PersonBody, Proof, PublicPart,
    Refusal, Submission, TRANSACTION_VERSION, Time, Transaction, TransactionBody, decode, encode,
};

use super::Session;
use super::query::{is_no_quorum, pause};
use crate::caller::{Call, CallError};
use crate::clock::now;
use crate::error::OperationError;
use crate::limits::{OUTCOME_WAIT, QUORUM_WAIT};
use crate::random::SystemRandom;
use crate::trust::TrustError;

/// A transaction to be signed: public part and sealed parts, in the order of their indexes.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it says in the open.
    pub part: PublicPart,
    /// Kind and sealed bytes of each detached part.
    pub parts: Vec<(PartKind, Vec<u8>)>,
}

/// A transaction that the ledger did, with its proof.
#[derive(Clone, Debug)]
pub struct Committed {
    /// The transaction.
    pub id: TransactionId,
    /// Its outcome: done.
    pub outcome: Outcome,
    /// Height of its block.
    pub height: Height,
    /// Time of its block.
    pub time: Time,
    /// Canonical bytes of the proof.
    pub proof: Vec<u8>,
    /// From the signed transaction sent, or its outcome asked for, to the verified proof held.
    pub took: Duration,
}

impl Committed {
    /// The proof file that `proof verify` reads.
    pub fn proof_file(&self) -> Result<Vec<u8>, OperationError> {
        proof_file(&self.proof)
    }
}

/// The proof file of a proof's canonical bytes.
pub fn proof_file(proof: &[u8]) -> Result<Vec<u8>, OperationError> {
    let proof: Proof = decode(proof, PROOF_BYTES_MAX)?;
    Ok(proof.to_file())
}

impl Session {
    /// Signs and sends a transaction, and waits for its proven outcome.
    pub fn submit(&self, draft: Draft) -> Result<Committed, OperationError> {
        let submission = self.sign(draft)?;
        let id = submission.transaction.body.id(self.chain_id());
        let bytes = encode(&submission);
        let sent = Instant::now();
        let proof = self.send(&bytes, id)?;
        // It was sent: a node that answers with a proof that does not hold may have passed it on all the same.
        let unknown = |_| OperationError::OutcomeUnknown { id };
        let (verified, transaction) = self.trust.verify_transaction(&proof, &id).map_err(unknown)?;
        let took = sent.elapsed();
        done(id, &transaction.outcome)?;
        let (height, time) = (verified.header.height, verified.header.time);
        Ok(Committed { id, outcome: transaction.outcome, height, time, proof, took })
    }

    /// What became of a transaction: its proven outcome, whatever it is.
    pub fn transaction(&self, id: &TransactionId) -> Result<(Committed, TransactionBody), OperationError> {
        let path = Route::TRANSACTION.with(&[&id.to_hex()]);
        let asked = Instant::now();
        let answer = self.ask(Method::Get, &path, b"")?;
        let (verified, transaction) = self.trust.verify_transaction(&answer.body, id)?;
        let took = asked.elapsed();
        let (height, time) = (verified.header.height, verified.header.time);
        let outcome = transaction.outcome;
        Ok((Committed { id: *id, outcome, height, time, proof: answer.body, took }, transaction.body))
    }

    fn sign(&self, draft: Draft) -> Result<Submission, OperationError> {
        let mut heads = BoundedVec::empty();
        let mut parts = BoundedVec::empty();
        for (kind, bytes) in draft.parts {
            let part =
                DetachedPart { salt: Salt::new(SystemRandom::bytes()), bytes: BoundedBytes::new(bytes)? };
            heads.push(part.head(kind.byte()))?;
            parts.push(part)?;
        }
        let body = TransactionBody {
            version: TRANSACTION_VERSION,
            sender: self.sender(),
            sender_key: self.agent.public_keys().signing,
            salt: Nonce::new(SystemRandom::bytes()),
            expiry_time: now().after(TRANSACTION_LIFE_DEFAULT),
            kind: draft.part.kind().number(),
            public_part: BoundedBytes::new(draft.part.to_bytes())?,
            parts: heads,
        };
        let signature = self.agent.sign(self.chain_id(), &PersonBody::Transaction(&body))?;
        Ok(Submission { transaction: Transaction { body, signature }, parts })
    }

    /// The same bytes give the same outcome, so they are sent again until one is known.
    fn send(&self, bytes: &[u8], id: TransactionId) -> Result<Vec<u8>, OperationError> {
        let started = Instant::now();
        let mut may_be_admitted = false;
        let mut attempt = 1;
        loop {
            let call = Call { method: Method::Post, path: Route::SUBMIT.path, query: None };
            let error = match self.caller.call(call, bytes) {
                Ok(answer) => return Ok(answer.body),
                Err(error) => error,
            };
            if is_no_quorum(&error) && (may_be_admitted || started.elapsed() > QUORUM_WAIT) {
                return Err(refused(error, may_be_admitted, id));
            }
            if is_disk_full(&error) {
                return Err(refused(error, may_be_admitted, id));
            }
            match error.retry() {
                Retry::Never => return Err(refused(error, may_be_admitted, id)),
                Retry::Check => may_be_admitted = true,
                Retry::Safe => {}
            }
            if started.elapsed() > OUTCOME_WAIT {
                return Err(refused(error, may_be_admitted, id));
            }
            pause(attempt);
            attempt += 1;
        }
    }
}

/// A full disk stays full for longer than a client waits, so that trying again is of no use.
fn is_disk_full(error: &CallError) -> bool {
    matches!(error, CallError::Refused { failure, .. } if failure.code == ErrorCode::DiskFull)
}

/// Once a transaction may have been admitted, no later failure tells its outcome.
fn refused(error: CallError, may_be_admitted: bool, id: TransactionId) -> OperationError {
    match error {
        _ if may_be_admitted => OperationError::OutcomeUnknown { id },
        CallError::Refused { failure, .. } if failure.code == ErrorCode::NotFound => OperationError::NotFound,
        error => error.into(),
    }
}

fn done(id: TransactionId, outcome: &Outcome) -> Result<(), OperationError> {
    if outcome.transaction_id != id {
        return Err(TrustError::OtherTransaction.into());
    }
    if outcome.is_done() {
        return Ok(());
    }
    Err(OperationError::Contract { id, code: outcome.code, refusal: Refusal::from_code(outcome.code) })
}
