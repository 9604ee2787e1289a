//! Bodies: in with a bound on bytes and time, out as JSON or canonical bytes.

use std::net::IpAddr;

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use carechain_schema::{Described, Document, ErrorCode};
use carechain_types::{decode, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::border::Border;
use crate::client::Client;
use crate::failure::{Bound, Refused};
use crate::limits::{BODY_WAIT, PASSED_OVER_MAX};
use crate::media;
use crate::paced_body::PacedBody;
use crate::places::Place;

/// A body as it comes in, with the memory it holds; `busy` if the client is too slow or its address holds its share.
pub(crate) async fn gather(
    border: &Border,
    client: Client,
    body: Body,
    bytes_max: usize,
) -> Result<(Bytes, Option<Place<IpAddr>>), Refused> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut body = PacedBody::new(body, BODY_WAIT);
    if announced > bytes_max {
        return Err(body.refuse(too_large(bytes_max), PASSED_OVER_MAX).await);
    }
    taken_in(border, client, &mut body, bytes_max).await.map_err(Refused::with_unread_body)
}

async fn taken_in(
    border: &Border,
    client: Client,
    body: &mut PacedBody,
    bytes_max: usize,
) -> Result<(Bytes, Option<Place<IpAddr>>), Refused> {
    let Some(first) = body.piece().await? else { return Ok((Bytes::new(), None)) };
    let full = || Refused::busy(Bound::Bodies, "this address has too many bytes of bodies under way");
    let mut held = border.bodies.enter(client.address).ok_or_else(full)?;
    let (mut bytes, mut piece, mut kib) = (BytesMut::new(), Some(first), 1);
    while let Some(next) = piece {
        if bytes.len() + next.len() > bytes_max {
            return Err(too_large(bytes_max));
        }
        let needed = (bytes.len() + next.len()).div_ceil(1_024).max(kib);
        if !held.grow(needed - kib) {
            return Err(full());
        }
        kib = needed;
        bytes.extend_from_slice(&next);
        piece = body.piece().await?;
    }
    Ok((bytes.freeze(), Some(held)))
}

fn too_large(bytes_max: usize) -> Refused {
    let message = format!("the body has more than the {bytes_max} bytes allowed here");
    Refused::new(ErrorCode::TooLarge, message, "send less")
}

/// A body that was gathered, on its way to the call in the extensions of its request.
#[derive(Clone)]
pub(crate) struct Gathered(pub(crate) Bytes);

/// Head and body of a call whose body was gathered.
pub(crate) fn split(request: Request) -> (Parts, Bytes) {
    let (mut parts, _) = request.into_parts();
    let gathered = parts.extensions.remove::<Gathered>();
    let Gathered(bytes) = gathered.expect("the layer of every call with a body in memory gathers it");
    (parts, bytes)
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
    let kind = HeaderValue::from_static(media::OCTETS);
    ([(header::CONTENT_TYPE, kind)], bytes).into_response()
}

/// A document as an answer.
pub(crate) fn document<T: Described + Serialize>(document: &Document<T>) -> Response {
    let body = serde_json::to_vec(document).expect("documents always encode");
    let kind = HeaderValue::from_static(media::JSON);
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}
