//! `bench`: measurements on a fresh local network.

use std::path::{Path, PathBuf};

use bytesize::ByteSize;
use carechain_schema::{BenchPublish, BenchTransfer, Described, Machine};
use carechain_testnet::bench::{BenchError, BenchPlan, Gateway, download, publish, upload};
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use tempfile::TempDir;

use super::signals::OwnNetwork;
use super::{CommandError, Output};

/// Measurements on a fresh local network of real processes.
#[derive(Debug, Subcommand)]
pub(super) enum BenchCommand {
    /// Latency of publishing while nothing else happens: signed transaction sent until verified proof held.
    #[command(after_help = "Example:\n  carechain bench publish --nodes 4 --json")]
    Publish {
        #[command(flatten)]
        place: Place,
        /// How many publications.
        #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        count: u32,
    },
    /// Publishing whole files: seal, upload, two durable copies, commit.
    #[command(
        after_help = "Example:\n  carechain bench upload --nodes 4 --size 350MB --dir /dev/shm/bench --json"
    )]
    Upload {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        files: Files,
    },
    /// Retrieving whole files: decision, transfer, verification, unpacking.
    #[command(
        after_help = "Example:\n  carechain bench download --nodes 4 --size 350MB --dir /dev/shm/bench --json"
    )]
    Download {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        files: Files,
        /// Read through a node that holds a copy, or through one that fetches from the holders.
        #[arg(long, value_enum, default_value_t = ReadThrough::Elsewhere)]
        gateway: ReadThrough,
    },
}

/// Through which node a file is read, as it is typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum ReadThrough {
    /// One that holds a copy.
    Holder,
    /// One that fetches from the holders.
    Elsewhere,
}

impl From<ReadThrough> for Gateway {
    fn from(typed: ReadThrough) -> Self {
        match typed {
            ReadThrough::Holder => Self::Holder,
            ReadThrough::Elsewhere => Self::Elsewhere,
        }
    }
}

/// Where it is measured.
#[derive(Args, Debug)]
pub(super) struct Place {
    /// How many nodes, each a process of its own.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(4..=50))]
    nodes: u16,
    /// Folder for a network and its files, which are removed at the end; a temporary one if not given.
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// What is transferred.
#[derive(Args, Debug)]
pub(super) struct Files {
    /// Length of a record before encryption, as 350MB, 1GiB or in bytes.
    #[arg(long, default_value = "350MB")]
    size: ByteSize,
    /// How many times.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    count: u32,
}

/// Runs it.
pub(super) fn run(command: &BenchCommand, output: &Output) -> Result<(), CommandError> {
    match command {
        BenchCommand::Publish { place, count } => {
            measure(output, place, (*count, 0), publish, describe_publish)
        }
        BenchCommand::Upload { place, files } => {
            measure(output, place, (files.count, files.size.as_u64()), upload, describe_transfer)
        }
        BenchCommand::Download { place, files, gateway } => {
            let download = |plan: &BenchPlan, watch: &dyn Fn(usize)| download(plan, (*gateway).into(), watch);
            measure(output, place, (files.count, files.size.as_u64()), download, describe_transfer)
        }
    }
}

fn measure<T: Described + Serialize>(
    output: &Output,
    place: &Place,
    (count, bytes): (u32, u64),
    measurement: impl FnOnce(&BenchPlan, &dyn Fn(usize)) -> Result<T, BenchError>,
    describe: impl FnOnce(&T) -> String,
) -> Result<(), CommandError> {
    let folder = folder(place.dir.as_deref())?;
    let plan = BenchPlan {
        nodes: usize::from(place.nodes),
        folder: folder.path().to_owned(),
        count: count as usize,
        bytes,
    };
    let network = OwnNetwork { network: plan.network(), temporary: Some(folder.path().to_owned()) };
    let ending = network.end_at_signal()?;
    let bar = if output.draws_progress() { ProgressBar::new(count.into()) } else { ProgressBar::hidden() };
    let style = ProgressStyle::with_template("measuring {bar:40} {pos}/{len} {eta}");
    bar.set_style(style.expect("the template is fixed and parses"));
    let measured = measurement(&plan, &|done| bar.set_position(done as u64));
    ending.go_on();
    bar.finish_and_clear();
    let hint = "nothing was measured; `carechain demo --dir` shows the nodes' logs if it fails too";
    let report = measured.map_err(|error| CommandError::local(error, hint))?;
    output.done(report, describe);
    Ok(())
}

/// A folder of its own inside the one that was named, so that nothing of the user's is removed.
fn folder(parent: Option<&Path>) -> Result<TempDir, CommandError> {
    let parent = parent.map_or_else(std::env::temp_dir, Path::to_owned);
    std::fs::create_dir_all(&parent)
        .and_then(|()| tempfile::Builder::new().prefix("carechain-bench-").tempdir_in(&parent))
        .map_err(|error| CommandError::local(error, "name a folder that may be written with --dir"))
}

fn describe_publish(report: &BenchPublish) -> String {
    format!(
        "{} publications on {} nodes, one at a time\n\
         p50 {:.2} ms   p99 {:.2} ms   max {:.2} ms\n{}",
        report.count,
        report.nodes,
        report.p50_ms,
        report.p99_ms,
        report.max_ms,
        describe_machine(&report.machine),
    )
}

fn describe_transfer(report: &BenchTransfer) -> String {
    let stages = report.stages.iter().map(|stage| format!("{} {:.2} s", stage.name, stage.seconds_p50));
    let mebibytes = |bytes: u64| bytes >> 20;
    format!(
        "{} transfers of {} bytes on {} nodes\n\
         p50 {:.2} s   max {:.2} s   {:.0} MB/s   (one plain synced file: {:.0} MB/s)\n\
         stages: {}\n\
         peak memory, MiB: client {}, gateway {}, other nodes at most {}\n{}",
        report.count,
        report.bytes,
        report.nodes,
        report.seconds_p50,
        report.seconds_max,
        report.megabytes_per_second,
        report.plain_write_megabytes_per_second,
        stages.collect::<Vec<_>>().join(", "),
        mebibytes(report.memory.client_peak_bytes),
        mebibytes(report.memory.gateway_peak_bytes),
        mebibytes(report.memory.holder_peak_bytes),
        describe_machine(&report.machine),
    )
}

fn describe_machine(machine: &Machine) -> String {
    format!(
        "machine: {} cores, synced write of 4 KiB {:.3} ms, signature check {:.1} us",
        machine.cores, machine.fdatasync_p50_ms, machine.verify_p50_us
    )
}
