//! `audit`: every attempt to read, with proof that none is missing.

use std::path::{Path, PathBuf};
use std::{iter, slice};

use carechain_client::{AuditTrail, PersonName, proof_file};
use carechain_crypto::{EhrId, PersonId};
use carechain_disk::private_file::{FileError, check_free, with_suffix, write_new};
use carechain_schema::{AuditReport, Base64};
use clap::Args;

use super::connection::Connection;
use super::words::timestamp;
use super::{CommandError, Global, Output, lines};

/// Whose entries.
#[derive(Args, Debug)]
pub(super) struct AuditCommand {
    /// Attempts on every record of this patient; yourself if nothing is named.
    #[arg(long, value_name = "ID|mrn:N", conflicts_with_all = ["ehr", "person"])]
    patient: Option<PersonName>,
    /// Attempts on this record.
    #[arg(long, value_name = "EHR", conflicts_with = "person")]
    ehr: Option<EhrId>,
    /// Attempts of this person on records that do not exist.
    #[arg(long, value_name = "PER")]
    person: Option<PersonId>,
    /// Write the proof that the list is whole; several proofs get .2, .3, ... behind the name.
    #[arg(long, value_name = "FILE")]
    prove: Option<PathBuf>,
}

/// Examples of it.
pub(super) const EXAMPLES: &str = "Examples:
  carechain audit --profile alice                    who read or tried to read alice's records
  carechain audit --ehr ehr_… --prove audit.proof    one record, with a proof for anybody
  carechain proof verify audit.proof --genesis genesis.json";

/// Runs it.
pub(super) fn run(command: &AuditCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    command.prove.as_ref().map_or(Ok(()), |file| check_free(slice::from_ref(file))).map_err(not_written)?;
    let connection = Connection::open_as_person(global)?;
    let session = &connection.session;
    let (subject, trail) = match (&command.patient, command.ehr, command.person) {
        (_, Some(ehr_id), _) => (ehr_id.to_string(), session.audit_record(ehr_id)?),
        (_, _, Some(person)) => (person.to_string(), session.audit_attempts(person)?),
        (Some(name), ..) => {
            let patient = connection.resolve(name)?;
            (patient.to_string(), session.audit_patient(patient)?)
        }
        (None, None, None) => {
            let patient = session.person()?;
            (patient.to_string(), session.audit_patient(patient)?)
        }
    };
    let files = command.prove.as_deref().map(|file| write_proofs(file, &trail)).transpose()?;
    let proofs =
        if files.is_some() { trail.proofs.iter().cloned().map(Base64).collect() } else { Vec::new() };
    let genesis = session.trust().genesis();
    let report = AuditReport {
        subject,
        complete_as_of: timestamp(trail.complete_as_of),
        entries: trail.entries.iter().rev().map(|entry| lines::access(entry, genesis)).collect(),
        proofs,
    };
    output.done(report, |report| describe(report, &files.unwrap_or_default()));
    Ok(())
}

fn write_proofs(file: &Path, trail: &AuditTrail) -> Result<Vec<PathBuf>, CommandError> {
    let numbered = (2..).map(|number| with_suffix(file, &format!(".{number}")));
    let files: Vec<_> = iter::once(file.to_owned()).chain(numbered).take(trail.proofs.len()).collect();
    check_free(&files).map_err(not_written)?;
    for (path, proof) in files.iter().zip(&trail.proofs) {
        write_new(path, &proof_file(proof)?, 0o644).map_err(not_written)?;
    }
    Ok(files)
}

fn not_written(error: FileError) -> CommandError {
    CommandError::usage(error, "--prove names files that are not there yet, in a folder that may be written")
}

fn describe(report: &AuditReport, files: &[PathBuf]) -> String {
    let mut text: String = report.entries.iter().map(|entry| lines::describe_access(entry) + "\n").collect();
    let attempts: u64 = report.entries.iter().map(|entry| u64::from(entry.count)).sum();
    let word = if attempts == 1 { "attempt" } else { "attempts" };
    text.push_str(&format!("{attempts} {word}, none is missing as of {}", report.complete_as_of));
    for file in files {
        text.push_str(&format!("\nproof {}", file.display()));
    }
    text
}
