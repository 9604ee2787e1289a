//! `inbox`: what happened to me. The node's notices are hints; what they say is read again with proof.

use std::time::Duration;

use carechain_client::{OperationError, Session};
use carechain_schema::{Inbox, InboxEvent, NoticeLine, Retry};
use carechain_types::Height;
use clap::Args;

use super::connection::Connection;
use super::{CommandError, Global, Output, lines};

/// From where on, and for how long.
#[derive(Args, Debug)]
pub(super) struct InboxCommand {
    /// Go on as things happen: one document a line, until Ctrl-C.
    #[arg(long)]
    follow: bool,
    /// Only what came after this height: the `height` of the inbox before.
    #[arg(long, value_name = "HEIGHT", default_value_t = 0)]
    after: u64,
}

/// Examples of it.
pub(super) const EXAMPLES: &str = "Examples:
  carechain inbox --profile alice                    everything that concerns alice so far
  carechain inbox --follow --profile alice           and what comes
  carechain inbox --follow --json | while read -r event; do ...; done";

/// How long one question waits for news, seconds.
const WAIT_SECONDS: u64 = 20;
/// Before a node that does not answer is asked again.
const PAUSE: Duration = Duration::from_secs(2);

/// Runs it.
pub(super) fn run(command: &InboxCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    let connection = Connection::open_as_person(global)?;
    let session = &connection.session;
    if command.follow {
        return follow(session, Height::new(command.after), output);
    }
    let mut events = Vec::new();
    let mut height = Height::new(command.after);
    loop {
        let page = session.notices(height, 0)?;
        if let Some(note) = ahead(height, page.height) {
            output.note(&note);
        }
        for notice in &page.notices {
            events.extend(read(session, notice)?);
        }
        if page.height <= height.get() {
            break;
        }
        height = Height::new(page.height);
    }
    output.done(Inbox { height: height.get(), events }, |inbox| {
        let lines: Vec<_> = inbox.events.iter().map(describe).collect();
        if lines.is_empty() { "nothing new".to_owned() } else { lines.join("\n") }
    });
    Ok(())
}

fn follow(session: &Session, after: Height, output: &Output) -> Result<(), CommandError> {
    let mut height = after;
    let mut was_ahead = false;
    loop {
        let page = match session.notices(height, WAIT_SECONDS) {
            Ok(page) => page,
            Err(error) => {
                patient(error, output)?;
                continue;
            }
        };
        // Said when it begins, not every time the node is asked.
        let ahead = ahead(height, page.height);
        if let Some(note) = ahead.as_deref().filter(|_| !was_ahead) {
            output.note(note);
        }
        was_ahead = ahead.is_some();
        for notice in &page.notices {
            for event in read(session, notice)? {
                if !output.event(event, describe) {
                    return Ok(());
                }
            }
        }
        height = height.max(Height::new(page.height));
    }
}

/// What to say of a height that the node's ledger has not reached: nothing can come from there for now.
fn ahead(after: Height, node: u64) -> Option<String> {
    (after.get() > node).then(|| {
        format!(
            "the node's ledger stands at height {node}, so nothing can come until it is above {after}; without --after \
             you see everything"
        )
    })
}

/// A node that is away is waited for; anything else ends the following.
fn patient(error: OperationError, output: &Output) -> Result<(), CommandError> {
    let error = CommandError::from(error);
    if error.failure.retry != Retry::Safe {
        return Err(error);
    }
    output.warn(&error);
    std::thread::sleep(PAUSE);
    Ok(())
}

/// What a notice says, read with proof; a notice about something that is not there says nothing.
fn read(session: &Session, notice: &NoticeLine) -> Result<Vec<InboxEvent>, CommandError> {
    let wrong = || OperationError::Argument { problem: "the node's notice names no id" };
    let events = match notice.event.as_str() {
        "request" => {
            let id = notice.id.parse().map_err(|_| wrong())?;
            session
                .request_view(id)
                .and_then(|view| lines::request(session, &view))
                .map(|request| vec![InboxEvent::Requested { request }])
        }
        "grant" => {
            let id = notice.id.parse().map_err(|_| wrong())?;
            session.grant_view(id).map(|view| vec![InboxEvent::Granted { grant: lines::grant(&view) }])
        }
        "deny" => {
            let id = notice.id.parse().map_err(|_| wrong())?;
            session
                .request_view(id)
                .map(|view| vec![InboxEvent::Denied { request_id: view.id.to_string(), code: None }])
        }
        "revoke" => {
            let id = notice.id.parse().map_err(|_| wrong())?;
            session.grant_view(id).map(|view| revoked(&lines::grant(&view)))
        }
        "publish" => {
            let id = notice.id.parse().map_err(|_| wrong())?;
            session.record(id).map(|view| {
                let author = view.value.author.to_string();
                vec![InboxEvent::Published { ehr_id: view.ehr_id.to_string(), author }]
            })
        }
        "read" => Ok(vec![InboxEvent::Read { ehr_id: notice.id.clone(), height: notice.height }]),
        _ => Ok(Vec::new()),
    };
    match events {
        Err(OperationError::NotFound) => Ok(Vec::new()),
        events => Ok(events?),
    }
}

fn revoked(grant: &carechain_schema::GrantLine) -> Vec<InboxEvent> {
    let event = |ehr_id| InboxEvent::Revoked { grant_id: grant.grant_id.clone(), ehr_id };
    if grant.ehr_ids.is_empty() {
        return vec![event(None)];
    }
    grant.revoked.iter().map(|ehr_id| event(Some(ehr_id.clone()))).collect()
}

fn describe(event: &InboxEvent) -> String {
    match event {
        InboxEvent::Requested { request } => lines::describe_request(request),
        InboxEvent::Granted { grant } => lines::describe_grant(grant),
        InboxEvent::Denied { request_id, .. } => format!("{request_id}  denied"),
        InboxEvent::Revoked { grant_id, ehr_id: None } => format!("{grant_id}  revoked"),
        InboxEvent::Revoked { grant_id, ehr_id: Some(ehr_id) } => format!("{grant_id}  revoked for {ehr_id}"),
        InboxEvent::Published { ehr_id, author } => format!("{ehr_id}  published by {author}"),
        InboxEvent::Read { ehr_id, height } => {
            format!(
                "{ehr_id}  somebody read it, or tried to, at height {height}: `audit --ehr {ehr_id}` says who"
            )
        }
    }
}

#[cfg(test)]
mod tests;
