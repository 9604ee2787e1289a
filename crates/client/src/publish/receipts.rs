//! Receipts: counted only if they promise this file, and are signed by a current member's node.

use std::collections::BTreeSet;

use carechain_crypto::Commitment;
use carechain_types::{BoundedVec, Ed25519, Membership, Receipt, UploadOpen, Verifier};

use crate::error::OperationError;
use crate::session::Session;

/// The receipts that hold, as many as an abstract needs, at least one of them another hospital's than the publisher's.
pub(super) fn checked<const MAX: usize>(
    session: &Session,
    membership: &Membership,
    open: &UploadOpen,
    commitment: Commitment,
    receipts: BoundedVec<Receipt, MAX>,
) -> Result<Vec<Receipt>, OperationError> {
    let needed = usize::from(session.trust().genesis().parameters.receipts_required);
    let verifier = Verifier::new(Ed25519, *session.chain_id());
    let mut hospitals = BTreeSet::new();
    let mut held: Vec<Receipt> = receipts
        .into_inner()
        .into_iter()
        .filter(|receipt| {
            promises(receipt, open, commitment)
                && is_members(receipt, membership)
                && verifier.receipt(receipt).is_ok()
                && hospitals.insert(receipt.leaf.hospital)
        })
        .collect();
    // The publisher's own copy goes without saying: foreign ones first.
    held.sort_by_key(|receipt| receipt.leaf.hospital == open.publishing_hospital);
    let got = held.len();
    let foreign = held.first().is_some_and(|receipt| receipt.leaf.hospital != open.publishing_hospital);
    if got < needed || (needed > 0 && membership.members.len() > 1 && !foreign) {
        return Err(OperationError::TooFewReceipts { got, needed });
    }
    Ok(held)
}

fn promises(receipt: &Receipt, open: &UploadOpen, commitment: Commitment) -> bool {
    let leaf = &receipt.leaf;
    leaf.upload_id == open.upload_id
        && leaf.commitment == commitment
        && leaf.length == open.length
        && leaf.author == open.author
        && leaf.publishing_hospital == open.publishing_hospital
        && leaf.patient == open.patient
        && leaf.expiry == open.expiry
}

fn is_members(receipt: &Receipt, membership: &Membership) -> bool {
    let member = membership.member_of_hospital(&receipt.leaf.hospital);
    receipt.leaf.epoch == membership.epoch
        && member.is_some_and(|member| member.node_key == receipt.leaf.node_key)
}
