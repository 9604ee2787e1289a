//! `proof`: evidence that verifies offline.

mod check;
mod claim;

use std::path::{Path, PathBuf};

use carechain_disk::private_file;
use carechain_schema::{AccessLine, ProofCheck, ProofFileCheck, WholeListLine};
use carechain_types::limits::PROOF_BYTES_MAX;
use carechain_types::{Genesis, StateTag};
use check::NamedFile;
use clap::Subcommand;

use super::{CommandError, Global, Output, genesis};

/// Evidence that verifies offline.
#[derive(Debug, Subcommand)]
pub(super) enum ProofCommand {
    /// Check proofs with the genesis file alone, and say what they show.
    #[command(after_help = "Examples:
  carechain proof verify audit.proof --genesis genesis.json
  carechain proof verify audit.proof audit.proof.2 --genesis genesis.json    a long list, all its files together

A list with an entry or a counter missing is refused, although each claim in the file holds.")]
    Verify {
        /// The proof files; of a list in several files all of them.
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
}

/// Runs it.
pub(super) fn run(command: &ProofCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    let ProofCommand::Verify { files } = command;
    let genesis = global.genesis.as_ref().ok_or_else(|| {
        CommandError::usage("no genesis file is named", "--genesis FILE names the one that pins the ledger")
    })?;
    let genesis = genesis::read(genesis)?;
    let files = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    let report = check::check(&files, &genesis)?;
    output.done(report, |report| describe(report, &genesis));
    Ok(())
}

fn read(file: &Path) -> Result<NamedFile, CommandError> {
    let bytes = private_file::read(file, 2 * PROOF_BYTES_MAX as u64)
        .map_err(|error| CommandError::usage(error, "name the proof file"))?;
    Ok(NamedFile { name: file.display().to_string(), bytes })
}

fn describe(report: &ProofCheck, genesis: &Genesis) -> String {
    let mut lines: Vec<_> =
        report.files.iter().flat_map(|file| describe_file(file, genesis.name.as_str())).collect();
    lines.extend(report.lists.iter().map(|list| describe_list(list, report)));
    lines.join("\n")
}

fn describe_file(file: &ProofFileCheck, consortium: &str) -> Vec<String> {
    let ProofFileCheck { file: name, kind, height, block_time, votes, .. } = file;
    let mut lines = vec![format!(
        "{name}: the proof holds, of the {kind} at height {height}, {block_time}, by {votes} votes of \"{consortium}\""
    )];
    if let Some(time) = file.current_as_of {
        lines.push(format!("  current as of {time}"));
    }
    // Oldest first, as `audit` prints them; a proof lists the newest first.
    let mut accesses: Vec<_> = file.accesses.iter().collect();
    accesses.sort_by_key(|line| line.last);
    lines.extend(accesses.iter().map(|line| format!("  {}", super::lines::describe_access(line))));
    let told = [StateTag::Access, StateTag::Attempt].map(StateTag::as_str);
    let others = file.claims.iter().filter(|claim| !told.contains(&claim.subject.as_str()));
    lines.extend(others.map(|claim| format!("  {} {}: {}", claim.subject, claim.id, claim.shows)));
    lines
}

fn describe_list(list: &WholeListLine, report: &ProofCheck) -> String {
    let WholeListLine { id, count, complete_as_of, .. } = list;
    let accesses = report.files.iter().flat_map(|file| &file.accesses);
    let attempts = |of: fn(&AccessLine) -> Option<&String>| -> u64 {
        accesses.clone().filter(|line| of(line) == Some(id)).map(|line| u64::from(line.count)).sum()
    };
    let what = match list.list.as_str() {
        "audit" => {
            format!("{count} access entries ({} attempts) on {id}", attempts(|line| line.ehr_id.as_ref()))
        }
        "attempts" => format!("{count} entries of attempts of {id} on unknown records"),
        "records" => format!("{count} records of {id}"),
        "requests" => format!("{count} requests to {id}"),
        _ => format!("{count} grants of {id}"),
    };
    format!("complete: {what}, none is missing as of {complete_as_of}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
