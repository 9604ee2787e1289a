//! What happened to a person: a call that waits until there is something, for `inbox --follow`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::response::Response;
use carechain_crypto::{AccessRequestId, EhrId, GrantId};
use carechain_schema::{Document, NoticeLine, NoticeList};
use carechain_types::Height;
use serde::Deserialize;

use crate::asker::asker;
use crate::body;
use crate::border::{Border, place};
use crate::failure::Refused;
use crate::limits::NOTICES_WAIT_MAX;
use crate::node::{Notice, NoticeKind, NoticeQuery};
use crate::route::search::timestamp;

/// The query string.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wait {
    after: u64,
    #[serde(default)]
    wait_seconds: u64,
}

pub(crate) async fn notices(
    State(border): State<Arc<Border>>,
    wait: Result<Query<Wait>, QueryRejection>,
    request: Request,
) -> Result<Response, Refused> {
    let Query(wait) = wait?;
    let _place = place(&border.waiters)?;
    let (parts, bytes) = body::split(request, 0).await?;
    let asked = asker(&border, &parts, &bytes)?;
    let patience = Duration::from_secs(wait.wait_seconds).min(NOTICES_WAIT_MAX);
    let query = NoticeQuery { after: Height::new(wait.after), wait: patience };
    let answer = asked.once(&border, border.node.notices(asked.asker, query).await)?;
    let notices = answer.notices.iter().map(line).collect();
    Ok(body::document(&Document::done(NoticeList { height: answer.height.get(), notices })))
}

fn line(notice: &Notice) -> NoticeLine {
    let (event, id) = match notice.kind {
        NoticeKind::Request => ("request", AccessRequestId::new(notice.id).to_string()),
        NoticeKind::Grant => ("grant", GrantId::new(notice.id).to_string()),
        NoticeKind::Deny => ("deny", AccessRequestId::new(notice.id).to_string()),
        NoticeKind::Revoke => ("revoke", GrantId::new(notice.id).to_string()),
        NoticeKind::Publish => ("publish", EhrId::new(notice.id).to_string()),
        NoticeKind::Read => ("read", EhrId::new(notice.id).to_string()),
    };
    NoticeLine {
        event: event.to_owned(),
        id,
        height: notice.height.get(),
        block_time: timestamp(notice.time),
    }
}
