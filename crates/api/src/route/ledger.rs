//! Transactions, state, lists, detached parts: canonical bytes in and out, since they are signed or proven.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use carechain_crypto::TransactionId;
use carechain_types::{ListQuery, StateQuery, Submission};

use crate::asker::{asker, optional_asker};
use crate::body;
use crate::border::Border;
use crate::failure::Refused;
use crate::limits::{BODY_BYTES_MAX, COMMIT_WAIT, LIST_COUNT_MAX, SUBMISSION_BYTES_MAX};
use crate::list::is_public;
use crate::node::NodeError;

pub(crate) async fn submit(State(border): State<Arc<Border>>, request: Request) -> Result<Response, Refused> {
    let (_, bytes) = body::split(request);
    let submission: Submission = body::canonical(&bytes, SUBMISSION_BYTES_MAX)?;
    let id = submission.transaction.body.id(&border.node.chain_id());
    let answer = tokio::time::timeout(COMMIT_WAIT, border.node.submit(submission)).await;
    let proof = answer.map_err(|_| NodeError::OutcomeUnknown { id })??;
    Ok(body::canonical_answer(&proof))
}

pub(crate) async fn transaction(
    State(border): State<Arc<Border>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Refused> {
    let id = transaction_id(&id?)?;
    Ok(body::canonical_answer(&border.node.transaction(id).await?))
}

pub(crate) async fn state(State(border): State<Arc<Border>>, request: Request) -> Result<Response, Refused> {
    let (parts, bytes) = body::split(request);
    let query: StateQuery = body::canonical(&bytes, BODY_BYTES_MAX)?;
    let keys: BTreeSet<_> = query.keys.iter().collect();
    if keys.len() < query.keys.len() {
        return Err(Refused::malformed("a key stands twice among those asked for"));
    }
    let asked = optional_asker(&border, &parts, &bytes)?;
    if asked.is_none() && query.keys.iter().any(|key| !is_public(key.tag)) {
        return Err(NodeError::Unauthorized.into());
    }
    let answer = border.node.state(asked.as_ref().map(|asked| asked.asker), query).await;
    let answer = match asked {
        Some(asked) => asked.once(&border, answer).await?,
        None => answer?,
    };
    Ok(body::canonical_answer(&*answer))
}

pub(crate) async fn list(State(border): State<Arc<Border>>, request: Request) -> Result<Response, Refused> {
    let (parts, bytes) = body::split(request);
    let query: ListQuery = body::canonical(&bytes, BODY_BYTES_MAX)?;
    let asked = asker(&border, &parts, &bytes)?;
    if query.count_max == 0 || query.count_max > LIST_COUNT_MAX {
        let got = query.count_max;
        return Err(Refused::malformed(format_args!(
            "a page of {got} entries, between 1 and {LIST_COUNT_MAX}"
        )));
    }
    let answer = border.node.list(asked.asker, query).await;
    Ok(body::canonical_answer(&asked.once(&border, answer).await?))
}

pub(crate) async fn part(
    State(border): State<Arc<Border>>,
    place: Result<Path<(String, u16)>, PathRejection>,
    request: Request,
) -> Result<Response, Refused> {
    let Path((id, index)) = place?;
    let (parts, bytes) = body::split(request);
    let id = transaction_id(&id)?;
    let asked = asker(&border, &parts, &bytes)?;
    let answer = border.node.part(asked.asker, id, index).await;
    Ok(body::canonical_answer(&asked.once(&border, answer).await?))
}

fn transaction_id(text: &str) -> Result<TransactionId, Refused> {
    TransactionId::from_hex(text)
        .ok_or_else(|| Refused::malformed("a transaction id has 64 lower-case hex characters"))
}
