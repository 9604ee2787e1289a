//! `retrieve`: fetch, decrypt, verify, unpack.

use std::path::PathBuf;
use std::time::Instant;

use carechain_client::{RetrieveTarget, Retrieved};
use carechain_crypto::{AccessRequestId, EhrId, GrantId};
use carechain_schema::{Origin, RetrieveReport, RetrievedLine};
use clap::Args;

use super::connection::Connection;
use super::progress::Watch;
use super::{CommandError, Global, Output};

/// What to retrieve.
#[derive(Args, Debug)]
pub(super) struct RetrieveCommand {
    /// An own request that was granted, a grant, or a record: req_…, grt_… or ehr_…
    #[arg(value_name = "REQ|GRT|EHR", value_parser = target)]
    target: RetrieveTarget,
    /// Folder to unpack into; absent or empty.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Examples of it.
pub(super) const EXAMPLES: &str = "Examples:
  carechain retrieve req_… --out study --profile doctor   what the patient granted on a request
  carechain retrieve ehr_… --out mine --profile alice     an own record";

fn target(text: &str) -> Result<RetrieveTarget, String> {
    let wrong = |error: carechain_crypto::IdTextError| error.to_string();
    match text.split_once('_').map(|(prefix, _)| prefix) {
        Some(AccessRequestId::PREFIX) => text.parse().map(RetrieveTarget::Request).map_err(wrong),
        Some(GrantId::PREFIX) => text.parse().map(RetrieveTarget::Grant).map_err(wrong),
        Some(EhrId::PREFIX) => text.parse().map(RetrieveTarget::Record).map_err(wrong),
        _ => Err("expected an id that starts with req_, grt_ or ehr_".to_owned()),
    }
}

/// Runs it.
pub(super) fn run(command: &RetrieveCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    let connection = Connection::open_as_person(global)?;
    let started = Instant::now();
    let watch = Watch::new(output);
    let retrieved = connection.session.retrieve(command.target, &command.out, &watch);
    drop(watch);
    let retrieved = retrieved?;
    let mut origin = Origin {
        chain_id: Some(connection.session.chain_id().to_hex()),
        height: retrieved.iter().filter_map(|record| record.height).max().map(carechain_types::Height::get),
        ..Origin::default()
    };
    origin.timings_ms.insert("total".to_owned(), started.elapsed().as_secs_f64() * 1_000.0);
    let records = retrieved.iter().map(line).collect();
    let report = RetrieveReport { out: command.out.display().to_string(), records };
    output.done_with(report, origin, describe);
    Ok(())
}

fn line(retrieved: &Retrieved) -> RetrievedLine {
    RetrievedLine {
        ehr_id: retrieved.ehr_id.to_string(),
        grant_id: retrieved.grant.map(|grant| grant.to_string()),
        bytes: retrieved.length,
        entry_count: retrieved.entry_count,
        out: retrieved.output.display().to_string(),
    }
}

fn describe(report: &RetrieveReport) -> String {
    let lines = report
        .records
        .iter()
        .map(|record| format!("{}  {} files verified, in {}", record.ehr_id, record.entry_count, record.out));
    lines.collect::<Vec<_>>().join("\n")
}
