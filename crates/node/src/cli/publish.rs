//! `publish`: a record, sealed on this machine, kept by several hospitals.

use std::path::{Path, PathBuf};
use std::slice;
use std::time::Instant;

use carechain_client::{Keys, PersonName, PublishPlan, Published};
use carechain_crypto::{EhrId, GrantId, UploadId};
use carechain_disk::private_file::{FileError, check_free, write_new};
use carechain_schema::{CopyHolder, PublishReport};
use carechain_types::{EhrKind, Visibility};
use clap::Args;

use super::connection::Connection;
use super::progress::Watch;
use super::words::{keyword, kind, title};
use super::{CommandError, Global, Output};

/// What to publish.
#[derive(Args, Debug)]
pub(super) struct PublishCommand {
    /// Files and folders of the record.
    #[arg(value_name = "FILE|DIR", required_unless_present = "resume")]
    inputs: Vec<PathBuf>,
    /// Whose record it is: per_… or mrn:NUMBER
    #[arg(long, value_name = "ID|mrn:N", required_unless_present = "resume")]
    patient: Option<PersonName>,
    /// Words to be found by; may be given again.
    #[arg(long = "keyword", value_name = "WORD", value_parser = keyword)]
    keywords: Vec<String>,
    /// Class: unspecified, study, report, laboratory, summary, medication
    #[arg(long, value_parser = kind, default_value = "unspecified")]
    kind: EhrKind,
    /// Title in the search index.
    #[arg(long, default_value = "", value_parser = title)]
    title: String,
    /// The version that this one replaces.
    #[arg(long, value_name = "EHR")]
    amends: Option<EhrId>,
    /// The grant (read+amend) that permits it, if you are neither the patient nor the author of that version.
    #[arg(long, value_name = "GRT", requires = "amends")]
    grant: Option<GrantId>,
    /// Keystores, passphrase files and registries among the files are meant.
    #[arg(long)]
    include_keys: bool,
    /// Keep it out of every search index: it is found only through the patient.
    #[arg(long)]
    patient_only: bool,
    /// Where to write the proof, a file that is not there yet; beside the client's state if left out.
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// Go on with an interrupted upload; without an id, with the only one.
    #[arg(long, value_name = "UPLOAD", num_args = 0..=1, default_missing_value = "", conflicts_with = "inputs")]
    resume: Option<String>,
}

/// Examples of it.
pub(super) const EXAMPLES: &str = "Examples:
  carechain publish --patient mrn:4711 --keyword ct --kind study ./study --profile doctor
  carechain publish --patient per_… --keyword blood --amends ehr_… report.pdf
  carechain publish --patient per_… --amends ehr_… --grant grt_… report.pdf
  carechain publish --resume                         go on with the upload that was interrupted";

/// Runs it.
pub(super) fn run(command: &PublishCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    command.proof.as_ref().map_or(Ok(()), |file| check_free(slice::from_ref(file))).map_err(|error| {
        CommandError::usage(error, "nothing was published; --proof names a file that is not there yet")
    })?;
    let connection = Connection::open_as_person(global)?;
    let started = Instant::now();
    let watch = Watch::new(output);
    let published = match &command.resume {
        Some(text) => connection.session.resume(upload(&connection, text)?, &watch),
        None => connection.session.publish(&plan(command, global, &connection)?, &watch),
    };
    drop(watch);
    let published = published.map_err(|error| with_resume(error.into(), &connection))?;
    let path = proof_path(command, &connection, &published);
    write_proof(&path, &connection, &published)?;
    let mut origin = connection.origin(&published.committed);
    origin.timings_ms.insert("total".to_owned(), started.elapsed().as_secs_f64() * 1_000.0);
    output.done_with(report(&connection, &published, &path), origin, describe);
    Ok(())
}

fn plan(
    command: &PublishCommand,
    global: &Global,
    connection: &Connection,
) -> Result<PublishPlan, CommandError> {
    let missing = || CommandError::usage("no patient is named", "--patient names whose record it is");
    let visibility = if command.patient_only { Visibility::PatientOnly } else { Visibility::Searchable };
    let known = std::iter::once(connection.profile.key.clone()).chain(global.passphrase_file.clone());
    let keys = if command.include_keys { Keys::Included } else { Keys::Refused { known: known.collect() } };
    Ok(PublishPlan {
        patient: connection.resolve(command.patient.as_ref().ok_or_else(missing)?)?,
        inputs: command.inputs.clone(),
        keys,
        kind: command.kind,
        keywords: command.keywords.clone(),
        title: command.title.clone(),
        staff: Vec::new(),
        visibility,
        amends: command.amends,
        grant: command.grant,
        recipients: Vec::new(),
    })
}

fn upload(connection: &Connection, text: &str) -> Result<UploadId, CommandError> {
    let uploads = connection.session.interrupted_uploads()?;
    let known: Vec<_> = uploads.iter().map(UploadId::to_hex).collect();
    let hint = format!("interrupted uploads of this profile: {}", known.join(", "));
    match (text, uploads.as_slice()) {
        (_, []) => Err(CommandError::usage("no upload of this profile was interrupted", "publish it anew")),
        ("", [only]) => Ok(*only),
        ("", _) => Err(CommandError::usage("several uploads were interrupted: name one", hint)),
        (text, uploads) => UploadId::from_hex(text)
            .filter(|upload| uploads.contains(upload))
            .ok_or_else(|| CommandError::usage(format!("no upload {text} was interrupted"), hint)),
    }
}

/// What was sealed before it failed can go on.
fn with_resume(error: CommandError, connection: &Connection) -> CommandError {
    let uploads = connection.session.interrupted_uploads().unwrap_or_default();
    let Some(newest) = uploads.last() else { return error };
    let mut failure = error.failure;
    failure.hint =
        format!("{}; then `publish --resume {}` goes on with this upload", failure.hint, newest.to_hex());
    failure.into()
}

fn proof_path(command: &PublishCommand, connection: &Connection, published: &Published) -> PathBuf {
    command.proof.clone().unwrap_or_else(|| default_proof_path(connection, published))
}

fn default_proof_path(connection: &Connection, published: &Published) -> PathBuf {
    connection.profile.state.join("proofs").join(format!("{}.proof", published.ehr_id))
}

fn write_proof(path: &Path, connection: &Connection, published: &Published) -> Result<(), CommandError> {
    let bytes = published.committed.proof_file()?;
    let hint =
        format!("the record {} is published all the same; only its proof is not kept", published.ehr_id);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| CommandError::local(error, &*hint))?;
    }
    match write_new(path, &bytes, 0o644) {
        // Kept beside the client's state by the run that this one goes on from.
        Err(FileError::Exists { .. }) if path == default_proof_path(connection, published) => Ok(()),
        written => written.map_err(|error| CommandError::local(error, hint)),
    }
}

fn report(connection: &Connection, published: &Published, proof: &Path) -> PublishReport {
    let hospitals = &connection.session.trust().genesis().hospitals;
    let copies = published.holders.iter().map(|holder| {
        let name = hospitals.iter().find(|hospital| hospital.id == *holder);
        let name = name.map_or_else(String::new, |hospital| hospital.name.as_str().to_owned());
        CopyHolder { hospital: holder.to_string(), name }
    });
    PublishReport {
        ehr_id: published.ehr_id.to_string(),
        patient: published.patient.to_string(),
        bytes: published.length,
        entry_count: published.entry_count,
        copies: copies.collect(),
        proof_path: Some(proof.display().to_string()),
    }
}

fn describe(report: &PublishReport) -> String {
    let holders: Vec<_> = report.copies.iter().map(|copy| copy.name.as_str()).collect();
    format!(
        "published {}\n{} files, {} bytes sealed, kept by {}\nproof {}",
        report.ehr_id,
        report.entry_count,
        report.bytes,
        holders.join(", "),
        report.proof_path.as_deref().unwrap_or("-"),
    )
}
