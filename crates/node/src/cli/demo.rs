//! `demo`: the main job on a fresh local network.

use std::path::PathBuf;

use carechain_schema::{DemoReport, DemoStep};
use carechain_testnet::demo::{DemoError, DemoPlan, run as run_demo};
use clap::Args;

use super::signals::OwnNetwork;
use super::{CommandError, Output};

/// The main job on a fresh local network, every byte and every decision checked.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  carechain demo
  carechain demo --dir /tmp/demo ./study --json")]
pub(super) struct DemoArguments {
    /// How many nodes, each a process of its own (at least 4).
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(4..=50))]
    nodes: u16,
    /// Folder for everything that is made; a temporary one if not given.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Keep the temporary folder.
    #[arg(long)]
    keep: bool,
    /// Files or folders to publish; a generated study if none is given.
    files: Vec<PathBuf>,
}

/// Runs it.
pub(super) fn run(arguments: &DemoArguments, output: &Output) -> Result<(), CommandError> {
    let hint = "name a folder that may be written with --dir";
    let temporary = tempfile::Builder::new()
        .prefix("carechain-demo-")
        .disable_cleanup(arguments.keep)
        .tempdir()
        .map_err(|error| CommandError::local(error, hint))?;
    let folder = arguments.dir.clone().unwrap_or_else(|| temporary.path().to_owned());
    for file in &arguments.files {
        if !file.exists() {
            return Err(CommandError::usage(
                format!("{} does not exist", file.display()),
                "name files that do",
            ));
        }
    }
    let removed = (!arguments.keep).then(|| temporary.path().to_owned());
    let ending = OwnNetwork { network: folder.clone(), temporary: removed }.end_at_signal()?;
    let plan = DemoPlan { nodes: usize::from(arguments.nodes), folder, inputs: arguments.files.clone() };
    let report = run_demo(&plan, &|step| output.say(line(step)));
    ending.go_on();
    let report = report.map_err(|error| failure(&error))?;
    output.done(report, summary);
    Ok(())
}

fn failure(error: &DemoError) -> CommandError {
    match error {
        DemoError::Init(error) => CommandError::usage(error, "name an empty folder that may be written"),
        error => CommandError::local(error, "with --dir or --keep the nodes' logs stay in node-*/node.log"),
    }
}

fn line(step: &DemoStep) -> String {
    format!("{:>9.1} ms  {:<18} {}", step.duration_ms, step.name, step.result)
}

fn summary(report: &DemoReport) -> String {
    format!(
        "\nall {} steps are as they should be: {} bytes compared, {} reads refused",
        report.steps.len(),
        report.bytes_compared,
        report.refusals
    )
}
