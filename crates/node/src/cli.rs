//! The command line: arguments as typed, one file a group of commands, one place for exit codes.

mod failure;
mod genesis;
mod global;
mod key;
mod node;
mod output;
mod proof;
mod testnet;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use failure::CommandError;
pub use global::Global;
pub use node::status;
pub use output::Output;

/// Share electronic health records between hospitals under the patient's control.
#[derive(Debug, Parser)]
#[command(name = "carechain", version, max_term_width = 100, after_help = EXAMPLES)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  carechain demo                                     the main job on a fresh local network
  carechain testnet init --dir net && carechain testnet up --dir net
  carechain node run --config node.toml              run a hospital's node
  carechain proof verify audit.proof --genesis genesis.json

Exit codes: 0 done, 1 other failure, 2 usage, 3 refused, 4 not found, 5 no node or no quorum, 6 outcome unknown.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run, check and look at a node.
    #[command(subcommand)]
    Node(node::NodeCommand),
    /// Local test networks, one process a node.
    #[command(subcommand)]
    Testnet(testnet::TestnetCommand),
    /// The file that founds a ledger.
    #[command(subcommand)]
    Genesis(genesis::GenesisCommand),
    /// Keystores of people.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Evidence that verifies offline.
    #[command(subcommand)]
    Proof(proof::ProofCommand),
}

/// Parses, runs, prints, and says how it went.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            // A closed terminal is no reason to fail differently.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let output = Output::new(&arguments.global);
    match run(&arguments, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(output.failed(&error)),
    }
}

fn run(arguments: &Arguments, output: &Output) -> Result<(), CommandError> {
    let global = &arguments.global;
    match &arguments.command {
        Command::Node(command) => node::run(command, output),
        Command::Testnet(command) => testnet::run(command, output),
        Command::Genesis(command) => genesis::run(command, output),
        Command::Key(command) => key::run(command, global, output),
        Command::Proof(command) => proof::run(command, output),
    }
}
