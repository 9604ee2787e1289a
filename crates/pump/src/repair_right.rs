//! Signing a repair fetch, and whether one is to be served.

use carechain_api::NodeError;
use carechain_chunks::{Completion, LocalUpload};
use carechain_crypto::{Commitment, HospitalId, Nonce};
use carechain_custody::holders;
use carechain_types::limits::TRANSACTION_LIFE_MAX;
use carechain_types::{NodeSigner, RepairFetch, ehr_id};

use crate::limits::REPAIR_FETCH_LIFE;
use crate::message::{RefusalCode, SignedRepairFetch};
use crate::serve_error::ServeError;
use crate::shared::Shared;

/// Asks a holder for chunks that this hospital should hold.
pub(super) fn sign_repair_fetch(
    shared: &Shared,
    holder: HospitalId,
    commitment: Commitment,
    chunks: core::ops::Range<u32>,
) -> Result<SignedRepairFetch, NodeError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| NodeError::Internal { what: "the system gives no randomness" })?;
    let fetch = RepairFetch {
        epoch: shared.membership.epoch,
        holder,
        commitment,
        chunk_start: chunks.start,
        chunk_end: chunks.end,
        salt: Nonce::new(salt),
        expiry: shared.clock.wall().after(REPAIR_FETCH_LIFE),
    };
    Ok(SignedRepairFetch { fetch, signature: NodeSigner::sign(&*shared.signer, shared.chain_id(), &fetch) })
}

/// The file asked for, if the asker is a member that placement names for it in this epoch and the record is on the
/// ledger.
pub(super) async fn check_repair_fetch(
    shared: &Shared,
    remote: HospitalId,
    signed: &SignedRepairFetch,
) -> Result<(LocalUpload, Completion, core::ops::Range<u32>), ServeError> {
    let refused = |code| ServeError::Refused(code);
    let SignedRepairFetch { fetch, signature } = signed;
    let now = shared.clock.wall();
    let key = shared.node_key(&remote).ok_or_else(|| refused(RefusalCode::NotPermitted))?;
    let for_us = fetch.holder == shared.hospital && fetch.epoch == shared.membership.epoch;
    let in_time = now < fetch.expiry && fetch.expiry <= now.after(TRANSACTION_LIFE_MAX);
    if !for_us || !in_time || shared.verifier.body(&key, fetch, signature).is_err() {
        return Err(refused(RefusalCode::NotPermitted));
    }
    let (local, state) = shared.store.file(&fetch.commitment).ok_or_else(|| refused(RefusalCode::NotHeld))?;
    let completion = state.completion.ok_or_else(|| refused(RefusalCode::NotHeld))?;
    let id = ehr_id(shared.chain_id(), &state.opening.author, &fetch.commitment);
    let record = shared.ledger.record(id).await?.ok_or_else(|| refused(RefusalCode::NotPermitted))?;
    let copies = shared.settings.copies;
    let named = holders(&record.upload_id, &record.hospital, &shared.candidates(), copies);
    if !named.contains(&remote) {
        return Err(refused(RefusalCode::NotPermitted));
    }
    let chunks = fetch.chunk_start..fetch.chunk_end;
    if chunks.is_empty() || chunks.end > state.opening.chunks() {
        return Err(refused(RefusalCode::Contradiction));
    }
    Ok((local, completion, chunks))
}
