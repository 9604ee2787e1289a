//! How the node is, and which ledger it serves.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use carechain_schema::{Document, ErrorCode, FindingCode};

use crate::body;
use crate::border::Border;
use crate::failure::Refused;

pub(crate) async fn status(State(border): State<Arc<Border>>) -> Result<Response, Refused> {
    Ok(body::document(&Document::done(border.node.status().await?)))
}

pub(crate) async fn ready(State(border): State<Arc<Border>>) -> Result<Response, Refused> {
    let status = border.node.status().await?;
    match status.findings.first().filter(|_| !status.ready) {
        None => Ok(body::document(&Document::done(status))),
        Some(worst) => {
            let code = match worst.code {
                FindingCode::NoQuorum => ErrorCode::NoQuorum,
                _ => ErrorCode::NotReady,
            };
            Err(Refused::new(code, &worst.sentence, &worst.advice))
        }
    }
}

pub(crate) async fn metrics(State(border): State<Arc<Border>>) -> Response {
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], border.node.metrics()).into_response()
}

pub(crate) async fn genesis(State(border): State<Arc<Border>>) -> Response {
    body::octets(border.node.genesis_file())
}
