//! Every route of the HTTP interface, over a node that answers at once.
//!
//! An input is: which route, how it is signed, then path values, query string, header and body as pieces. An answer is
//! never a server error but where the node says so; what is not a success is a document with a code that has this status;
//! and the description of the interface has every answer: status, media type, and code of a refusal.

use std::sync::{Arc, LazyLock};

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use carechain_api::{calls, openapi};
use carechain_crypto::{Nonce, Secret, SigningKeyPair, hash};
use carechain_schema::{ErrorCode, QUERY_HEADER, Route};
use carechain_types::{BoundedString, NodeSigner, Query, SignedQuery, Span, Time, encode};
use data_encoding::BASE64;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::pieces::Pieces;
use crate::stub_node::{CHAIN, HOSPITAL, PERSON, StubNode};

/// Routes that want the secret of an upload in place of a signed query.
const WITH_SECRET: [Route; 3] = [Route::UPLOAD, Route::UPLOAD_CHUNK, Route::UPLOAD_COMPLETE];

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
    let method = route.method.as_str();
    let request = Request::builder().method(method).uri(&path).header("host", "127.0.0.1");
    let header = if WITH_SECRET.contains(&route) { "authorization" } else { QUERY_HEADER };
    let request = match signing {
        Signing::Absent => request,
        Signing::Foreign => request.header(header, foreign),
        Signing::Honest if WITH_SECRET.contains(&route) => request.header(header, bearer()),
        Signing::Honest => request.header(header, signed(method, &path, body)),
    };
    // A path or header that is none does not leave a client.
    let Ok(request) = request.body(Body::from(body.to_vec())) else { return };
    let Ok(answer) = calls(Arc::new(StubNode)).oneshot(request).await;
    check(route, answer).await;
}

/// The node of this target believes every secret.
fn bearer() -> String {
    format!("Bearer {}", "5e".repeat(32))
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

async fn check(route: Route, answer: Response<Body>) {
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    let described = described(route, status);
    let kinds = described.get("content").and_then(Value::as_object);
    let fits =
        kind.as_ref().map_or(kinds.is_none(), |kind| kinds.is_some_and(|kinds| kinds.contains_key(kind)));
    assert!(fits, "{} {status} with {kind:?}", route.path);
    // A stream that breaks is how a node ends what it cannot go on with.
    let Ok(body) = to_bytes(answer.into_body(), 1 << 26).await else { return };
    if (200..300).contains(&status) {
        return;
    }
    let document: Value = serde_json::from_slice(&body).expect("a refusal is a document");
    let code = document["error"]["code"].as_str().expect("a refusal has a code");
    let known = ErrorCode::ALL.iter().find(|known| known.as_str() == code).expect("a code of the list");
    assert_eq!(known.http_status(), status, "{code}");
    assert!(*known != ErrorCode::Internal, "{document}");
    let codes = "/content/application~1json/schema/allOf/1/properties/error/properties/code/enum";
    let codes = described.pointer(codes).and_then(Value::as_array).expect("a refusal lists its codes");
    assert!(codes.iter().any(|one| one == code), "{} refuses with {code}", route.path);
}

/// The answer of this status, as the description has it.
fn described(route: Route, status: u16) -> &'static Value {
    static DESCRIPTION: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_slice(&openapi()).expect("the description is JSON"));
    let method = route.method.as_str().to_lowercase();
    let answer = &DESCRIPTION["paths"][route.path][method]["responses"][status.to_string()];
    let named = answer["$ref"].as_str().and_then(|place| DESCRIPTION.pointer(place.trim_start_matches('#')));
    let answer = named.unwrap_or(answer);
    assert!(answer.is_object(), "{} answers {status}", route.path);
    answer
}
