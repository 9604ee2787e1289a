//! `request`: ask a patient for access.

use std::time::Duration;

use carechain_client::{Committed, OperationError, PersonName, RequestPlan};
use carechain_crypto::{AccessRequestId, Digest, EhrId, HospitalId};
use carechain_schema::RequestLine;
use carechain_types::{
    AccessKind, AccessPurpose, BoundedString, BoundedVec, Party, PersonValue, Reason, RequestSelection,
    RequestStatus, Time, request_id,
};
use clap::Args;

use super::connection::Connection;
use super::words::{access, keyword, party, purpose, reason, time};
use super::{CommandError, Global, Output, asked, lines};

/// A year: whoever waits longer asks again.
const WAIT_SECONDS_MAX: u64 = 366 * 86_400;

/// What to ask for.
#[derive(Args, Debug)]
pub(super) struct RequestCommand {
    /// Whom to ask: per_… or mrn:NUMBER
    #[arg(long, value_name = "ID|mrn:N")]
    patient: PersonName,
    /// This record; may be given again. Without any, the filters choose among all the patient has.
    #[arg(long = "ehr", value_name = "EHR", conflicts_with_all = ["author", "hospital", "from", "until", "keywords"])]
    ehr_ids: Vec<EhrId>,
    /// Records by this author.
    #[arg(long, value_parser = party, value_name = "ID")]
    author: Option<Party>,
    /// Records from this hospital.
    #[arg(long, value_name = "HOS")]
    hospital: Option<HospitalId>,
    /// Records published at or after this time.
    #[arg(long, value_parser = time, value_name = "TIME")]
    from: Option<Time>,
    /// Records published before this time.
    #[arg(long, value_parser = time, value_name = "TIME")]
    until: Option<Time>,
    /// Records with this keyword; only the patient can read it.
    #[arg(long = "keyword", value_name = "WORD", value_parser = keyword)]
    keywords: Vec<String>,
    /// Why: TREAT, ETREAT, HPAYMT, HOPERAT, HRESCH, PUBHLTH, PATRQT, HLEGAL
    #[arg(long, value_parser = purpose)]
    purpose: AccessPurpose,
    /// What for: read, read+amend
    #[arg(long, value_parser = access, default_value = "read")]
    access: AccessKind,
    /// For the patient to read; nobody else can.
    #[arg(long, value_name = "TEXT", default_value = "", value_parser = reason)]
    reason: String,
    /// Ask in the name of your department.
    #[arg(long)]
    department: bool,
    /// Wait until the patient answers; with a number, at most so many seconds.
    #[arg(
        long,
        value_name = "SECONDS",
        num_args = 0..=1,
        default_missing_value = "86400",
        value_parser = clap::value_parser!(u64).range(..=WAIT_SECONDS_MAX)
    )]
    wait: Option<u64>,
}

/// Examples of it.
pub(super) const EXAMPLES: &str = "Examples:
  carechain request --patient per_… --purpose TREAT --wait --profile doctor
  carechain request --patient mrn:4711 --ehr ehr_… --purpose TREAT --reason \"second opinion\"
  carechain request --patient per_… --keyword ct --from 2026-01-01T00:00:00Z --purpose HRESCH";

/// Runs it.
pub(super) fn run(command: &RequestCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    let connection = Connection::open_as_person(global)?;
    let plan = plan(command, &connection)?;
    let digest = plan.digest(connection.session.person()?);
    let (id, committed) = match open_request(&connection, &digest)? {
        Some((id, committed)) => {
            output.say(format_args!("{id} asks for the same and is still open: no second request is made"));
            (id, committed)
        }
        None => ask(&connection, &plan, &digest)?,
    };
    show(command, &connection, (id, &committed), output).map_err(|error| naming(error, id))
}

/// The newest own request for the same, if the patient has not answered it yet.
fn open_request(
    connection: &Connection,
    digest: &Digest,
) -> Result<Option<(AccessRequestId, Committed)>, CommandError> {
    let session = &connection.session;
    let Some(id) = asked::newest(&connection.profile.state, digest)? else { return Ok(None) };
    let view = match session.request_view(id) {
        Ok(view) if view.value.status == RequestStatus::Open => view,
        // Answered, or sent once and never committed.
        Ok(_) | Err(OperationError::NotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let (committed, _) = session.transaction(&view.value.stamp.transaction_id)?;
    Ok(Some((id, committed)))
}

/// Sends the request and remembers it, also where its outcome was not seen: the same command finds it then.
fn ask(
    connection: &Connection,
    plan: &RequestPlan,
    digest: &Digest,
) -> Result<(AccessRequestId, Committed), CommandError> {
    let state = &connection.profile.state;
    match connection.session.request(plan) {
        Ok((id, committed)) => {
            asked::remember(state, id, digest).map_err(|error| naming(error, id))?;
            Ok((id, committed))
        }
        Err(OperationError::OutcomeUnknown { id: transaction }) => {
            let id = request_id(&transaction);
            asked::remember(state, id, digest).map_err(|error| naming(error, id))?;
            Err(naming(OperationError::OutcomeUnknown { id: transaction }.into(), id))
        }
        Err(error) => Err(error.into()),
    }
}

fn show(
    command: &RequestCommand,
    connection: &Connection,
    (id, committed): (AccessRequestId, &Committed),
    output: &Output,
) -> Result<(), CommandError> {
    let session = &connection.session;
    if let Some(seconds) = command.wait {
        output.say(format_args!("{id} is on the ledger; waiting for the patient"));
        session.wait_for_answer(id, Duration::from_secs(seconds))?;
    }
    let line = lines::request(session, &session.request_view(id)?)?;
    output.done_with(line, connection.origin(committed), describe);
    Ok(())
}

/// The request stands, or may stand, whatever failed after it was sent: the failure names it.
fn naming(error: CommandError, id: AccessRequestId) -> CommandError {
    let mut failure = error.failure;
    failure.message = format!("{id}: {}", failure.message);
    failure.into()
}

fn plan(command: &RequestCommand, connection: &Connection) -> Result<RequestPlan, CommandError> {
    let too_many =
        |what: &'static str| move |error| CommandError::usage(format!("{what}: {error}"), "ask for less");
    let words = command.keywords.iter().map(|word| BoundedString::new(word.as_str()));
    let keywords = words.collect::<Result<Vec<_>, _>>().map_err(too_many("--keyword"))?;
    let reason = (!command.reason.is_empty() || !keywords.is_empty())
        .then(|| {
            Ok::<_, CommandError>(Reason {
                text: BoundedString::new(command.reason.trim()).map_err(too_many("--reason"))?,
                keywords: BoundedVec::new(keywords).map_err(too_many("--keyword"))?,
            })
        })
        .transpose()?;
    Ok(RequestPlan {
        patient: connection.resolve(&command.patient)?,
        grantee: command.department.then(|| department(connection)).transpose()?,
        access: command.access,
        purpose: command.purpose,
        selection: RequestSelection {
            ehr_ids: BoundedVec::new(command.ehr_ids.clone()).map_err(too_many("--ehr"))?,
            author: command.author,
            hospital: command.hospital,
            from: command.from,
            until: command.until,
        },
        reason,
    })
}

fn department(connection: &Connection) -> Result<Party, CommandError> {
    let person: PersonValue = connection.session.show_person(connection.session.person()?)?;
    person.department.map(Party::Department).ok_or_else(|| {
        CommandError::usage(
            "you are of no department",
            "ask in your own name, or have a registrar enrol you in one",
        )
    })
}

fn describe(line: &RequestLine) -> String {
    let next = match &line.grant_id {
        Some(_) => format!("`retrieve {} --out DIR` fetches it", line.request_id),
        None => {
            format!("the patient answers with `approve {}` or `deny {}`", line.request_id, line.request_id)
        }
    };
    format!("{}\n{next}", lines::describe_request(line))
}
