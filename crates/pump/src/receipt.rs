//! Storage receipts: signing one's own, and what others' must say.

use carechain_chunks::{Completion, UploadOpening};
use carechain_custody::ReceiptExpectation;
use carechain_types::{BoundedVec, NodeSigner, RECEIPT_VERSION, Receipt, ReceiptLeaf};

use crate::shared::Shared;

/// This hospital's promise for a file that is complete and durable here.
pub(super) fn sign_receipt(shared: &Shared, opening: &UploadOpening, completion: &Completion) -> Receipt {
    let leaf = ReceiptLeaf {
        version: RECEIPT_VERSION,
        epoch: shared.membership.epoch,
        hospital: shared.hospital,
        upload_id: opening.upload,
        commitment: completion.commitment,
        length: opening.length,
        author: opening.author,
        publishing_hospital: opening.publishing_hospital,
        patient: opening.patient,
        expiry: opening.expiry,
        node_key: shared.signer.public_key(),
    };
    let mut receipt = Receipt {
        leaf,
        leaf_index: 0,
        leaf_count: 1,
        path: BoundedVec::empty(),
        signature: carechain_crypto::Signature::ZERO,
    };
    let root = receipt.root().expect("one leaf is its own root");
    receipt.signature = NodeSigner::sign(&*shared.signer, shared.chain_id(), &root);
    shared.counts.receipts_signed.increment();
    receipt
}

/// What receipts of an upload must say.
pub(super) fn expectation(
    shared: &Shared,
    opening: &UploadOpening,
    completion: &Completion,
) -> ReceiptExpectation {
    let members = shared.membership.members.iter();
    ReceiptExpectation {
        epoch: shared.membership.epoch,
        members: members.map(|member| (member.hospital, member.node_key)).collect(),
        upload: opening.upload,
        commitment: completion.commitment,
        length: opening.length,
        author: opening.author,
        publishing_hospital: opening.publishing_hospital,
        patient: opening.patient,
        expiry: opening.expiry,
    }
}
