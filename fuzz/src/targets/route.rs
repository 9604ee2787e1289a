//! Every route of the HTTP interface, over a node that answers at once.
//!
//! An input is: which route, how it is signed, then path values, query string, header and body as pieces. An answer is
//! never a server error but where the node says so, and what is not a success is a document with a code that has this
//! status.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use carechain_api::calls;
use carechain_crypto::{Nonce, Secret, SigningKeyPair, hash};
use carechain_schema::{ErrorCode, QUERY_HEADER, Route};
use carechain_types::{BoundedString, NodeSigner, Query, SignedQuery, Span, Time, encode};
use data_encoding::BASE64;
use tower::ServiceExt as _;

use crate::pieces::Pieces;
use crate::stub_node::{CHAIN, HOSPITAL, PERSON, StubNode};

/// How a call is signed.
enum Signing {
    /// As a client does.
    Honest,
    /// The header is a piece of the input.
    Foreign,
    /// Not at all.
    Absent,
}

pub(super) fn route(data: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime without sockets starts").block_on(call(data));
}

async fn call(data: &[u8]) {
    let mut pieces = Pieces::of(data);
    let route = Route::ALL[usize::from(pieces.byte()) % Route::ALL.len()];
    let signing = match pieces.byte() % 4 {
        0 => Signing::Absent,
        1 => Signing::Foreign,
        _ => Signing::Honest,
    };
    let path = path(route, &mut pieces);
    let foreign = pieces.piece();
    let body = pieces.rest();
    let method = format!("{:?}", route.method).to_uppercase();
    let mut request = Request::builder().method(method.as_str()).uri(&path).header("host", "127.0.0.1");
    request = match signing {
        Signing::Absent => request,
        Signing::Foreign => request.header(QUERY_HEADER, foreign),
        Signing::Honest => request.header(QUERY_HEADER, signed(&method, &path, body)),
    };
    // A path or header that is none does not leave a client.
    let Ok(request) = request.body(Body::from(body.to_vec())) else { return };
    let Ok(answer) = calls(Arc::new(StubNode)).oneshot(request).await;
    check(answer).await;
}

/// The path with pieces in place of the braces, and a query string.
fn path(route: Route, pieces: &mut Pieces<'_>) -> String {
    let segments: Vec<_> = route
        .path
        .split('/')
        .map(|segment| if segment.starts_with('{') { escaped(pieces.piece()) } else { segment.to_owned() })
        .collect();
    let query = pieces.piece();
    let path = segments.join("/");
    if query.is_empty() { path } else { format!("{path}?{}", escaped(query)) }
}

/// What may stand in a path as it is; the rest by percent.
fn escaped(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' | b'=' | b'&' | b'%' => {
                text.push(char::from(*byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
        text
    })
}

fn signed(method: &str, path: &str, body: &[u8]) -> String {
    let pair = SigningKeyPair::from_seed(&Secret::new([3; 32]));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let now = Time::from_micros(u64::try_from(now.as_micros()).unwrap_or(u64::MAX));
    let query = Query {
        hospital: HOSPITAL,
        person: PERSON,
        key: pair.public(),
        method: BoundedString::new(method).unwrap_or_default(),
        path: BoundedString::new(path).unwrap_or_default(),
        body: hash(body),
        salt: Nonce::ZERO,
        expiry: now.after(Span::MINUTE),
        min_height: None,
    };
    let signature = NodeSigner::sign(&pair, &CHAIN, &query);
    BASE64.encode(&encode(&SignedQuery { query, signature }))
}

async fn check(answer: Response<Body>) {
    let status = answer.status().as_u16();
    let is_document = answer.headers().get("content-type").is_some_and(|kind| kind == "application/json");
    // A stream that breaks is how a node ends what it cannot go on with.
    let Ok(body) = to_bytes(answer.into_body(), 1 << 26).await else { return };
    if (200..300).contains(&status) {
        return;
    }
    assert!(is_document, "{status} without a document");
    let document: serde_json::Value = serde_json::from_slice(&body).expect("a refusal is a document");
    let code = document["error"]["code"].as_str().expect("a refusal has a code");
    let known = ErrorCode::ALL.iter().find(|known| known.as_str() == code).expect("a code of the list");
    assert_eq!(known.http_status(), status, "{code}");
    assert!(*known != ErrorCode::Internal, "{document}");
}
