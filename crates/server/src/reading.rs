//! One read: wrapped, decided on the ledger, and bytes only against an `allowed` entry.

use std::sync::Arc;

use carechain_api::{NodeError, OpenedRead};
use carechain_crypto::{Commitment, Digest, RequestDigest, address_commitment, address_tag};
use carechain_engine::Answer;
use carechain_types::limits::{OUTCOME_RESULT_BYTES_MAX, TRANSACTION_LIFE_MAX};
use carechain_types::{
    Decision, EhrValue, Outcome, PersonValue, ReadPart, ReadRequest, ReadResult, Refusal, SignedReadRequest,
    StateKey, Submission, Time, decode,
};

use crate::access::value;
use crate::admitted::{Undecided, admitted};
use crate::engine_thread::NodeEngine;
use crate::ledger_faults::unreadable;
use crate::node_errors::{gone, not_admitted};
use crate::parts::Parts;

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
    parts.monitor.check_quorum()?;
    let digest = body.digest(parts.verifier.chain_id());
    let _under_way = parts.reads.begin(digest).ok_or(NodeError::Replayed)?;
    let (request, now) = (body.clone(), parts.gateway.now());
    let ehr = parts.engine.ask(move |engine| wrappable(engine, &request, digest, now)).await;
    let ehr = ehr.map_err(gone)?.inspect_err(|_| parts.metrics.counts().read_not_wrapped())?;
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
        .map_err(unreadable)?
        .ok_or(NodeError::Internal { what: "the block of the decision is missing" })?;
    let bytes = match (result.decision, result.entry) {
        (Decision::Allowed, Some(entry)) => {
            Some(parts.files.read(entry, SignedReadRequest { request: body, signature, shown }).await?)
        }
        _ => None,
    };
    Ok(OpenedRead { result, transaction: id, height, time: block.time, bytes })
}

/// Whether the ledger would take the wrap for genuine; then the record, if there is one. Every wrap costs all members a
/// transaction, so what cannot become an entry goes no further: it is only counted here.
fn wrappable(
    engine: &NodeEngine,
    request: &ReadRequest,
    digest: RequestDigest,
    now: Time,
) -> Result<Option<EhrValue>, NodeError> {
    if request.expiry <= now || request.expiry > now.after(TRANSACTION_LIFE_MAX) {
        return Err(NodeError::Expiry);
    }
    let reader: Option<PersonValue> = value(engine, &StateKey::person(&request.reader))?;
    let key = request.reader_key;
    if !reader.is_some_and(|reader| reader.signing_keys.iter().any(|period| period.key == key)) {
        return Err(NodeError::Unauthorized);
    }
    let seen = engine.ledger().seen(&Digest::new(*digest.get()), now);
    if seen.map_err(unreadable)? {
        return Err(NodeError::Replayed);
    }
    value(engine, &StateKey::ehr(&request.ehr_id))
}

/// The wrap's id is not told: its outcome says more than the reader may know. A reader who hears nothing signs anew.
async fn submit(
    parts: &Parts,
    verified: carechain_types::Verified<Submission>,
) -> Result<(carechain_crypto::TransactionId, carechain_types::Height, Outcome), NodeError> {
    match admitted(parts, verified).await {
        Err(Undecided::NoQuorum { sentence }) => Err(NodeError::ReadUndecided { reason: sentence }),
        Err(Undecided::Late) => Err(late()),
        Err(Undecided::Stopped) => Err(NodeError::ReadUndecided { reason: "the node stopped".to_owned() }),
        Ok(Err(error)) => Err(gone(error)),
        Ok(Ok(Answer::Committed { id, height, outcome })) => Ok((id, height, outcome)),
        Ok(Ok(Answer::NotAdmitted(refusal))) => Err(not_admitted(refusal)),
        Ok(Ok(Answer::Expired { .. })) => Err(late()),
    }
}

fn late() -> NodeError {
    NodeError::ReadUndecided { reason: "the ledger does not advance".to_owned() }
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
