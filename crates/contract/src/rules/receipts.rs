//! Storage receipts in an abstract: enough members hold the file before the ledger names it.

use std::collections::BTreeSet;

use carechain_types::{
    HospitalValue, Membership, PublishPart, RECEIPT_VERSION, Receipt, ReceiptLeaf, Refusal, SignatureScheme,
    StateKey, Verifier, parameter,
};

use crate::call::Call;
use crate::effect::{Stop, require};
use crate::standing;
use crate::state_reader::{StateFailure, StateReader, read_value};

/// Every receipt is of another current member, for exactly this upload and abstract, unexpired and genuine; there are as
/// many as the ledger asks for, one of them from another hospital than the publishing one (where there is another).
pub(super) fn check_receipts<R: StateReader, S: SignatureScheme>(
    call: &Call<'_, R, S>,
    part: &PublishPart,
) -> Result<(), Stop> {
    let holders: BTreeSet<_> = part.receipts.iter().map(|receipt| receipt.leaf.hospital).collect();
    require(holders.len() == part.receipts.len(), Refusal::BadReceipt)?;
    require(holders.len() as u64 >= receipts_required(call)?, Refusal::TooFewReceipts)?;
    let alone = call.context.membership.members.len() == 1;
    let elsewhere = holders.iter().any(|hospital| *hospital != part.hospital);
    require(alone || elsewhere, Refusal::TooFewReceipts)?;
    let verifier = Verifier::new(call.scheme, call.context.chain_id);
    for receipt in &part.receipts {
        check_promise(call, part, receipt)?;
        check_node_key(call.state, call.context.membership, &receipt.leaf)?;
        verifier.receipt(receipt).map_err(|_| Refusal::BadReceipt)?;
    }
    Ok(())
}

fn receipts_required<R: StateReader, S>(call: &Call<'_, R, S>) -> Result<u64, StateFailure> {
    let required = standing::parameter(call.state, parameter::RECEIPTS_REQUIRED)?;
    Ok(required.unwrap_or(1).max(1))
}

fn check_promise<R, S>(call: &Call<'_, R, S>, part: &PublishPart, receipt: &Receipt) -> Result<(), Refusal> {
    let leaf = &receipt.leaf;
    let promised = ReceiptLeaf {
        version: RECEIPT_VERSION,
        upload_id: part.upload_id,
        commitment: part.commitment,
        length: part.length,
        author: call.body.sender,
        publishing_hospital: part.hospital,
        patient: part.patient,
        ..*leaf
    };
    require(promised == *leaf && call.now() <= leaf.expiry, Refusal::BadReceipt)
}

/// The key is the hospital's node key now; a receipt of the epoch before is accepted if it was the node key then, too.
fn check_node_key(state: &impl StateReader, membership: &Membership, leaf: &ReceiptLeaf) -> Result<(), Stop> {
    let member = membership.member_of_hospital(&leaf.hospital).ok_or(Refusal::BadReceipt)?;
    require(member.node_key == leaf.node_key, Refusal::BadReceipt)?;
    if leaf.epoch == membership.epoch {
        return Ok(());
    }
    require(Some(leaf.epoch) == membership.epoch.checked_sub(1), Refusal::BadReceipt)?;
    let hospital = read_value::<HospitalValue>(state, &StateKey::hospital(&leaf.hospital))?;
    let then = hospital.is_some_and(|hospital| {
        hospital.node_keys.iter().any(|node| node.epoch == leaf.epoch && node.key == leaf.node_key)
    });
    Ok(require(then, Refusal::BadReceipt)?)
}
