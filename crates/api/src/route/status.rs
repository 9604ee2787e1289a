//! How the node is, and which ledger it serves.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use carechain_schema::{Document, ErrorCode, FindingCode};

use crate::body;
use crate::border::Border;
use crate::client::Client;
use crate::failure::Refused;
use crate::media;

/// What everybody may know.
pub(crate) async fn node(State(border): State<Arc<Border>>) -> Result<Response, Refused> {
    Ok(body::document(&Document::done(border.node.status().await?.public())))
}

/// Everything, for the operators alone.
pub(crate) async fn status(State(border): State<Arc<Border>>) -> Result<Response, Refused> {
    Ok(body::document(&Document::done(border.node.status().await?)))
}

/// For a balancer, which reads the status code. Why the node is not ready, its operators are told.
pub(crate) async fn ready(State(border): State<Arc<Border>>, request: Request) -> Result<Response, Refused> {
    let status = border.node.status().await?;
    let Some(worst) = status.findings.first().filter(|_| !status.ready) else {
        return Ok(body::document(&Document::done(status.public())));
    };
    let code = match worst.code {
        FindingCode::NoQuorum | FindingCode::ClocksApart => ErrorCode::NoQuorum,
        _ => ErrorCode::NotReady,
    };
    if border.operators.admit(Client::of(request.extensions()), request.headers()) {
        return Err(Refused::new(code, &worst.sentence, &worst.advice));
    }
    let hint = "ask its operators: `carechain node status` tells them why";
    Err(Refused::new(code, "this node is not ready", hint))
}

pub(crate) async fn metrics(State(border): State<Arc<Border>>) -> Response {
    let kind = HeaderValue::from_static(media::METRICS);
    ([(header::CONTENT_TYPE, kind)], border.node.metrics()).into_response()
}

pub(crate) async fn genesis(State(border): State<Arc<Border>>) -> Response {
    body::octets(border.node.genesis_file())
}

pub(crate) async fn openapi() -> Response {
    let kind = HeaderValue::from_static(media::JSON);
    ([(header::CONTENT_TYPE, kind)], crate::openapi()).into_response()
}
