//! Storage receipts: a holder's signed promise for one file.

use carechain_crypto::{
    Commitment, Digest, HospitalId, PersonId, Purpose, Signature, SigningPublicKey, UploadId,
};
use serde::{Deserialize, Serialize};

use crate::bounded::BoundedVec;
use crate::codec::encode;
use crate::limits::{RECEIPT_BATCH_MAX, RECEIPT_PATH_MAX};
use crate::numbers::Epoch;
use crate::party::Party;
use crate::signed::SignedBody;
use crate::time::Time;
use crate::tree;

/// Version of receipts.
pub const RECEIPT_VERSION: u8 = 1;

/// What a receipt promises: the leaf of the signed tree.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReceiptLeaf {
    /// Version of this layout.
    pub version: u8,
    /// Epoch in which the holder was a member.
    pub epoch: Epoch,
    /// The holder.
    pub hospital: HospitalId,
    /// The upload whose bytes it received.
    pub upload_id: UploadId,
    /// Commitment to the address, recomputed over what is stored.
    pub commitment: Commitment,
    /// Length of the file, bytes.
    pub length: u64,
    /// Who publishes.
    pub author: Party,
    /// Hospital that took the upload.
    pub publishing_hospital: HospitalId,
    /// Whose record it is.
    pub patient: PersonId,
    /// The abstract must be on the ledger by this block time.
    pub expiry: Time,
    /// The holder's node key.
    pub node_key: SigningPublicKey,
}

impl ReceiptLeaf {
    /// Leaf hash in the signed tree.
    #[must_use]
    pub fn digest(&self) -> Digest {
        tree::leaf_hash(&encode(self))
    }
}

/// Root over receipt leaves: what the holder signs, once for a batch.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReceiptRoot {
    /// Root of the tree; for one leaf its hash.
    pub root: Digest,
}

impl SignedBody for ReceiptRoot {
    const PURPOSE: Purpose = Purpose::Receipt;
}

/// A leaf with its way up to the signed root.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Receipt {
    /// The promise.
    pub leaf: ReceiptLeaf,
    /// Where the leaf stands in its batch.
    pub leaf_index: u32,
    /// Leaves in the batch, at most 1,024.
    pub leaf_count: u32,
    /// Siblings, nearest first.
    pub path: BoundedVec<Digest, RECEIPT_PATH_MAX>,
    /// The holder's signature over the root.
    pub signature: Signature,
}

impl Receipt {
    /// The root its path leads to; `None` if index, count and path do not fit.
    #[must_use]
    pub fn root(&self) -> Option<ReceiptRoot> {
        if self.leaf_count > RECEIPT_BATCH_MAX {
            return None;
        }
        let (index, count) = (u64::from(self.leaf_index), u64::from(self.leaf_count));
        let root = tree::root_from_path(self.leaf.digest(), index, count, &self.path)?;
        Some(ReceiptRoot { root })
    }
}
