//! `person`: enrolment of people, and what the ledger says of them.

use std::path::{Path, PathBuf};

use carechain_client::{
    Enrolment, EnrolmentPlan, InTheClear, NodeUrl, PatientNumber, Profile, RenewalPlan, now,
};
use carechain_crypto::{DepartmentId, Digest, PersonId};
use carechain_disk::private_file::with_suffix;
use carechain_schema::{KeyLine, PersonLine, PersonList, RoleLine};
use carechain_types::{PersonValue, ReasonCode, Role, Span, Time};
use clap::{Args, Subcommand};

use super::connection::Connection;
use super::register::enrolment_error;
use super::words::{reason_code, role, time, timestamp};
use super::{CommandError, Global, Output};

/// People of a hospital.
#[derive(Debug, Subcommand)]
pub(super) enum PersonCommand {
    /// Enrol a person: a registrar attests roles and keys.
    #[command(after_help = "Examples:
  carechain person register alice.enrol --role patient --mrn 4711 --profile registrar-1
  carechain person register bob.enrol --role doctor --until 2027-06-30T00:00:00Z --profile registrar-2")]
    Register(Registration),
    /// Renew the roles of a person of this hospital; their keys stay.
    #[command(after_help = "Examples:
  carechain person renew per_… --profile registrar-1           the same roles, for another year
  carechain person renew per_… --role nurse --department dep_… --profile registrar-1")]
    Renew(Renewal),
    /// Show what the ledger says of a person.
    #[command(after_help = "Example:\n  carechain person show per_… --profile registrar-1")]
    Show {
        /// The person; yourself if left out.
        person: Option<PersonId>,
    },
    /// List the persons in the hospital's private registry.
    #[command(after_help = "Example:\n  carechain person list --profile registrar-1")]
    List,
    /// End a person's standing, and every grant to them, at once.
    #[command(after_help = "Example:\n  carechain person suspend per_… --reason left --profile registrar-1")]
    Suspend {
        /// The person.
        person: PersonId,
        /// Why: unspecified, left, key-compromised, misconduct
        #[arg(long, value_parser = reason_code, default_value = "unspecified")]
        reason: ReasonCode,
    },
}

/// Whom to enrol.
#[derive(Args, Debug)]
pub(super) struct Registration {
    /// The .enrol file the person brought.
    #[arg(value_name = "FILE.enrol")]
    enrolment: PathBuf,
    /// Role, for example patient or doctor; may be given again.
    #[arg(long = "role", value_parser = role, required = true)]
    roles: Vec<Role>,
    /// The hospital's own number of a patient; it stays in the private registry.
    #[arg(long, value_name = "NUMBER")]
    mrn: Option<PatientNumber>,
    /// Department the person belongs to.
    #[arg(long)]
    department: Option<DepartmentId>,
    /// When the roles end, at most a year ahead; a year ahead if left out.
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<Time>,
}

/// Whose roles to renew.
#[derive(Args, Debug)]
pub(super) struct Renewal {
    /// The person.
    person: PersonId,
    /// Role, for example patient or doctor; may be given again; those the person has if left out.
    #[arg(long = "role", value_parser = role)]
    roles: Vec<Role>,
    /// Department the person belongs to from now on; the present one if left out.
    #[arg(long)]
    department: Option<DepartmentId>,
    /// When the roles end, at most a year ahead; a year ahead if left out.
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<Time>,
}

/// Length of a role if nothing is said.
const ROLE_DAYS: u64 = 365;

/// Runs one of them.
pub(super) fn run(command: &PersonCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    match command {
        PersonCommand::Register(registration) => register(registration, global, output),
        PersonCommand::Renew(renewal) => renew(renewal, global, output),
        PersonCommand::Show { person } => {
            let connection = Connection::open(global)?;
            let person = person.map_or_else(|| connection.session.person(), Ok)?;
            let line = line(person, &connection.session.show_person(person)?);
            output.done(line, describe);
            Ok(())
        }
        PersonCommand::List => list(global, output),
        PersonCommand::Suspend { person, reason } => {
            let connection = Connection::open(global)?;
            let committed = connection.session.suspend(*person, *reason)?;
            let line = line(*person, &connection.session.show_person(*person)?);
            output.done_with(line, connection.origin(&committed), |line| {
                format!("{} is suspended, and with them every grant to them", line.person_id)
            });
            Ok(())
        }
    }
}

fn register(registration: &Registration, global: &Global, output: &Output) -> Result<(), CommandError> {
    let enrolment = Enrolment::load(&registration.enrolment).map_err(|error| enrolment_error(&error))?;
    let connection = Connection::open(global)?;
    // Before anybody is enrolled, and until the person is noted: who stands on the ledger must be in the registry.
    let mut registry = connection.lock_registry()?;
    if let Some(number) = &registration.mrn {
        registry.registry().check_free(number).map_err(carechain_client::OperationError::from)?;
    }
    let plan = EnrolmentPlan {
        enrolment,
        roles: registration.roles.clone(),
        until: registration.until.unwrap_or_else(in_a_year),
        department: registration.department,
    };
    let (person, committed) = connection.session.register_person(plan)?;
    registry.remember(person, registration.mrn.as_ref()).map_err(|error| {
        let hint = format!(
            "{person} is enrolled all the same; mend the registry's folder and note the number there"
        );
        CommandError::local(error, hint)
    })?;
    drop(registry);
    let line = line(person, &connection.session.show_person(person)?);
    let snippet = snippet(registration, &connection, person);
    output.done_with(line, connection.origin(&committed), |line| {
        format!("{}\n\na profile for their client.toml:\n\n{snippet}", describe(line))
    });
    Ok(())
}

fn renew(renewal: &Renewal, global: &Global, output: &Output) -> Result<(), CommandError> {
    let connection = Connection::open(global)?;
    let plan = RenewalPlan {
        person: renewal.person,
        roles: renewal.roles.clone(),
        until: renewal.until.unwrap_or_else(in_a_year),
        department: renewal.department,
    };
    let committed = connection.session.renew_person(plan)?;
    let line = line(renewal.person, &connection.session.show_person(renewal.person)?);
    output.done_with(line, connection.origin(&committed), describe);
    Ok(())
}

fn in_a_year() -> Time {
    now().after(Span::DAY.times(ROLE_DAYS))
}

/// What the person puts into client.toml.
fn snippet(registration: &Registration, connection: &Connection, person: PersonId) -> String {
    let stem = registration.enrolment.file_stem().and_then(|stem| stem.to_str()).unwrap_or("me");
    let profile = &connection.profile;
    let genesis = absolute(&profile.genesis);
    let key = absolute(&keystore_beside(&registration.enrolment));
    let role = registration.roles.first().map_or("patient", |role| role.as_str());
    format!(
        "[profile.{stem:?}]\nnode = {:?}\n{}genesis = {:?}\nkey = {:?}\nrole = \"{role}\"\nperson = \"{person}\"\n\
         hospital = \"{}\"",
        profile.node.as_str(),
        trust(profile),
        genesis.display().to_string(),
        key.display().to_string(),
        connection.session.gateway(),
    )
}

/// What the registrar's own profile trusts at this node, the person's does too.
fn trust(profile: &Profile) -> String {
    match &profile.ca {
        Some(ca) => format!("ca = {:?}\n", absolute(ca).display().to_string()),
        None if NodeUrl::parse(profile.node.as_str(), InTheClear::ThisMachine).is_err() => {
            "insecure = true\n".to_owned()
        }
        None => String::new(),
    }
}

/// The keystore that `key new` wrote with an .enrol file: `alice.key`, or `dr.alice` where that is there.
fn keystore_beside(enrolment: &Path) -> PathBuf {
    let stem = enrolment.with_extension("");
    if stem.is_file() { stem } else { with_suffix(&stem, ".key") }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn list(global: &Global, output: &Output) -> Result<(), CommandError> {
    let connection = Connection::open(global)?;
    let registry = connection.registry()?;
    let persons = registry
        .persons()
        .iter()
        .map(|person| Ok(line(*person, &connection.session.show_person(*person)?)))
        .collect::<Result<_, CommandError>>()?;
    output.done(PersonList { persons }, |list| match list.persons.len() {
        0 => "the registry is empty".to_owned(),
        _ => list.persons.iter().map(describe).collect::<Vec<_>>().join("\n"),
    });
    Ok(())
}

fn line(person: PersonId, value: &PersonValue) -> PersonLine {
    let roles = value
        .roles
        .iter()
        .map(|term| RoleLine { role: term.role.as_str().to_owned(), until: timestamp(term.until) });
    let signing = value.signing_keys.iter().filter(|period| period.in_force(now())).map(|period| KeyLine {
        key_id: period.key.key_id().to_hex(),
        kind: "signing".to_owned(),
        public: period.key.to_hex(),
    });
    let sealing = value.sealing_keys.iter().filter(|period| period.in_force(now())).map(|period| KeyLine {
        key_id: period.key.id().to_hex(),
        kind: "sealing".to_owned(),
        public: period.key.as_x25519().map_or_else(String::new, |key| Digest::new(*key.get()).to_hex()),
    });
    PersonLine {
        person_id: person.to_string(),
        enroller: value.enroller.to_string(),
        department: value.department.map(|department| department.to_string()),
        roles: roles.collect(),
        keys: signing.chain(sealing).collect(),
        suspended: value.suspended != 0,
    }
}

fn describe(line: &PersonLine) -> String {
    let roles: Vec<_> = line.roles.iter().map(|role| format!("{} until {}", role.role, role.until)).collect();
    let department = line.department.as_ref().map_or_else(String::new, |id| format!(", department {id}"));
    let suspended = if line.suspended { ", suspended" } else { "" };
    format!("{}  {}{department}{suspended}", line.person_id, roles.join(", "))
}
