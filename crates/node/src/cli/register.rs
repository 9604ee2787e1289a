//! `register`: what a registrar enrols beside persons.

use std::path::PathBuf;

use carechain_client::{EnrolError, Enrolment};
use carechain_schema::DepartmentRegistered;
use clap::Subcommand;

use super::connection::Connection;
use super::{CommandError, Global, Output};

/// What a registrar enrols beside persons.
#[derive(Debug, Subcommand)]
pub(super) enum RegisterCommand {
    /// Enrol a department of the hospital.
    #[command(after_help = "Example:
  carechain key new --out radiology.key
  carechain register department radiology.enrol --profile registrar-1")]
    Department {
        /// The .enrol file of the department's keystore: things for the department are sealed to its key.
        #[arg(value_name = "FILE.enrol")]
        enrolment: PathBuf,
    },
}

/// Runs it.
pub(super) fn run(command: &RegisterCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    let RegisterCommand::Department { enrolment } = command;
    let enrolment = Enrolment::load(enrolment).map_err(|error| enrolment_error(&error))?;
    let connection = Connection::open(global)?;
    let keys = enrolment.possession.sealing_keys.into_inner();
    let (department, committed) = connection.session.register_department(keys)?;
    let report = DepartmentRegistered {
        department_id: department.to_string(),
        hospital: connection.session.gateway().to_string(),
    };
    output.done_with(report, connection.origin(&committed), |report| {
        format!("department {} of {} is enrolled", report.department_id, report.hospital)
    });
    Ok(())
}

/// What is wrong with an .enrol file.
pub(super) fn enrolment_error(error: &EnrolError) -> CommandError {
    CommandError::usage(error, "ask for the file again: `key export --out FILE.enrol` writes it")
}
