//! Bodies: in with a bound on bytes and time, out as JSON or canonical bytes.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use carechain_schema::{Described, Document, ErrorCode};
use carechain_types::{decode, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Refused;
use crate::limits::{BODY_BYTES_MAX, BODY_WAIT, PIECE_WAIT};

/// Head and whole body of a call.
pub(crate) async fn split(request: Request, bytes_max: usize) -> Result<(Parts, Bytes), Refused> {
    let (parts, body) = request.into_parts();
    Ok((parts, whole(body, bytes_max).await?))
}

async fn whole(body: Body, bytes_max: usize) -> Result<Bytes, Refused> {
    let wait = if bytes_max <= BODY_BYTES_MAX { BODY_WAIT } else { PIECE_WAIT };
    let read = tokio::time::timeout(wait, to_bytes(body, bytes_max)).await;
    let slow = || Refused::new(ErrorCode::Busy, "the body stood still for too long", "try again");
    read.map_err(|_| slow())?.map_err(|_| {
        let message = format!("the body broke off or has more than the {bytes_max} bytes allowed here");
        Refused::new(ErrorCode::TooLarge, message, "send less")
    })
}

/// The value of canonical bytes.
pub(crate) fn canonical<T: Serialize + DeserializeOwned>(
    bytes: &[u8],
    bytes_max: usize,
) -> Result<T, Refused> {
    Ok(decode(bytes, bytes_max)?)
}

/// Canonical bytes as an answer.
pub(crate) fn canonical_answer<T: Serialize>(value: &T) -> Response {
    octets(Bytes::from(encode(value)))
}

/// Bytes as an answer.
pub(crate) fn octets(bytes: Bytes) -> Response {
    let kind = HeaderValue::from_static("application/octet-stream");
    ([(header::CONTENT_TYPE, kind)], bytes).into_response()
}

/// A document as an answer.
pub(crate) fn document<T: Described + Serialize>(document: &Document<T>) -> Response {
    let body = serde_json::to_vec(document).expect("documents always encode");
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}
