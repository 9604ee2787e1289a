//! `search`, `records`, `requests`, `grants`: what I may see.

use carechain_client::{OperationError, PersonName, Session};
use carechain_crypto::{AccessRequestId, GrantId, HospitalId};
use carechain_schema::{AbstractLine, GrantList, RecordList, RequestList, SearchPage};
use carechain_types::{Party, SearchQuery, Time};
use clap::Args;

use super::connection::Connection;
use super::words::{keyword, party, time, timestamp};
use super::{CommandError, Global, Output, asked, lines};

/// What to search for; everything given must match.
#[derive(Args, Debug)]
pub(super) struct SearchCommand {
    /// Records of this patient: per_… or mrn:NUMBER
    #[arg(long, value_name = "ID|mrn:N")]
    patient: Option<PersonName>,
    /// Records by this author.
    #[arg(long, value_parser = party, value_name = "ID")]
    author: Option<Party>,
    /// Records from this hospital.
    #[arg(long, value_name = "HOS")]
    hospital: Option<HospitalId>,
    /// Word among the keywords; may be given again, then all must be.
    #[arg(long = "keyword", value_name = "WORD", value_parser = keyword)]
    keywords: Vec<String>,
    /// Published at or after this time.
    #[arg(long, value_parser = time, value_name = "TIME")]
    from: Option<Time>,
    /// Published before this time.
    #[arg(long, value_parser = time, value_name = "TIME")]
    until: Option<Time>,
    /// Records on a page at most.
    #[arg(long, value_name = "COUNT")]
    limit: Option<u16>,
    /// Where the page before ended: its `next`.
    #[arg(long, value_name = "NEXT")]
    after: Option<String>,
}

/// Examples of `search`.
pub(super) const SEARCH_EXAMPLES: &str = "Examples:
  carechain search --patient per_… --keyword ct --profile doctor
  carechain search --hospital hos_… --from 2026-01-01T00:00:00Z --limit 20";

/// Whose records.
#[derive(Args, Debug)]
pub(super) struct RecordsCommand {
    /// Whose; your own if left out.
    #[arg(long, value_name = "ID|mrn:N")]
    patient: Option<PersonName>,
}

/// Examples of `records`.
pub(super) const RECORDS_EXAMPLES: &str = "Example:\n  carechain records --profile alice";

/// Which requests.
#[derive(Args, Debug)]
pub(super) struct RequestsCommand {
    /// These; without any, all that were ever made to you.
    requests: Vec<AccessRequestId>,
    /// Those that this profile made.
    #[arg(long, conflicts_with = "requests")]
    asked: bool,
}

/// Examples of `requests`.
pub(super) const REQUESTS_EXAMPLES: &str = "Examples:
  carechain requests --profile alice                 everything alice was ever asked
  carechain requests req_… --profile doctor          where one's own request stands
  carechain requests --asked --profile doctor        all that this profile made";

/// Which grants.
#[derive(Args, Debug)]
pub(super) struct GrantsCommand {
    /// These; without any, all that you ever gave.
    grants: Vec<GrantId>,
    /// Those that were given to you.
    #[arg(long, conflicts_with = "grants")]
    received: bool,
}

/// Examples of `grants`.
pub(super) const GRANTS_EXAMPLES: &str = "Examples:
  carechain grants --profile alice                   everything alice ever permitted
  carechain grants --received --profile doctor       what the doctor was given";

/// Runs `search`.
pub(super) fn search(command: &SearchCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    let connection = Connection::open_as_person(global)?;
    let search = SearchQuery {
        patient: command.patient.as_ref().map(|name| connection.resolve(name)).transpose()?,
        author: command.author,
        hospital: command.hospital,
        keywords: command.keywords.clone(),
        from: command.from,
        until: command.until,
        count_max: command.limit,
        after: command.after.clone(),
    };
    let page = connection.session.search(&search)?;
    output.done(page, describe_page);
    Ok(())
}

fn describe_page(page: &SearchPage) -> String {
    if page.abstracts.is_empty() {
        return "nothing matches".to_owned();
    }
    let next = page.next.as_ref().map_or_else(String::new, |next| format!("\nmore with --after {next}"));
    format!("{}{next}", joined(&page.abstracts, lines::describe_record))
}

/// Runs `records`.
pub(super) fn records(
    command: &RecordsCommand,
    global: &Global,
    output: &Output,
) -> Result<(), CommandError> {
    let connection = Connection::open_as_person(global)?;
    let session = &connection.session;
    let patient = match &command.patient {
        Some(name) => connection.resolve(name)?,
        None => session.person()?,
    };
    let whole = session.records(patient)?;
    // Words are a convenience: without an index the list is as whole.
    let hints =
        hints(session, SearchQuery { patient: Some(patient), ..SearchQuery::default() }).unwrap_or_default();
    let records =
        whole.items.iter().map(|view| lines::record(session, view, &hints)).collect::<Result<_, _>>()?;
    let list =
        RecordList { patient: patient.to_string(), complete_as_of: timestamp(whole.complete_as_of), records };
    output.done(list, |list| match list.records.len() {
        0 => format!("no records, as of {}", list.complete_as_of),
        count => {
            let lines = joined(&list.records, lines::describe_record);
            format!("{lines}\n{count} records, none is missing as of {}", list.complete_as_of)
        }
    });
    Ok(())
}

fn hints(session: &Session, mut search: SearchQuery) -> Result<Vec<AbstractLine>, OperationError> {
    let mut found = Vec::new();
    loop {
        let page = session.search(&search)?;
        found.extend(page.abstracts);
        match page.next {
            Some(next) => search.after = Some(next),
            None => return Ok(found),
        }
    }
}

/// Runs `requests`.
pub(super) fn requests(
    command: &RequestsCommand,
    global: &Global,
    output: &Output,
) -> Result<(), CommandError> {
    let connection = Connection::open_as_person(global)?;
    let session = &connection.session;
    let ids = if command.asked { asked::list(&connection.profile.state)? } else { command.requests.clone() };
    let (views, complete_as_of) = if ids.is_empty() && !command.asked {
        let whole = session.requests(session.person()?)?;
        (whole.items, Some(timestamp(whole.complete_as_of)))
    } else {
        (ids.iter().map(|id| session.request_view(*id)).collect::<Result<_, _>>()?, None)
    };
    let requests = views.iter().map(|view| lines::request(session, view)).collect::<Result<_, _>>()?;
    output.done(RequestList { complete_as_of, requests }, |list| match list.requests.len() {
        0 => "no requests".to_owned(),
        _ => joined(&list.requests, lines::describe_request),
    });
    Ok(())
}

/// Runs `grants`.
pub(super) fn grants(command: &GrantsCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    let connection = Connection::open_as_person(global)?;
    let session = &connection.session;
    let ids = if command.received { session.received_grants()? } else { command.grants.clone() };
    let (views, complete_as_of) = if ids.is_empty() && !command.received {
        let whole = session.grants(session.person()?)?;
        (whole.items, Some(timestamp(whole.complete_as_of)))
    } else {
        (ids.iter().map(|id| session.grant_view(*id)).collect::<Result<_, _>>()?, None)
    };
    let grants = views.iter().map(lines::grant).collect();
    output.done(GrantList { complete_as_of, grants }, |list| match list.grants.len() {
        0 => "no grants".to_owned(),
        _ => joined(&list.grants, lines::describe_grant),
    });
    Ok(())
}

fn joined<T>(items: &[T], describe: fn(&T) -> String) -> String {
    items.iter().map(describe).collect::<Vec<_>>().join("\n")
}
