//! One read: wrapped, decided on the ledger, and bytes only against an `allowed` entry.

use std::sync::Arc;

use carechain_api::{NodeError, OpenedRead};
use carechain_crypto::{Commitment, Digest, address_commitment, address_tag};
use carechain_engine::Answer;
use carechain_types::limits::OUTCOME_RESULT_BYTES_MAX;
use carechain_types::{
    Decision, EhrValue, Outcome, PersonValue, ReadPart, ReadRequest, ReadResult, Refusal, SignedReadRequest,
    StateKey, Submission, decode,
};

use super::access::value;
use super::engine_thread::NodeEngine;
use super::node_errors::{COMMIT_WAIT, gone, not_admitted};
use super::parts::Parts;

/// Decides one read request on the ledger and opens the bytes if it is allowed.
pub(super) async fn open_read(
    parts: &Arc<Parts>,
    request: SignedReadRequest,
) -> Result<OpenedRead, NodeError> {
    let SignedReadRequest { request: body, signature, shown } = request;
    if body.gateway != parts.hospital {
        let problem = format!("the request names gateway {}, this is {}", body.gateway, parts.hospital);
        return Err(NodeError::Invalid { problem });
    }
    parts.verifier.body(&body.reader_key, &body, &signature).map_err(|_| NodeError::Unauthorized)?;
    let expected = shown.map_or(carechain_crypto::AddressShown::ZERO, |shown| shown.digest(body.salt));
    if expected != body.shown {
        let problem = "the address beside the request is not the one its signature covers".to_owned();
        return Err(NodeError::Invalid { problem });
    }
    let ehr = known(parts, &body).await?;
    let matches = match (&ehr, shown) {
        (Some(ehr), Some(shown)) => ehr.commitment == commitment(ehr, &shown),
        _ => false,
    };
    let part = ReadPart { request: body.clone(), signature, address_matches: u8::from(matches) };
    let submission = parts.gateway.wrap(parts.verifier.chain_id(), part)?;
    let verified =
        parts.verifier.submission(submission).map_err(|_| NodeError::Internal { what: "own signature" })?;
    let (id, height, outcome) = submit(parts, verified).await?;
    let result = read_result(&outcome)?;
    let block = parts
        .engine
        .ask(move |engine| engine.ledger().header(height))
        .await
        .map_err(gone)?
        .ok()
        .flatten()
        .ok_or(NodeError::Internal { what: "the block of the decision cannot be read" })?;
    let bytes = match (result.decision, result.entry) {
        (Decision::Allowed, Some(entry)) => {
            Some(parts.files.read(entry, SignedReadRequest { request: body, signature, shown }).await?)
        }
        _ => None,
    };
    Ok(OpenedRead { result, transaction: id, height, time: block.time, bytes })
}

/// The record, if it exists, once the request is worth a place on the ledger: its key is one the reader has or had, and
/// it was not honoured before. Anybody can sign with a key of nobody, or send again what was sent: that stays here.
async fn known(parts: &Parts, request: &ReadRequest) -> Result<Option<EhrValue>, NodeError> {
    let digest = Digest::new(*request.digest(parts.verifier.chain_id()).get());
    let (reader, key, ehr_id) = (request.reader, request.reader_key, request.ehr_id);
    let look = move |engine: &mut NodeEngine| {
        let reader: Option<PersonValue> = value(engine, &StateKey::person(&reader))?;
        let listed = |reader: &PersonValue| reader.signing_keys.iter().any(|period| period.key == key);
        if !reader.as_ref().is_some_and(listed) {
            return Err(NodeError::Unauthorized);
        }
        let failed = |_| NodeError::Internal { what: "the ledger cannot be read" };
        if engine.ledger().seen(&digest, engine.ledger().head().time).map_err(failed)? {
            return Err(NodeError::Replayed);
        }
        value(engine, &StateKey::ehr(&ehr_id))
    };
    parts.engine.ask(look).await.map_err(gone)?
}

/// The wrap's id is not told: its outcome says more than the reader may know. A reader who hears nothing signs anew.
async fn submit(
    parts: &Parts,
    verified: carechain_types::Verified<Submission>,
) -> Result<(carechain_crypto::TransactionId, carechain_types::Height, Outcome), NodeError> {
    match tokio::time::timeout(COMMIT_WAIT, parts.engine.submit(Arc::new(verified))).await {
        Err(_elapsed) => Err(NodeError::NoQuorum),
        Ok(Err(error)) => Err(gone(error)),
        Ok(Ok(Answer::Committed { id, height, outcome })) => Ok((id, height, outcome)),
        Ok(Ok(Answer::NotAdmitted(refusal))) => Err(not_admitted(refusal)),
        Ok(Ok(Answer::Expired { .. })) => Err(NodeError::NoQuorum),
    }
}

/// The decision inside an outcome; a bad wrap has none and is the caller's replay or mistake.
fn read_result(outcome: &Outcome) -> Result<ReadResult, NodeError> {
    match Refusal::from_code(outcome.code) {
        Some(Refusal::BadWrap) => Err(NodeError::Replayed),
        _ => decode(&outcome.result, OUTCOME_RESULT_BYTES_MAX)
            .map_err(|_| NodeError::Internal { what: "the outcome of the read does not decode" }),
    }
}

fn commitment(ehr: &EhrValue, shown: &carechain_types::ShownAddress) -> Commitment {
    let tag = address_tag(&shown.opening);
    address_commitment(&tag, &shown.root, shown.length, &ehr.author.to_bytes(), &ehr.patient)
}
