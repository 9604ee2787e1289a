//! Checking a proof against the genesis file.

use carechain_crypto::{BlockId, ChainId, TransactionId};

use super::{Claim, Proof, ProofKind, TransactionProof};
use crate::block::{Header, Outcome};
use crate::certificate::{Certificate, Phase};
use crate::codec::DecodeError;
use crate::genesis::Genesis;
use crate::membership::Membership;
use crate::message::Signed;
use crate::numbers::Height;
use crate::state::{Stamp, StateKey, StateValue};
use crate::state_proof::StateProofError;
use crate::time::Time;
use crate::transaction::{Transaction, TransactionBody};
use crate::tree;
use crate::verified::{Ed25519, Rejection, Verifier};

/// Why a proof proves nothing.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProofError {
    /// Made for another ledger.
    #[error("the proof is for chain {got:?}, the genesis file is of {expected:?}")]
    Chain {
        /// Of the genesis file.
        expected: ChainId,
        /// In the proof.
        got: ChainId,
    },
    /// A signature or certificate fails.
    #[error("a signature in the proof fails: {0}")]
    Signature(#[from] Rejection),
    /// A certificate is of the wrong phase or for another block.
    #[error("the certificate is not a commit certificate of the block at height {height}")]
    Certificate {
        /// Height of the header.
        height: Height,
    },
    /// The header at this height lacks a certificate.
    #[error("the header at height {height} has no certificate")]
    NoCertificate {
        /// Height of the header.
        height: Height,
    },
    /// The epochs do not chain.
    #[error("the membership after epoch {epoch} is not the one its last block names")]
    Epochs {
        /// The ended epoch.
        epoch: u64,
    },
    /// Block 0 is not the one that the genesis file gives.
    #[error("the header at height 0 is not that of the genesis file")]
    GenesisHeader,
    /// Contents do not fit the kind.
    #[error("the proof holds something else than its kind says")]
    Kind,
    /// A state claim does not lead to the header's state root.
    #[error("claim {index}: {error}")]
    Claim {
        /// Which claim.
        index: usize,
        /// What is wrong.
        error: StateProofError,
    },
    /// The body beside a claim is not that of the transaction the value names.
    #[error("claim {index} carries the body of another transaction")]
    ClaimBody {
        /// Which claim.
        index: usize,
    },
    /// Transaction or outcome are not in the block.
    #[error("transaction and outcome are not at that place of the block")]
    Transaction,
    /// Heads are not exactly q of distinct members, ascending.
    #[error("{heads} heads where exactly {quorum} are needed, ascending by member")]
    Heads {
        /// How many there are.
        heads: usize,
        /// How many are needed.
        quorum: usize,
    },
}

/// A claim that holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifiedClaim {
    /// The logical key.
    pub key: StateKey,
    value: Option<Vec<u8>>,
    /// Body of the transaction that wrote the value, if the proof carries it.
    pub body: Option<TransactionBody>,
}

impl VerifiedClaim {
    /// The value's bytes; `None` if the state has none under the key.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        self.value.as_deref()
    }

    /// The value, typed; `None` if the state has none under the key.
    pub fn value<V: StateValue>(&self) -> Result<Option<V>, DecodeError> {
        self.value.as_deref().map(V::from_bytes).transpose()
    }
}

/// A transaction that is in the ledger, with its outcome.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifiedTransaction {
    /// Its id.
    pub id: TransactionId,
    /// Its body.
    pub body: TransactionBody,
    /// Its outcome.
    pub outcome: Outcome,
}

/// What a proof shows once it holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifiedProof {
    /// The certified header.
    pub header: Header,
    /// Its id.
    pub block_id: BlockId,
    /// Membership of the newest epoch that the proof reaches.
    pub membership: Membership,
    /// The claims.
    pub claims: Vec<VerifiedClaim>,
    /// The transaction.
    pub transaction: Option<VerifiedTransaction>,
    /// The claims are current as of this time: no later block was decided. None without heads, or if a head says that it
    /// voted above the header. It does not say that a list is whole: [`ListWalk`](super::ListWalk) does.
    pub current_as_of: Option<Time>,
    /// Median time of the heads: what a client holds its own clock against.
    pub median_head_time: Option<Time>,
}

impl VerifiedProof {
    /// The claim under a key, if the proof has one.
    #[must_use]
    pub fn claim(&self, key: &StateKey) -> Option<&VerifiedClaim> {
        self.claims.iter().find(|claim| claim.key == *key)
    }
}

impl Proof {
    /// Checks everything; with the genesis file and the state root of block 0 alone.
    pub fn verify(&self, genesis: &Genesis) -> Result<VerifiedProof, ProofError> {
        let expected = genesis.chain_id();
        if self.chain_id != expected || self.header.chain_id != expected {
            return Err(ProofError::Chain { expected, got: self.chain_id });
        }
        let verifier = Verifier::new(Ed25519, expected);
        let membership = self.walk_epochs(&verifier, genesis.membership())?;
        self.check_certified(&verifier, &membership, genesis)?;
        let (claims, transaction) = match (self.kind, &self.transaction) {
            (ProofKind::State, None) => (self.verify_claims()?, None),
            (ProofKind::Transaction, Some(transaction)) if self.claims.is_empty() => {
                (Vec::new(), Some(self.verify_transaction(&verifier, transaction)?))
            }
            _ => return Err(ProofError::Kind),
        };
        let (current_as_of, median_head_time) = self.verify_heads(&verifier, &membership)?;
        Ok(VerifiedProof {
            block_id: self.header.id(),
            header: self.header.clone(),
            membership,
            claims,
            transaction,
            current_as_of,
            median_head_time,
        })
    }

    fn walk_epochs(
        &self,
        verifier: &Verifier<Ed25519>,
        mut membership: Membership,
    ) -> Result<Membership, ProofError> {
        for step in &self.epochs {
            check_certificate(verifier, &membership, &step.last_header, &step.certificate)?;
            let epoch = membership.epoch;
            let follows = step.last_header.epoch == epoch
                && step.last_header.next_membership == Some(step.next_membership.digest())
                && Some(step.next_membership.epoch) == epoch.checked_next();
            if !follows {
                return Err(ProofError::Epochs { epoch: epoch.get() });
            }
            membership = step.next_membership.clone();
        }
        Ok(membership)
    }

    fn check_certified(
        &self,
        verifier: &Verifier<Ed25519>,
        membership: &Membership,
        genesis: &Genesis,
    ) -> Result<(), ProofError> {
        match &self.certificate {
            Some(certificate) => check_certificate(verifier, membership, &self.header, certificate),
            None if self.header.height == Height::ZERO => {
                let root = crate::state_proof::root_of(
                    genesis.initial_state().iter().map(|(key, value)| (key.hash(), value.as_slice())),
                );
                (self.header == genesis.header(root)).then_some(()).ok_or(ProofError::GenesisHeader)
            }
            None => Err(ProofError::NoCertificate { height: self.header.height }),
        }
    }

    fn verify_claims(&self) -> Result<Vec<VerifiedClaim>, ProofError> {
        self.claims.iter().enumerate().map(|(index, claim)| self.verify_claim(index, claim)).collect()
    }

    fn verify_claim(&self, index: usize, claim: &Claim) -> Result<VerifiedClaim, ProofError> {
        let value = claim.value.as_deref();
        claim
            .path
            .verify(&self.header.state_root, &claim.key.hash(), value)
            .map_err(|error| ProofError::Claim { index, error })?;
        if let Some(body) = &claim.body {
            let written_by = value.and_then(Stamp::of).map(|stamp| stamp.transaction_id);
            if written_by != Some(body.id(&self.chain_id)) {
                return Err(ProofError::ClaimBody { index });
            }
        }
        Ok(VerifiedClaim { key: claim.key, value: value.map(<[u8]>::to_vec), body: claim.body.clone() })
    }

    fn verify_transaction(
        &self,
        verifier: &Verifier<Ed25519>,
        proof: &TransactionProof,
    ) -> Result<VerifiedTransaction, ProofError> {
        let transaction = Transaction { body: proof.body.clone(), signature: proof.signature };
        let leaf = transaction.leaf(&self.chain_id);
        verifier.transaction(transaction)?;
        let (index, count) = (u64::from(proof.leaf_index), u64::from(self.header.transaction_count));
        let transactions = tree::root_from_path(leaf.digest(), index, count, &proof.transaction_path);
        let outcomes = tree::root_from_path(proof.outcome.digest(), index, count, &proof.outcome_path);
        let holds = transactions == Some(self.header.transactions_root)
            && outcomes == Some(self.header.outcomes_root)
            && proof.outcome.transaction_id == leaf.id;
        if !holds {
            return Err(ProofError::Transaction);
        }
        Ok(VerifiedTransaction { id: leaf.id, body: proof.body.clone(), outcome: proof.outcome.clone() })
    }

    fn verify_heads(
        &self,
        verifier: &Verifier<Ed25519>,
        membership: &Membership,
    ) -> Result<(Option<Time>, Option<Time>), ProofError> {
        let Some(heads) = &self.heads else { return Ok((None, None)) };
        let quorum = membership.quorum().size();
        let ascending = heads.windows(2).all(|pair| pair[0].member < pair[1].member);
        if heads.len() != quorum || !ascending {
            return Err(ProofError::Heads { heads: heads.len(), quorum });
        }
        for signed in heads {
            let message = Signed { member: signed.member, body: signed.head, signature: signed.signature };
            verifier.member(membership, message)?;
        }
        let mut times: Vec<_> = heads.iter().map(|signed| signed.head.time).collect();
        times.sort_unstable();
        let covered =
            heads.iter().all(|signed| signed.head.voted.max(signed.head.height) <= self.header.height);
        let current_as_of = if covered { times.first().copied() } else { None };
        Ok((current_as_of, times.get(times.len() / 2).copied()))
    }
}

fn check_certificate(
    verifier: &Verifier<Ed25519>,
    membership: &Membership,
    header: &Header,
    certificate: &Certificate,
) -> Result<(), ProofError> {
    let matches = certificate.phase == Phase::Commit
        && certificate.epoch == header.epoch
        && certificate.height == header.height
        && certificate.block_id == header.id();
    if !matches {
        return Err(ProofError::Certificate { height: header.height });
    }
    verifier.certificate(membership, certificate.clone())?;
    Ok(())
}
