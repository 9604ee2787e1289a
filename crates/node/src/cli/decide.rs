//! `approve`, `deny`, `grant`, `revoke`: the patient decides.

use carechain_client::{Committed, GrantTerms, now};
use carechain_crypto::{AccessRequestId, EhrId, GrantId};
use carechain_schema::ConsentDecision;
use carechain_types::{AccessKind, AccessPurpose, Party, ReasonCode, RevokeEffect, Span, Time, decode};
use clap::Args;

use super::connection::Connection;
use super::words::{access, party, purpose, reason_code, time};
use super::{CommandError, Global, Output, lines};

/// A hundred years: longer grants are mistakes of typing.
const HOURS_MAX: u64 = 100 * 366 * 24;

/// For how long, and what for.
#[derive(Args, Debug)]
pub(super) struct Terms {
    /// For so many hours from now; the consortium's default is 24.
    #[arg(long, value_name = "HOURS", conflicts_with = "until", value_parser = clap::value_parser!(u64).range(1..=HOURS_MAX))]
    hours: Option<u64>,
    /// From this time on; from now if left out.
    #[arg(long, value_parser = time, value_name = "TIME")]
    from: Option<Time>,
    /// Until this time.
    #[arg(long, value_parser = time, value_name = "TIME")]
    until: Option<Time>,
    /// Permit: read, read+amend
    #[arg(long, value_parser = access)]
    access: Option<AccessKind>,
}

/// Which request to approve.
#[derive(Args, Debug)]
pub(super) struct ApproveCommand {
    /// The request.
    #[arg(value_name = "REQ")]
    request: AccessRequestId,
    /// Only this one of the records asked for; may be given again. Needed when keywords were asked for.
    #[arg(long = "ehr", value_name = "EHR")]
    ehr_ids: Vec<EhrId>,
    #[command(flatten)]
    terms: Terms,
}

/// Examples of `approve`.
pub(super) const APPROVE_EXAMPLES: &str = "Examples:
  carechain approve req_… --profile alice            what was asked for, for 24 hours
  carechain approve req_… --hours 2
  carechain approve req_… --ehr ehr_…                one of the records asked for, and no other
  carechain approve req_… --from 2026-12-01T08:00:00Z --until 2026-12-02T08:00:00Z --access read";

/// Which request to deny.
#[derive(Args, Debug)]
pub(super) struct DenyCommand {
    /// The request.
    #[arg(value_name = "REQ")]
    request: AccessRequestId,
    /// Why: unspecified, unknown-asker, not-needed, withdrawn
    #[arg(long, value_parser = reason_code, default_value = "unspecified")]
    reason: ReasonCode,
}

/// Examples of `deny`.
pub(super) const DENY_EXAMPLES: &str =
    "Example:\n  carechain deny req_… --reason unknown-asker --profile alice";

/// What to grant unasked.
#[derive(Args, Debug)]
pub(super) struct GrantCommand {
    /// The records.
    #[arg(value_name = "EHR", required = true)]
    ehr_ids: Vec<EhrId>,
    /// To whom: per_… or dep_…
    #[arg(long, value_parser = party, value_name = "ID")]
    to: Party,
    /// What for: TREAT, ETREAT, HPAYMT, HOPERAT, HRESCH, PUBHLTH, PATRQT, HLEGAL
    #[arg(long, value_parser = purpose, default_value = "TREAT")]
    purpose: AccessPurpose,
    #[command(flatten)]
    terms: Terms,
}

/// Examples of `grant`.
pub(super) const GRANT_EXAMPLES: &str =
    "Example:\n  carechain grant ehr_… --to per_… --hours 48 --profile alice";

/// What to revoke.
#[derive(Args, Debug)]
pub(super) struct RevokeCommand {
    /// The grant.
    #[arg(value_name = "GRT")]
    grant: GrantId,
    /// One record of it; all if left out.
    #[arg(long, value_name = "EHR")]
    ehr: Option<EhrId>,
}

/// Examples of `revoke`.
pub(super) const REVOKE_EXAMPLES: &str = "Examples:
  carechain revoke grt_… --profile alice             the whole grant, at once
  carechain revoke grt_… --ehr ehr_…                 one record of it";

/// Runs `approve`.
pub(super) fn approve(
    command: &ApproveCommand,
    global: &Global,
    output: &Output,
) -> Result<(), CommandError> {
    let connection = Connection::open_as_person(global)?;
    let session = &connection.session;
    let asked = session.request_view(command.request)?.value.access;
    let terms = terms(&command.terms, &connection, asked)?;
    let (grant, committed) = session.approve(command.request, Some(terms), &command.ehr_ids)?;
    granted(&connection, Some(command.request), grant, &committed, output)
}

/// Runs `grant`.
pub(super) fn grant(command: &GrantCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    let connection = Connection::open_as_person(global)?;
    let terms = terms(&command.terms, &connection, AccessKind::Read)?;
    let (grant, committed) =
        connection.session.grant(&command.ehr_ids, command.to, command.purpose, Some(terms))?;
    granted(&connection, None, grant, &committed, output)
}

/// Runs `deny`.
pub(super) fn deny(command: &DenyCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    let connection = Connection::open_as_person(global)?;
    let committed = connection.session.deny(command.request, command.reason)?;
    let request_id = Some(command.request.to_string());
    let decision = ConsentDecision { decision: "denied".to_owned(), request_id, grant: None };
    output.done_with(decision, connection.origin(&committed), |_| format!("{} is denied", command.request));
    Ok(())
}

/// Runs `revoke`.
pub(super) fn revoke(command: &RevokeCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    let connection = Connection::open_as_person(global)?;
    let session = &connection.session;
    let committed = session.revoke(command.grant, command.ehr)?;
    let origin = connection.origin(&committed);
    let effect: Option<RevokeEffect> = decode(&committed.outcome.result, committed.outcome.result.len()).ok();
    if effect == Some(RevokeEffect::Remembered) {
        let decision = ConsentDecision { decision: "remembered".to_owned(), request_id: None, grant: None };
        output.done_with(decision, origin, |_| {
            format!(
                "you gave no grant {}; one that arrives within ten minutes will be refused",
                command.grant
            )
        });
        return Ok(());
    }
    let grant = Some(lines::grant(&session.grant_view(command.grant)?));
    let decision = ConsentDecision { decision: "revoked".to_owned(), request_id: None, grant };
    output.done_with(decision, origin, |_| match command.ehr {
        Some(ehr_id) => format!("{ehr_id} can no longer be read under {}", command.grant),
        None => format!("{} is revoked: nobody reads under it from now on", command.grant),
    });
    Ok(())
}

fn granted(
    connection: &Connection,
    request: Option<AccessRequestId>,
    grant: GrantId,
    committed: &Committed,
    output: &Output,
) -> Result<(), CommandError> {
    let line = lines::grant(&connection.session.grant_view(grant)?);
    let request_id = request.map(|request| request.to_string());
    let decision = ConsentDecision { decision: "granted".to_owned(), request_id, grant: Some(line) };
    output.done_with(decision, connection.origin(committed), |decision| {
        decision.grant.as_ref().map_or_else(String::new, lines::describe_grant)
    });
    Ok(())
}

fn terms(typed: &Terms, connection: &Connection, asked: AccessKind) -> Result<GrantTerms, CommandError> {
    let default = connection.session.default_terms(typed.access.unwrap_or(asked));
    // A start in the past is now: a grant never reaches back.
    let from = typed.from.filter(|from| *from > now()).unwrap_or(Time::ZERO);
    let start = if from == Time::ZERO { now() } else { from };
    let duration = match (typed.hours, typed.until) {
        (Some(hours), _) => Span::HOUR.times(hours),
        (None, Some(until)) if until <= start => {
            let message = "--until is not after the start of the window";
            return Err(CommandError::usage(message, "name a later end, in UTC"));
        }
        (None, Some(until)) => until.since(start),
        (None, None) => default.duration,
    };
    Ok(GrantTerms { from, duration, ..default })
}
