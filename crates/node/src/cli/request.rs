//! `request`: ask a patient for access.

use std::time::Duration;

use carechain_client::{OperationError, PersonName, RequestPlan};
use carechain_crypto::{EhrId, HospitalId};
use carechain_schema::RequestLine;
use carechain_types::{
    AccessKind, AccessPurpose, BoundedString, BoundedVec, Party, PersonValue, Reason, RequestSelection, Time,
};
use clap::Args;

use super::connection::Connection;
use super::words::{access, party, purpose, time};
use super::{CommandError, Global, Output, asked, lines};

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
    #[arg(long = "keyword", value_name = "WORD")]
    keywords: Vec<String>,
    /// Why: TREAT, ETREAT, HPAYMT, HOPERAT, HRESCH, PUBHLTH, PATRQT, HLEGAL
    #[arg(long, value_parser = purpose)]
    purpose: AccessPurpose,
    /// What for: read, read+amend
    #[arg(long, value_parser = access, default_value = "read")]
    access: AccessKind,
    /// For the patient to read; nobody else can.
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Ask in the name of your department.
    #[arg(long)]
    department: bool,
    /// Wait until the patient answers; with a number, at most so many seconds.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "86400")]
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
    let session = &connection.session;
    let (id, committed) = session.request(&plan(command, &connection)?)?;
    asked::remember(&connection.profile.state, id)?;
    if let Some(seconds) = command.wait {
        output.say(format_args!("{id} is on the ledger; waiting for the patient"));
        if let Err(error) = session.wait_for_answer(id, Duration::from_secs(seconds)) {
            return Err(unanswered(error, id));
        }
    }
    let line = lines::request(session, &session.request_view(id)?)?;
    output.done_with(line, connection.origin(&committed), describe);
    Ok(())
}

/// The request stands whatever became of the waiting: the failure names it.
fn unanswered(error: OperationError, id: carechain_crypto::AccessRequestId) -> CommandError {
    let mut failure = CommandError::from(error).failure;
    failure.message = format!("{id}: {}", failure.message);
    failure.into()
}

fn plan(command: &RequestCommand, connection: &Connection) -> Result<RequestPlan, CommandError> {
    let too_many =
        |what: &'static str| move |error| CommandError::usage(format!("{what}: {error}"), "ask for less");
    let words = command.keywords.iter().map(|word| BoundedString::new(word.trim().to_lowercase()));
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
