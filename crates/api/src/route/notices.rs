//! What happened to a person: a call that waits until there is something, for `inbox --follow`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::response::Response;
use carechain_crypto::{AccessRequestId, EhrId, GrantId, PersonId};
use carechain_schema::{Document, NoticeLine, NoticeList};
use carechain_types::Height;
use serde::Deserialize;

use crate::asker::{Asked, asker};
use crate::body;
use crate::border::Border;
use crate::client::Client;
use crate::failure::{Bound, Refused};
use crate::limits::NOTICES_WAIT_MAX;
use crate::node::{Notice, NoticeKind, NoticeQuery};
use crate::places::Place;
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
    let client = Client::of(request.extensions());
    let (parts, body) = request.into_parts();
    let (bytes, _) = body::gather(&border, client, body, 0).await?;
    let asked = asker(&border, &parts, &bytes)?;
    let _place = waiter(&border, client, &asked).await?;
    let patience = Duration::from_secs(wait.wait_seconds).min(NOTICES_WAIT_MAX);
    let query = NoticeQuery { after: Height::new(wait.after), wait: patience };
    let answer = border.node.notices(asked.asker, query).await?;
    let notices = answer.notices.iter().map(line).collect();
    Ok(body::document(&Document::done(NoticeList { height: answer.height.get(), notices })))
}

/// A place to wait in, once it is known who waits. The query is spent before the wait, so that it waits once.
async fn waiter(border: &Border, client: Client, asked: &Asked) -> Result<Place<PersonId>, Refused> {
    {
        let busy = || Refused::busy(Bound::Requests, "this address has too many calls under way");
        let _work = border.requests.enter(client.address).ok_or_else(busy)?;
        border.node.admit(asked.asker).await?;
    }
    let busy = || Refused::busy(Bound::Waiters, "this person, or all together, wait in too many calls");
    let place = border.waiters.enter(asked.asker.person).ok_or_else(busy)?;
    asked.spend()?;
    Ok(place)
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
