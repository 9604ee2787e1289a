//! How the node is, and which ledger it serves.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use carechain_schema::{Document, SyncState};

use crate::body;
use crate::border::Border;
use crate::failure::Refused;
use crate::node::NodeError;

pub(crate) async fn status(State(border): State<Arc<Border>>) -> Result<Response, Refused> {
    Ok(body::document(&Document::done(border.node.status().await?)))
}

pub(crate) async fn ready(State(border): State<Arc<Border>>) -> Result<Response, Refused> {
    let status = border.node.status().await?;
    match status.sync {
        SyncState::AtHead => Ok(body::document(&Document::done(status))),
        SyncState::CatchingUp | SyncState::Draining | SyncState::Halted => {
            Err(NodeError::NotReady { reason: status.summary }.into())
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
