//! What is believed: proofs that verify against the pinned genesis file, fresh by the own clock, of no older epoch than
//! one seen before. Nothing else a node says decides what is sealed or signed.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use carechain_crypto::{ChainId, TransactionId};
use carechain_disk::private_file::{self, FileError, LockedFile};
use carechain_types::limits::PROOF_BYTES_MAX;
use carechain_types::{
    DecodeError, Epoch, Freshness, Genesis, GenesisError, Height, ListGap, Proof, ProofError, Span, Time,
    VerifiedProof, VerifiedTransaction, decode,
};
use serde::{Deserialize, Serialize};

use crate::limits::{ANSWER_AGE_MAX, CLOCK_OFF_MAX, GENESIS_BYTES_MAX, SMALL_FILE_BYTES_MAX};

const MEMORY_SCHEMA: &str = "carechain/trust/1";

/// Why a node's answer is not believed. Nothing was sealed or signed.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The genesis file or the memory cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The genesis file is none.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// The memory of the newest epoch is damaged, or another ledger's.
    #[error("{} does not remember this ledger: remove it if the genesis file is right", path.display())]
    Memory {
        /// The file.
        path: PathBuf,
    },
    /// The bytes are no proof.
    #[error("the node's proof is malformed: {0}")]
    Malformed(#[from] DecodeError),
    /// The proof does not hold.
    #[error("the node's proof does not hold: {0}")]
    Proof(#[from] ProofError),
    /// The proof ends in an epoch older than one seen before: the node hides a change of membership.
    #[error("the proof ends in epoch {got}, epoch {newest} was seen before")]
    OldEpoch {
        /// Of the proof.
        got: Epoch,
        /// Seen before.
        newest: Epoch,
    },
    /// The proof is not complete as of the time asked for: the node is behind, or hides something. Try another node.
    #[error("{}", describe_age(*complete_as_of, *wanted))]
    Stale {
        /// As of when it is complete, if at all.
        complete_as_of: Option<Time>,
        /// As of when it must be.
        wanted: Time,
    },
    /// The proof is of a height below one seen before: the node shows what was, not what is. Try another node.
    #[error("the answer is of height {got}, height {newest} was seen before")]
    Receded {
        /// Of the proof.
        got: Height,
        /// Seen before it was asked for.
        newest: Height,
    },
    /// This machine's clock is off, or the node is cut off and shows old heads. Nothing tells which: look at the clock.
    #[error("the members' clocks, as the node shows them, are {} s off this machine's clock", seconds(*off))]
    Clock {
        /// By how much.
        off: Span,
    },
    /// The proof is of another transaction, or of none.
    #[error("the proof is not of the transaction that was sent")]
    OtherTransaction,
    /// A list is not shown whole.
    #[error("the node's answer is not whole: {0}")]
    List(#[from] ListGap),
    /// The proof lacks something that was asked for.
    #[error("the node's proof lacks {what}")]
    Lacks {
        /// What.
        what: &'static str,
    },
}

const fn seconds(span: Span) -> u64 {
    span.as_micros() / Span::SECOND.as_micros()
}

fn describe_age(complete_as_of: Option<Time>, wanted: Time) -> String {
    match complete_as_of {
        None => "the node shows no answer that a quorum stands behind: it is cut off from the other hospitals, or hides something".to_owned(),
        Some(time) => format!(
            "the newest answer of the node is {} s older than is allowed: it is cut off from the other hospitals, or hides something",
            seconds(wanted.since(time))
        ),
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Memory {
    schema: String,
    chain_id: String,
    epoch: u64,
}

/// Checks proofs for one ledger.
#[derive(Debug)]
pub struct Trust {
    genesis: Genesis,
    chain_id: ChainId,
    memory: PathBuf,
    /// Newest epoch and height seen.
    newest: Mutex<(Epoch, Height)>,
}

impl Trust {
    /// With a genesis file, and a folder in which the newest epoch is remembered.
    pub fn open(genesis: &Path, folder: &Path) -> Result<Self, TrustError> {
        let genesis = Genesis::from_bytes(&private_file::read(genesis, GENESIS_BYTES_MAX)?)?;
        std::fs::create_dir_all(folder).map_err(FileError::at(folder))?;
        let chain_id = genesis.chain_id();
        let memory = folder.join("trust.json");
        let epoch = remembered(&memory, &chain_id)?;
        Ok(Self { genesis, chain_id, memory, newest: Mutex::new((epoch, Height::ZERO)) })
    }

    /// The founding of the ledger.
    #[must_use]
    pub const fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The ledger.
    #[must_use]
    pub const fn chain_id(&self) -> &ChainId {
        &self.chain_id
    }

    /// What to ask for at a time by the own clock: complete as of 30 s before it, and not below what was seen.
    #[must_use]
    pub fn freshness(&self, now: Time) -> Freshness {
        let (_, height) = *self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let min_height = (height > Height::ZERO).then_some(height);
        Freshness { complete_as_of: Some(now.before(ANSWER_AGE_MAX)), min_height }
    }

    /// A proof that holds, whatever its age.
    pub fn verify(&self, bytes: &[u8]) -> Result<VerifiedProof, TrustError> {
        let proof: Proof = decode(bytes, PROOF_BYTES_MAX)?;
        let verified = proof.verify(&self.genesis)?;
        self.remember(&verified)?;
        Ok(verified)
    }

    /// A proof of state that holds, of no height below what `asked` wanted, and complete as of what [`Trust::freshness`]
    /// asked for at `now`.
    pub fn verify_fresh(
        &self,
        bytes: &[u8],
        asked: &Freshness,
        now: Time,
    ) -> Result<VerifiedProof, TrustError> {
        let verified = self.verify(bytes)?;
        match asked.min_height {
            Some(newest) if verified.header.height < newest => {
                return Err(TrustError::Receded { got: verified.header.height, newest });
            }
            _ => {}
        }
        check_fresh(verified.current_as_of, verified.median_head_time, now)?;
        Ok(verified)
    }

    /// The proof of one transaction.
    pub fn verify_transaction(
        &self,
        bytes: &[u8],
        id: &TransactionId,
    ) -> Result<(VerifiedProof, VerifiedTransaction), TrustError> {
        let verified = self.verify(bytes)?;
        match &verified.transaction {
            Some(transaction) if transaction.id == *id => {
                let transaction = transaction.clone();
                Ok((verified, transaction))
            }
            _ => Err(TrustError::OtherTransaction),
        }
    }

    fn remember(&self, verified: &VerifiedProof) -> Result<(), TrustError> {
        let got = verified.membership.epoch;
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if got < newest.0 {
            return Err(TrustError::OldEpoch { got, newest: newest.0 });
        }
        newest.1 = newest.1.max(verified.header.height);
        if got > newest.0 {
            newest.0 = write_memory(&self.memory, &self.chain_id, got)?;
        }
        Ok(())
    }
}

/// The freshness rule of formats.md §4 "Proof".
fn check_fresh(complete_as_of: Option<Time>, median: Option<Time>, now: Time) -> Result<(), TrustError> {
    let wanted = now.before(ANSWER_AGE_MAX);
    let median = median.ok_or(TrustError::Stale { complete_as_of: None, wanted })?;
    let off = if median > now { median.since(now) } else { now.since(median) };
    if off > CLOCK_OFF_MAX {
        return Err(TrustError::Clock { off });
    }
    match complete_as_of {
        Some(time) if time >= wanted => Ok(()),
        _ => Err(TrustError::Stale { complete_as_of, wanted }),
    }
}

fn remembered(path: &Path, chain_id: &ChainId) -> Result<Epoch, TrustError> {
    if !path.exists() {
        return Ok(Epoch::ZERO);
    }
    let bytes = private_file::read(path, SMALL_FILE_BYTES_MAX)?;
    let memory: Option<Memory> = serde_json::from_slice(&bytes).ok();
    memory
        .filter(|memory| memory.schema == MEMORY_SCHEMA && memory.chain_id == chain_id.to_hex())
        .map(|memory| Epoch::new(memory.epoch))
        .ok_or_else(|| TrustError::Memory { path: path.to_owned() })
}

/// Remembers an epoch, unless another process of this client remembers a newer one; gives the newest.
fn write_memory(path: &Path, chain_id: &ChainId, epoch: Epoch) -> Result<Epoch, TrustError> {
    let file = LockedFile::lock(path)?;
    let newest = remembered(path, chain_id)?;
    if newest >= epoch {
        return Ok(newest);
    }
    let memory = Memory { schema: MEMORY_SCHEMA.to_owned(), chain_id: chain_id.to_hex(), epoch: epoch.get() };
    let bytes = serde_json::to_vec(&memory).expect("strings and numbers always encode");
    file.replace(&bytes)?;
    Ok(epoch)
}
