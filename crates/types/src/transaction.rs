//! Transactions: what changes the state, signed by its sender.

use carechain_crypto::{
    ChainId, Context, KeyId, Nonce, PartDigest, Purpose, Salt, Signature, SigningPublicKey, TransactionId,
    derive, hash_parts,
};
use serde::{Deserialize, Serialize};

use crate::bounded::{BoundedBytes, BoundedVec};
use crate::codec::encode;
use crate::limits::{PART_BYTES_MAX, PARTS_MAX, PUBLIC_PART_BYTES_MAX};
use crate::party::Party;
use crate::signed::SignedBody;
use crate::time::Time;
use crate::transaction_leaf::TransactionLeaf;

/// Version of transaction bodies.
pub const TRANSACTION_VERSION: u16 = 1;

/// Head of one detached part inside the body.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PartHead {
    /// Kind of the part, see [`PartKind`](crate::PartKind); an unknown one is a recorded refusal.
    pub kind: u8,
    /// Length of the part with its salt, bytes.
    pub bytes: u32,
    /// BLAKE3(salt ‖ bytes).
    pub digest: PartDigest,
}

/// What the sender signs. Its id is KDF("transaction", {chain id, body}).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TransactionBody {
    /// Version of this layout.
    pub version: u16,
    /// In whose name; the sender of a node or registrar key is its hospital.
    pub sender: Party,
    /// Key that signs.
    pub sender_key: SigningPublicKey,
    /// Random; makes two otherwise equal transactions two.
    pub salt: Nonce,
    /// Last block time it may stand in is below this.
    pub expiry_time: Time,
    /// What it does, see [`TransactionKind`](crate::TransactionKind); an unknown one is a recorded refusal.
    pub kind: u16,
    /// Canonical bytes of the public part of that kind.
    pub public_part: BoundedBytes<PUBLIC_PART_BYTES_MAX>,
    /// Heads of the detached parts.
    pub parts: BoundedVec<PartHead, PARTS_MAX>,
}

impl SignedBody for TransactionBody {
    const PURPOSE: Purpose = Purpose::Transaction;
}

#[derive(Serialize)]
struct TransactionIdInput<'a> {
    chain_id: &'a ChainId,
    body: &'a TransactionBody,
}

impl TransactionBody {
    /// Its id on a ledger.
    #[must_use]
    pub fn id(&self, chain_id: &ChainId) -> TransactionId {
        let input = TransactionIdInput { chain_id, body: self };
        TransactionId::new(derive(Context::Transaction, &encode(&input)))
    }

    /// Id of the key that signs.
    #[must_use]
    pub fn sender_key_id(&self) -> KeyId {
        self.sender_key.key_id()
    }

    /// Bytes of all detached parts together.
    #[must_use]
    pub fn parts_bytes(&self) -> usize {
        self.parts.iter().map(|part| part.bytes as usize).sum()
    }
}

/// A body and its signature.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Transaction {
    /// What is signed.
    pub body: TransactionBody,
    /// By the sender's key.
    pub signature: Signature,
}

impl Transaction {
    /// What a block binds of it.
    #[must_use]
    pub fn leaf(&self, chain_id: &ChainId) -> TransactionLeaf {
        TransactionLeaf { id: self.body.id(chain_id), signature: self.signature }
    }
}

/// A detached part: travels with its transaction, is stored and purged with its salt, never seen by the contract.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DetachedPart {
    /// Stored and purged with the part, so that the digest says nothing once both are gone.
    pub salt: Salt,
    /// Sealed bytes.
    pub bytes: BoundedBytes<PART_BYTES_MAX>,
}

impl DetachedPart {
    /// BLAKE3(salt ‖ bytes).
    #[must_use]
    pub fn digest(&self) -> PartDigest {
        PartDigest::new(*hash_parts(&[self.salt.as_slice(), &self.bytes]).get())
    }

    /// The head a transaction carries for it.
    #[must_use]
    pub fn head(&self, kind: u8) -> PartHead {
        PartHead { kind, bytes: self.size(), digest: self.digest() }
    }

    /// Length with its salt, bytes.
    #[must_use]
    pub fn size(&self) -> u32 {
        u32::try_from(Salt::LENGTH + self.bytes.len()).expect("bounded by the greatest part")
    }
}

/// A transaction with all its detached parts: how clients submit and members forward it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Submission {
    /// The transaction.
    pub transaction: Transaction,
    /// Its parts, in the order of their heads.
    pub parts: BoundedVec<DetachedPart, PARTS_MAX>,
}

impl Submission {
    /// Whether number, length and digest of every part are what the body says.
    #[must_use]
    pub fn parts_match(&self) -> bool {
        let heads = &self.transaction.body.parts;
        heads.len() == self.parts.len()
            && heads
                .iter()
                .zip(&self.parts)
                .all(|(head, part)| head.bytes == part.size() && head.digest == part.digest())
    }
}
