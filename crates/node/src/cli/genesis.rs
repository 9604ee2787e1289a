//! `genesis`: the file that founds a ledger.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use carechain_disk::NewFolder;
use carechain_schema::{GenesisHospitalLine, GenesisReport};
use carechain_setup::{HospitalPlan, found, server_files};
use carechain_types::{Genesis, HostPort, HostPortError, OrganisationName, OrganisationNameError, Quorum};
use clap::Subcommand;

use super::{CommandError, Output};

/// The file that founds a ledger.
#[derive(Debug, Subcommand)]
pub(super) enum GenesisCommand {
    /// Make keys of every hospital, the genesis file and empty journals.
    #[command(after_help = "Example:
  carechain genesis create --dir founding --name \"City consortium\" \\
    --hospital \"St. Anna=anna.example:7101,anna.example:7102\" \\
    --hospital \"General=general.example:7101,general.example:7102\"

Each hospital's folder goes to that hospital. Its server gets etc/ and node/, and `carechain node
run` finds everything there, TLS included; its registrar and its board get keys/.")]
    Create {
        /// Folder to make everything in; absent or empty.
        #[arg(long)]
        dir: PathBuf,
        /// Name of the consortium.
        #[arg(long)]
        name: OrganisationName,
        /// One per hospital: NAME=VOTES_HOST:PORT,BULK_HOST:PORT
        #[arg(long = "hospital", value_name = "HOSPITAL", required = true)]
        hospitals: Vec<Founder>,
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
        GenesisCommand::Create { dir, name, hospitals } => {
            let genesis = create(dir, name, hospitals)?;
            warn_of_no_tolerance(hospitals.len(), output);
            genesis
        }
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

/// A hospital as it is typed: NAME=VOTES_HOST:PORT,BULK_HOST:PORT
#[derive(Clone, Debug)]
pub(super) struct Founder {
    name: OrganisationName,
    votes: HostPort,
    bulk: HostPort,
}

impl FromStr for Founder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.rsplit_once('=').and_then(|(name, rest)| Some((name, rest.split_once(',')?)));
        let (name, (votes, bulk)) = parts.ok_or_else(|| {
            "expected NAME=HOST:PORT,HOST:PORT, for example \"St. Anna=anna.example:7101,anna.example:7102\"".to_owned()
        })?;
        let address = |text: &str| text.parse().map_err(|error: HostPortError| format!("{text}: {error}"));
        Ok(Self {
            name: name.parse().map_err(|error: OrganisationNameError| error.to_string())?,
            votes: address(votes)?,
            bulk: address(bulk)?,
        })
    }
}

fn create(dir: &Path, name: &OrganisationName, hospitals: &[Founder]) -> Result<Genesis, CommandError> {
    let new_folder =
        |error| CommandError::usage(error, "--dir names an absent or empty folder that may be written");
    let folder = NewFolder::prepare(dir).map_err(new_folder)?;
    let plans: Vec<_> =
        (1..).zip(hospitals).map(|(index, founder)| plan(folder.path(), index, founder)).collect();
    let nothing_made = "nothing was made: mend it and type the command again";
    let now = carechain_client::now();
    let genesis = found(name, &plans, &folder.path().join("genesis.json"), now)
        .map_err(|error| CommandError::usage(error, nothing_made))?;
    for (index, plan) in (1..).zip(&plans) {
        server_files::write(&etc(folder.path(), index), plan, &genesis.to_bytes(), now)
            .map_err(|error| CommandError::usage(error, nothing_made))?;
    }
    folder.put_in_place().map_err(new_folder)?;
    Ok(genesis)
}

fn plan(dir: &Path, index: usize, founder: &Founder) -> HospitalPlan {
    let folder = hospital(dir, index);
    HospitalPlan {
        name: founder.name.clone(),
        votes: founder.votes.clone(),
        bulk: founder.bulk.clone(),
        node_folder: folder.join("node"),
        hospital_folder: folder.join("keys"),
        credential_file: etc(dir, index).join("credential"),
    }
}

fn hospital(dir: &Path, index: usize) -> PathBuf {
    dir.join(format!("hospital-{index}"))
}

/// What its server reads from /etc/carechain.
fn etc(dir: &Path, index: usize) -> PathBuf {
    hospital(dir, index).join("etc")
}

fn warn_of_no_tolerance(hospitals: usize, output: &Output) {
    if Quorum::new(hospitals).is_none_or(|quorum| quorum.faulty_max() == 0) {
        let who = if hospitals == 1 { "the only hospital" } else { "any one hospital" };
        output.caution(format_args!(
            "with {hospitals} the ledger stops while {who} is away, and a wrong one is not outvoted; four stand the \
             loss of one, and members cannot be added later"
        ));
    }
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
