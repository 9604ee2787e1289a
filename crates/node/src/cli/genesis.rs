//! `genesis`: the file that founds a ledger.

use std::path::{Path, PathBuf};

use carechain_schema::{GenesisHospitalLine, GenesisReport};
use carechain_types::Genesis;
use clap::Subcommand;

use super::{CommandError, Output};
use crate::founding::{HospitalPlan, found};

/// The file that founds a ledger.
#[derive(Debug, Subcommand)]
pub(super) enum GenesisCommand {
    /// Make keys of every hospital, the genesis file and empty journals.
    #[command(after_help = "Example:
  carechain genesis create --dir founding --name \"City consortium\" \\
    --hospital \"St. Anna=anna.example:7101,anna.example:7102\" \\
    --hospital \"General=general.example:7101,general.example:7102\"

Each hospital's folder goes to that hospital: node/ to its server, keys/ to its registrar and its board, the
credential to where the server reads it.")]
    Create {
        /// Folder to make everything in.
        #[arg(long)]
        dir: PathBuf,
        /// Name of the consortium.
        #[arg(long)]
        name: String,
        /// One per hospital: NAME=VOTES_HOST:PORT,BULK_HOST:PORT
        #[arg(long = "hospital", value_name = "HOSPITAL", required = true)]
        hospitals: Vec<String>,
    },
    /// Show a genesis file, checked.
    #[command(after_help = "Example:\n  carechain genesis inspect genesis.json")]
    Inspect {
        /// The file.
        file: PathBuf,
    },
}

/// Runs one of them.
pub(super) fn run(command: &GenesisCommand, output: &Output) -> Result<(), CommandError> {
    let genesis = match command {
        GenesisCommand::Create { dir, name, hospitals } => create(dir, name, hospitals)?,
        GenesisCommand::Inspect { file } => read(file)?,
    };
    output.done(report(&genesis), |report| {
        let hospitals = report.hospitals.iter().map(|hospital| {
            format!("  {}  {}  votes {}  files {}", hospital.id, hospital.name, hospital.votes, hospital.bulk)
        });
        let lines: Vec<_> = hospitals.collect();
        format!("{}\nchain {}\n{}", report.name, report.chain_id, lines.join("\n"))
    });
    Ok(())
}

/// Reads and checks a genesis file.
pub(super) fn read(file: &Path) -> Result<Genesis, CommandError> {
    let hint = "copy the consortium's genesis file byte for byte";
    let bytes = std::fs::read(file)
        .map_err(|error| CommandError::usage(format!("cannot read {}: {error}", file.display()), hint))?;
    Genesis::from_bytes(&bytes)
        .map_err(|error| CommandError::usage(format!("{}: {error}", file.display()), hint))
}

fn create(dir: &Path, name: &str, hospitals: &[String]) -> Result<Genesis, CommandError> {
    let plans =
        (1..).zip(hospitals).map(|(index, text)| plan(dir, index, text)).collect::<Result<Vec<_>, _>>()?;
    found(name, &plans, &dir.join("genesis.json"), carechain_client::now())
        .map_err(|error| CommandError::usage(error, "choose an empty folder that may be written"))
}

fn plan(dir: &Path, index: usize, text: &str) -> Result<HospitalPlan, CommandError> {
    let parse = || {
        let (name, endpoints) = text.rsplit_once('=')?;
        let (votes, bulk) = endpoints.split_once(',')?;
        let sound = !name.is_empty() && votes.contains(':') && bulk.contains(':');
        sound.then(|| (name.to_owned(), votes.to_owned(), bulk.to_owned()))
    };
    let (name, votes, bulk) = parse().ok_or_else(|| {
        let hint = "for example --hospital \"St. Anna=anna.example:7101,anna.example:7102\"";
        CommandError::usage(format!("--hospital \"{text}\" is not NAME=HOST:PORT,HOST:PORT"), hint)
    })?;
    let folder = dir.join(format!("hospital-{index}"));
    Ok(HospitalPlan {
        name,
        votes,
        bulk,
        node_folder: folder.join("node"),
        hospital_folder: folder.join("keys"),
        credential_file: folder.join("credential"),
    })
}

fn report(genesis: &Genesis) -> GenesisReport {
    let hospitals = genesis.hospitals.iter().map(|hospital| GenesisHospitalLine {
        id: hospital.id.to_string(),
        name: hospital.name.as_str().to_owned(),
        votes: hospital.endpoints.votes.as_str().to_owned(),
        bulk: hospital.endpoints.bulk.as_str().to_owned(),
    });
    GenesisReport {
        chain_id: genesis.chain_id().to_hex(),
        name: genesis.name.as_str().to_owned(),
        receipts_required: u32::from(genesis.parameters.receipts_required),
        copies: u32::from(genesis.parameters.copies),
        hospitals: hospitals.collect(),
    }
}
