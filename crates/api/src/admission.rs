//! Who may have work done, and how much at once: the layers between a connection and the calls.
//!
//! Invariant: a place is taken only once the request is here whole, and is free again when its answer is made. How the
//! node is may be asked whatever else goes on: those calls have places, and connections, of their own.

use std::sync::Arc;

use axum::body::{Body, HttpBody as _};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use carechain_schema::{ErrorCode, Route};

use crate::body::{Gathered, gather};
use crate::border::Border;
use crate::client::{Client, Connection};
use crate::failure::{Bound, Reason, Refused};
use crate::held_body::HeldBody;
use crate::limits::{ANSWER_BYTES_FREE, BODY_WAIT};
use crate::paced_body::PacedBody;
use crate::upload_caller::upload_caller;

/// Outermost: counts and tells what is refused, answers only to the node's own names, and keeps spare connections for what
/// they are for. No browser guesses what an answer is, and no cache keeps one.
pub(crate) async fn counted(State(border): State<Arc<Border>>, request: Request, next: Next) -> Response {
    let client = Client::of(request.extensions());
    let mut answer = if !border.hosts.answers(&request) {
        Refused::foreign_host().into_response()
    } else if client.connection == Connection::Spare && !asks_how_the_node_is(request.uri().path()) {
        Refused::busy(Bound::Connections, "this address has its share of connections").into_response()
    } else {
        charged(&border, client, next.run(request).await)
    };
    if let Some(reason) = answer.extensions().get::<Reason>() {
        border.refused(*reason, client.address);
    }
    let headers = answer.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// A long answer stays in memory for as long as its client takes over it: the client's address pays for that.
fn charged(border: &Border, client: Client, answer: Response) -> Response {
    // A stream has no length; what it holds is bounded by the places of streams.
    let bytes = answer.body().size_hint().exact().unwrap_or_default();
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    if bytes <= ANSWER_BYTES_FREE {
        return answer;
    }
    let place = border.answers.enter(client.address);
    match place.and_then(|mut place| place.grow(bytes.div_ceil(1_024) - 1).then_some(place)) {
        Some(place) => answer.map(|body| HeldBody::holding(body, place)),
        None => {
            let message = "this address has too many long answers under way, which it does not take";
            Refused::busy(Bound::Answers, message).into_response()
        }
    }
}

/// For calls of an upload with a body in memory: nothing of it is kept before the secret is tried, which costs one look.
pub(crate) async fn of_upload(
    State(border): State<Arc<Border>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
    next: Next,
) -> Response {
    let caller = id.map_err(Refused::from).and_then(|id| upload_caller(&id, request.headers()));
    let tried = match caller {
        Ok(caller) => border.node.upload_file(caller).await.map_err(Refused::from),
        Err(refused) => Err(refused),
    };
    match tried {
        Ok(_) => next.run(request).await,
        Err(refused) => {
            let mut body = PacedBody::new(request.into_body(), BODY_WAIT);
            body.refuse(refused, usize::MAX).await.into_response()
        }
    }
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
