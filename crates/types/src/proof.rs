//! Proofs: evidence that verifies offline, with the genesis file alone.
//!
//! A proof walks from genesis through the last header of every ended epoch to a certified header, and from there to
//! state claims or to one transaction with its outcome. It names no key, keyword or address.

mod file;
mod list;
mod list_check;
mod verify;

use carechain_crypto::{ChainId, Digest, Signature};
use serde::{Deserialize, Serialize};

use crate::block::{Header, Outcome};
use crate::bounded::{BoundedBytes, BoundedVec};
use crate::certificate::Certificate;
use crate::checked_byte::checked_byte;
use crate::limits::{
    BLOCK_PATH_MAX, PROOF_CLAIMS_MAX, PROOF_EPOCHS_MAX, REPLICAS_MAX, STATE_VALUE_BYTES_MAX,
};
use crate::membership::Membership;
use crate::message::Head;
use crate::numbers::ReplicaId;
use crate::state::StateKey;
use crate::state_proof::StatePath;
use crate::transaction::TransactionBody;

pub use file::ProofFileError;
pub use list::{ListGap, ListName, ListWalk, WholeList};
pub use list_check::{ListCheck, check_lists};
pub use verify::{ProofError, VerifiedClaim, VerifiedProof, VerifiedTransaction};

checked_byte! {
    /// What a proof shows.
    ProofKind {
        /// Values, or their absence, in the state after a block.
        State = 1 "state",
        /// One transaction with its outcome.
        Transaction = 2 "transaction",
    }
}

/// One ended epoch: how the next membership follows from the one before.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct EpochStep {
    /// Last header of the epoch; carries the digest of the next membership.
    pub last_header: Header,
    /// The next membership.
    pub next_membership: Membership,
    /// COMMIT certificate of that header.
    pub certificate: Certificate,
}

/// A value, or its absence, in the state.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Claim {
    /// The logical key.
    pub key: StateKey,
    /// The value's bytes; none = absent.
    pub value: Option<BoundedBytes<STATE_VALUE_BYTES_MAX>>,
    /// The way up to the state root.
    pub path: StatePath,
    /// Body of the transaction that the value names as its writer: shows recipients, filters, part digests.
    pub body: Option<TransactionBody>,
}

/// A transaction and its outcome in a block.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TransactionProof {
    /// The body.
    pub body: TransactionBody,
    /// Its signature in the block.
    pub signature: Signature,
    /// Its outcome.
    pub outcome: Outcome,
    /// Position in the block.
    pub leaf_index: u32,
    /// Way up to the transactions root.
    pub transaction_path: BoundedVec<Digest, BLOCK_PATH_MAX>,
    /// Way up to the outcomes root.
    pub outcome_path: BoundedVec<Digest, BLOCK_PATH_MAX>,
}

/// A signed head inside a proof.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SignedHead {
    /// Who signed.
    pub member: ReplicaId,
    /// The head.
    pub head: Head,
    /// The signature.
    pub signature: Signature,
}

/// Evidence that verifies offline.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Proof {
    /// What it shows.
    pub kind: ProofKind,
    /// On which ledger.
    pub chain_id: ChainId,
    /// The ended epochs, oldest first.
    pub epochs: BoundedVec<EpochStep, PROOF_EPOCHS_MAX>,
    /// The certified header.
    pub header: Header,
    /// Its COMMIT certificate; absent for block 0 only.
    pub certificate: Option<Certificate>,
    /// Claims on the state after the header's block; empty for another kind.
    pub claims: BoundedVec<Claim, PROOF_CLAIMS_MAX>,
    /// The transaction; absent for another kind.
    pub transaction: Option<TransactionProof>,
    /// Exactly q signed heads of the newest epoch, ascending by member: as of when the claims are current.
    pub heads: Option<BoundedVec<SignedHead, REPLICAS_MAX>>,
}
