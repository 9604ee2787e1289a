//! Reading a range of a file: a decision, then frames sealed to the reader.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use carechain_crypto::limits::FILE_BYTES_MAX;
use carechain_crypto::{PersonId, ResponseContext};
use carechain_schema::ErrorCode;
use carechain_types::{Decision, DecisionReason, Ed25519, SignedReadRequest, Verifier, encode};
use data_encoding::HEXLOWER;
use futures::StreamExt as _;

use crate::asker::wrong_gateway;
use crate::body;
use crate::border::Border;
use crate::failure::{Bound, Refused};
use crate::frames::{sealed_frames, sealed_length};
use crate::limits::BODY_BYTES_MAX;
use crate::media;
use crate::node::{Asker, NodeError, OpenedRead};
use crate::places::Place;

const TRANSACTION: HeaderName = HeaderName::from_static("carechain-transaction");
const HEIGHT: HeaderName = HeaderName::from_static("carechain-height");
const ENTRY: HeaderName = HeaderName::from_static("carechain-entry");

pub(crate) async fn read(State(border): State<Arc<Border>>, request: Request) -> Result<Response, Refused> {
    let (_, bytes) = body::split(request);
    let signed: SignedReadRequest = body::canonical(&bytes, BODY_BYTES_MAX)?;
    let request = signed.request.clone();
    if request.gateway != border.node.hospital() {
        return Err(wrong_gateway("read request"));
    }
    let reply_key = request
        .reply_key
        .as_x25519()
        .ok_or_else(|| Refused::malformed("the reply key is of no known kem"))?;
    let length = request
        .range
        .end
        .checked_sub(request.range.start)
        .ok_or_else(|| Refused::malformed("the range ends before it starts"))?;
    if request.range.end > FILE_BYTES_MAX {
        return Err(Refused::malformed(format_args!(
            "the range ends after byte {FILE_BYTES_MAX}, where no file has any"
        )));
    }
    let place = place(&border, &signed).await?;
    let opened = border.node.open_read(signed).await?;
    let headers = headers(&opened);
    let Some(record) = opened.bytes.filter(|_| opened.result.decision == Decision::Allowed) else {
        return Ok(refused(headers, opened.result.reason));
    };
    let context =
        ResponseContext { request: request.digest(&border.node.chain_id()), gateway: request.gateway };
    let frames = sealed_frames(record, length, &reply_key, &context).map_err(Refused::malformed)?;
    let place = place.ok_or(NodeError::Busy)?;
    // The place is held until the stream ends or the client goes away.
    let frames = frames.map(move |frame| {
        let _held = &place;
        frame
    });
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static(media::OCTETS));
    let bytes = (header::CONTENT_LENGTH, HeaderValue::from(sealed_length(length)));
    Ok((headers, [kind, bytes], Body::from_stream(frames)).into_response())
}

/// A place for the stream, if the key that signed is one of the reader's; none for others, whom the node refuses.
async fn place(border: &Border, signed: &SignedReadRequest) -> Result<Option<Place<PersonId>>, Refused> {
    let request = &signed.request;
    let verifier = Verifier::new(Ed25519, border.node.chain_id());
    let signature = verifier.body(&request.reader_key, request, &signed.signature);
    let reader = Asker { person: request.reader, key: request.reader_key, min_height: None };
    if signature.is_err() || border.node.admit(reader).await.is_err() {
        return Ok(None);
    }
    let busy =
        || Refused::busy(Bound::Reads, "too many reads of this reader, or of all together, are under way");
    border.readers.enter(request.reader).map(Some).ok_or_else(busy)
}

fn headers(opened: &OpenedRead) -> [(HeaderName, String); 3] {
    let entry = opened.result.entry.map(|entry| HEXLOWER.encode(&encode(&entry))).unwrap_or_default();
    [(TRANSACTION, opened.transaction.to_hex()), (HEIGHT, opened.height.to_string()), (ENTRY, entry)]
}

/// A refusal, with the place of its entry only for those who know of the record: the entry of an attempt on an id that
/// does not exist stands elsewhere, and the transaction says why.
fn refused(headers: [(HeaderName, String); 3], reason: DecisionReason) -> Response {
    match reason {
        DecisionReason::Expired
        | DecisionReason::Revoked
        | DecisionReason::NotYetValid
        | DecisionReason::Purpose
        | DecisionReason::PatientSuspended
        | DecisionReason::AddressMismatch
        | DecisionReason::Range => (headers, refusal(reason)).into_response(),
        _ => refusal(reason).into_response(),
    }
}

/// Only the reader's own standing and the reader's own grant say why; all else is not found. The ledger decides about the
/// grant first, so that reasons about the record come only to readers who may know of it.
fn refusal(reason: DecisionReason) -> Refused {
    let (code, message, hint) = match reason {
        DecisionReason::Expired => {
            (ErrorCode::GrantExpired, "your grant has expired", "ask the patient again")
        }
        DecisionReason::Revoked => (ErrorCode::GrantRevoked, "your grant was revoked", "ask the patient"),
        DecisionReason::NotYetValid => {
            (ErrorCode::GrantNotYetValid, "your grant is not valid yet", "wait for the start of its window")
        }
        DecisionReason::KeyEnded => return NodeError::Unauthorized.into(),
        DecisionReason::ReaderSuspended | DecisionReason::Role => return NodeError::NotPermitted.into(),
        DecisionReason::Purpose | DecisionReason::PatientSuspended => (
            ErrorCode::Refused,
            "your grant does not cover this, now or in this way",
            "look at the grant's terms",
        ),
        DecisionReason::AddressMismatch | DecisionReason::Range => {
            (ErrorCode::Malformed, "address or range are not the record's", "open the grant's address again")
        }
        DecisionReason::Owner
        | DecisionReason::Granted
        | DecisionReason::UnknownRecord
        | DecisionReason::NoGrant
        | DecisionReason::Purged
        | DecisionReason::NoMandate => return Refused::not_found(),
    };
    Refused::new(code, message, hint).with_outcome(u16::from(reason.byte()), reason.as_str())
}
