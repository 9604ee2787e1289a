//! The command line: arguments as typed, one file a group of commands, one place for exit codes.

mod asked;
mod audit;
mod bench;
mod connection;
mod decide;
mod demo;
mod failure;
mod find;
mod genesis;
mod global;
mod inbox;
mod key;
mod lines;
mod node;
mod node_address;
mod output;
mod person;
mod plain;
mod progress;
mod proof;
mod publish;
mod register;
mod request;
mod retrieve;
mod signals;
mod testnet;
mod transaction;
mod words;

use std::io::ErrorKind;
use std::process::ExitCode;

use carechain_schema::ExitStatus;
use clap::{Parser, Subcommand};

pub(crate) use failure::CommandError;
pub(crate) use global::Global;
pub(crate) use output::Output;

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
    /// The main job on a fresh local network.
    Demo(demo::DemoArguments),
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
    /// Enrol departments.
    #[command(subcommand)]
    Register(register::RegisterCommand),
    /// Enrol people, show and suspend them.
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Publish a record of a patient.
    #[command(after_help = publish::EXAMPLES)]
    Publish(publish::PublishCommand),
    /// Search the abstracts of records.
    #[command(after_help = find::SEARCH_EXAMPLES)]
    Search(find::SearchCommand),
    /// List a patient's records, provably whole.
    #[command(after_help = find::RECORDS_EXAMPLES)]
    Records(find::RecordsCommand),
    /// List access requests.
    #[command(after_help = find::REQUESTS_EXAMPLES)]
    Requests(find::RequestsCommand),
    /// List grants.
    #[command(after_help = find::GRANTS_EXAMPLES)]
    Grants(find::GrantsCommand),
    /// Ask a patient for access.
    #[command(after_help = request::EXAMPLES)]
    Request(request::RequestCommand),
    /// What happened to you.
    #[command(after_help = inbox::EXAMPLES)]
    Inbox(inbox::InboxCommand),
    /// Grant what a request asks for.
    #[command(after_help = decide::APPROVE_EXAMPLES)]
    Approve(decide::ApproveCommand),
    /// Deny a request.
    #[command(after_help = decide::DENY_EXAMPLES)]
    Deny(decide::DenyCommand),
    /// Grant records unasked.
    #[command(after_help = decide::GRANT_EXAMPLES)]
    Grant(decide::GrantCommand),
    /// End a grant, at once.
    #[command(after_help = decide::REVOKE_EXAMPLES)]
    Revoke(decide::RevokeCommand),
    /// Fetch, decrypt, verify and unpack what was granted.
    #[command(after_help = retrieve::EXAMPLES)]
    Retrieve(retrieve::RetrieveCommand),
    /// Who read or tried to read, with proof that nothing is missing.
    #[command(after_help = audit::EXAMPLES)]
    Audit(audit::AuditCommand),
    /// What became of a transaction.
    #[command(subcommand)]
    Transaction(transaction::TransactionCommand),
    /// Evidence that verifies offline.
    #[command(subcommand)]
    Proof(proof::ProofCommand),
    /// Measurements on a fresh local network.
    #[command(subcommand)]
    Bench(bench::BenchCommand),
}

/// Parses, runs, prints, and says how it went.
pub(crate) fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() && std::env::args().any(|argument| argument == "--json") => {
            return ExitCode::from(Output::json().failed(&typed_badly(&error)));
        }
        Err(error) => {
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            let lost = error.print().is_err_and(|lost| lost.kind() != ErrorKind::BrokenPipe);
            // Help that nobody got is no success.
            return ExitCode::from(if lost { code.max(1) } else { code });
        }
    };
    let output = Output::new(&arguments.global);
    match run(&arguments, &output).and_then(|status| output.finish().map(|()| status)) {
        Ok(status) => ExitCode::from(status.code()),
        Err(error) => ExitCode::from(output.failed(&error)),
    }
}

/// What the parser says, as a failure for programs.
fn typed_badly(error: &clap::Error) -> CommandError {
    let text = error.to_string();
    let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    CommandError::usage(message, "`--help` shows how the command is typed")
}

fn run(arguments: &Arguments, output: &Output) -> Result<ExitStatus, CommandError> {
    let global = &arguments.global;
    let done = match &arguments.command {
        Command::Demo(arguments) => demo::run(arguments, output),
        Command::Node(command) => return node::run(command, global, output),
        Command::Testnet(command) => testnet::run(command, output),
        Command::Genesis(command) => genesis::run(command, output),
        Command::Key(command) => key::run(command, global, output),
        Command::Register(command) => register::run(command, global, output),
        Command::Person(command) => person::run(command, global, output),
        Command::Publish(command) => publish::run(command, global, output),
        Command::Search(command) => find::search(command, global, output),
        Command::Records(command) => find::records(command, global, output),
        Command::Requests(command) => find::requests(command, global, output),
        Command::Grants(command) => find::grants(command, global, output),
        Command::Request(command) => request::run(command, global, output),
        Command::Inbox(command) => inbox::run(command, global, output),
        Command::Approve(command) => decide::approve(command, global, output),
        Command::Deny(command) => decide::deny(command, global, output),
        Command::Grant(command) => decide::grant(command, global, output),
        Command::Revoke(command) => decide::revoke(command, global, output),
        Command::Retrieve(command) => retrieve::run(command, global, output),
        Command::Audit(command) => audit::run(command, global, output),
        Command::Transaction(command) => transaction::run(command, global, output),
        Command::Proof(command) => proof::run(command, global, output),
        Command::Bench(command) => bench::run(command, output),
    };
    done.map(|()| ExitStatus::Done)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
