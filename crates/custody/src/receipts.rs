//! Receipts of one upload: which count, how many are needed, when there are enough.
//!
//! The contract judges the same list again from the ledger's state; this is the publisher's own progress towards it.

use std::collections::BTreeMap;

use carechain_crypto::{Commitment, HospitalId, PersonId, SigningPublicKey, UploadId};
use carechain_types::{Epoch, Party, Quorum, Receipt, Time};

use crate::limits::RECEIPTS_REQUIRED_MAX;

/// Receipts an abstract needs unless the ledger's parameter says otherwise: one more than may be faulty, at most
/// [`RECEIPTS_REQUIRED_MAX`].
#[must_use]
pub const fn receipts_required(quorum: Quorum) -> usize {
    let honest = quorum.one_honest();
    if honest < RECEIPTS_REQUIRED_MAX { honest } else { RECEIPTS_REQUIRED_MAX }
}

/// What a receipt of this upload must say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReceiptExpectation {
    /// The epoch now; receipts of the one before count too.
    pub epoch: Epoch,
    /// Members and the node keys their receipts may be signed with.
    pub members: BTreeMap<HospitalId, SigningPublicKey>,
    /// The upload.
    pub upload: UploadId,
    /// The file's commitment.
    pub commitment: Commitment,
    /// The file's length.
    pub length: u64,
    /// Who publishes.
    pub author: Party,
    /// The hospital that took the upload.
    pub publishing_hospital: HospitalId,
    /// Whose record it is.
    pub patient: PersonId,
    /// The abstract must be on the ledger by then.
    pub expiry: Time,
}

/// Why a receipt does not count. Its sender is wrong or late.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ReceiptRefusal {
    /// Not a hospital of this epoch.
    #[error("the receipt's hospital is no member")]
    NotAMember,
    /// Signed with a key that is not the member's node key.
    #[error("the receipt's node key is not that of its hospital")]
    NodeKey,
    /// Neither this epoch nor the one before.
    #[error("the receipt is of epoch {got}, now is {now}")]
    Epoch {
        /// Epoch of the receipt.
        got: Epoch,
        /// Epoch now.
        now: Epoch,
    },
    /// For another upload, file, author, publisher, patient or expiry.
    #[error("the receipt is for another file")]
    OtherFile,
    /// Its time is over.
    #[error("the receipt has expired")]
    Expired,
}

/// The receipts of one upload so far.
#[derive(Clone, Debug)]
pub struct ReceiptProgress {
    expectation: ReceiptExpectation,
    required: usize,
    receipts: BTreeMap<HospitalId, Receipt>,
}

impl ReceiptProgress {
    /// None yet; `required` of distinct hospitals are needed, one of them not the publisher's.
    #[must_use]
    pub const fn new(expectation: ReceiptExpectation, required: usize) -> Self {
        Self { expectation, required, receipts: BTreeMap::new() }
    }

    /// Takes a receipt, whose signature the caller has checked, if it counts. A second one of a hospital replaces the first.
    pub fn add(&mut self, receipt: Receipt, now: Time) -> Result<(), ReceiptRefusal> {
        check(&self.expectation, &receipt, now)?;
        self.receipts.insert(receipt.leaf.hospital, receipt);
        Ok(())
    }

    /// Whether this hospital's receipt is here.
    #[must_use]
    pub fn has(&self, hospital: &HospitalId) -> bool {
        self.receipts.contains_key(hospital)
    }

    /// How many hospitals gave one.
    #[must_use]
    pub fn count(&self) -> usize {
        self.receipts.len()
    }

    /// Whether an abstract may be published: enough distinct hospitals, one of them not the publisher's.
    #[must_use]
    pub fn enough(&self) -> bool {
        let publisher = &self.expectation.publishing_hospital;
        self.receipts.len() >= self.required && self.receipts.keys().any(|hospital| hospital != publisher)
    }

    /// The receipts by hospital.
    #[must_use]
    pub fn receipts(&self) -> Vec<Receipt> {
        self.receipts.values().cloned().collect()
    }
}

fn check(expected: &ReceiptExpectation, receipt: &Receipt, now: Time) -> Result<(), ReceiptRefusal> {
    let leaf = &receipt.leaf;
    let node_key = expected.members.get(&leaf.hospital).ok_or(ReceiptRefusal::NotAMember)?;
    if *node_key != leaf.node_key {
        return Err(ReceiptRefusal::NodeKey);
    }
    if leaf.epoch != expected.epoch && expected.epoch.checked_sub(1) != Some(leaf.epoch) {
        return Err(ReceiptRefusal::Epoch { got: leaf.epoch, now: expected.epoch });
    }
    let same = leaf.upload_id == expected.upload
        && leaf.commitment == expected.commitment
        && leaf.length == expected.length
        && leaf.author == expected.author
        && leaf.publishing_hospital == expected.publishing_hospital
        && leaf.patient == expected.patient
        && leaf.expiry == expected.expiry;
    if !same {
        return Err(ReceiptRefusal::OtherFile);
    }
    if now > leaf.expiry {
        return Err(ReceiptRefusal::Expired);
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
