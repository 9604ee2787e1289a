//! Who may have work done, and how much at once: the layers between a connection and the calls.
//!
//! Invariant: a place is taken only once the request is here whole, and is free again when its answer is made. How the
//! node is may be asked whatever else goes on: those calls have places, and connections, of their own.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use carechain_schema::{ErrorCode, Route};

use crate::body::{Gathered, gather};
use crate::border::Border;
use crate::client::{Client, Connection};
use crate::failure::{Bound, Reason, Refused};

/// Outermost: counts and tells what is refused, answers only to the node's own names, and keeps spare connections for what
/// they are for. No browser guesses what an answer is, and no cache keeps one.
pub(crate) async fn counted(State(border): State<Arc<Border>>, request: Request, next: Next) -> Response {
    let client = Client::of(request.extensions());
    let mut answer = if !border.hosts.answers(&request) {
        Refused::foreign_host().into_response()
    } else if client.connection == Connection::Spare && !asks_how_the_node_is(request.uri().path()) {
        Refused::busy(Bound::Connections, "this address has its share of connections").into_response()
    } else {
        next.run(request).await
    };
    if let Some(reason) = answer.extensions().get::<Reason>() {
        border.refused(*reason, client.address);
    }
    let headers = answer.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

fn asks_how_the_node_is(path: &str) -> bool {
    [Route::NODE, Route::STATUS, Route::READY, Route::METRICS].iter().any(|route| route.path == path)
}

/// For calls that say how the node is.
pub(crate) async fn health(State(border): State<Arc<Border>>, request: Request, next: Next) -> Response {
    let client = Client::of(request.extensions());
    let Some(_place) = border.health.enter(client.address) else {
        return Refused::busy(Bound::Health, "this address asks too often at once how the node is")
            .into_response();
    };
    next.run(request).await
}

/// For status and figures of the node, which tell how busy a hospital is, who is away and what is broken.
pub(crate) async fn operators(State(border): State<Arc<Border>>, request: Request, next: Next) -> Response {
    if !border.operators.admit(Client::of(request.extensions()), request.headers()) {
        let message = "only the node's own machine, and who shows its token, may ask for this";
        let hint = "ask on that machine, or show the first line of the file that its `api_token_file` names: \
                    `carechain node status --token-file FILE`, or the header `Authorization: Bearer TOKEN`; \
                    `GET /v1/node` tells everybody whether the node is ready";
        return Refused::new(ErrorCode::Refused, message, hint).into_response();
    }
    next.run(request).await
}

/// For calls with a body in memory: it is taken in whole, then the call gets its place.
pub(crate) async fn whole(
    State((border, bytes_max)): State<(Arc<Border>, usize)>,
    request: Request,
    next: Next,
) -> Response {
    let client = Client::of(request.extensions());
    let (parts, body) = request.into_parts();
    let (bytes, _held) = match gather(&border, client, body, bytes_max).await {
        Ok(gathered) => gathered,
        Err(refused) => return refused.into_response(),
    };
    let Some(_place) = border.requests.enter(client.address) else {
        return Refused::busy(Bound::Requests, "this address has too many calls under way").into_response();
    };
    let mut request = Request::from_parts(parts, Body::empty());
    request.extensions_mut().insert(Gathered(bytes));
    next.run(request).await
}
