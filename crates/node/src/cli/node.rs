//! `node`: run, check, status.

use std::path::{Path, PathBuf};

use carechain_client::{Call, CallError, Caller, Keystore, KeystoreError, NodeUrl, Waits, now};
use carechain_crypto::Secret;
use carechain_disk::private_file::FileError;
use carechain_disk::{OperatorToken, private_file};
use carechain_process::Supervisor;
use carechain_schema::{ErrorCode, ExitStatus, FindingLine, Route, Severity, StatusReport};
use carechain_server::{CheckError, InterfaceError, NodeIdentity, StartError, check, start};
use carechain_setup::{Config, FolderError};
use clap::Subcommand;

use super::failure::describe_keystore_error;
use super::node_address::node_url;
use super::signals::{END_SIGNALS, no_signals};
use super::{CommandError, Global, Output};

/// Run, check and look at a node.
#[derive(Debug, Subcommand)]
pub(super) enum NodeCommand {
    /// Run the node until it is told to end (SIGTERM, SIGINT or SIGHUP).
    #[command(after_help = "Example:\n  carechain node run --config /etc/carechain/node.toml")]
    Run {
        /// The configuration; node.toml.example explains every key.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// End also when standard input ends: the node does not outlive the process that started it.
        #[arg(long)]
        end_with_stdin: bool,
        /// For tests: the thread or task of that name panics as it starts.
        #[arg(long, hide = true, value_name = "NAME")]
        plant_panic: Option<String>,
    },
    /// Say what is wrong with a configuration, its certificate and its token, without starting anything.
    #[command(after_help = "Example:\n  carechain node check --config node.toml\n\n\
        Exit code 0: sound, with a warning for a certificate that ends within 30 days; 2: the message says what is wrong.")]
    Check {
        /// The configuration.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Say whether a node is ready, what is wrong and what helps.
    #[command(after_help = "Example:\n  carechain node status --url http://127.0.0.1:7100\n\n\
        What is wrong is listed, worst first, with what helps. Exit code 0: ready, 5: not ready, or no node answers within 3 s.\n\n\
        A node says this on its own machine. To other machines it says it only with the token of the file that its api_token_file names.")]
    Status {
        /// Address of its HTTP interface.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:7100")]
        url: String,
        /// File whose first line is the token of the node's operators, to ask from another machine.
        #[arg(long, value_name = "FILE")]
        token_file: Option<PathBuf>,
    },
}

/// Runs one of them; the exit status of `status` says whether the node is ready.
pub(super) fn run(
    command: &NodeCommand,
    global: &Global,
    output: &Output,
) -> Result<ExitStatus, CommandError> {
    match command {
        NodeCommand::Run { config, end_with_stdin, plant_panic } => {
            run_node(config, *end_with_stdin, Supervisor::with_planted_panic(plant_panic.clone()))
        }
        NodeCommand::Check { config } => {
            let soon = check(&read_config(config)?.node, now()).map_err(|error| check_error(&error))?;
            if let Some(soon) = soon {
                output.caution(soon);
            }
            output.say(format_args!("{} is sound", config.display()));
            Ok(ExitStatus::Done)
        }
        NodeCommand::Status { url, token_file } => {
            let url = node_url("--url", url, global)?;
            let report = status(&url, global.ca.as_deref(), token_file.as_deref())?;
            let ready = report.ready;
            output.done(report, describe);
            Ok(if ready { ExitStatus::Done } else { ErrorCode::NotReady.exit_status() })
        }
    }
}

fn read_config(path: &Path) -> Result<Config, CommandError> {
    let hint = "node.toml.example explains every key";
    Config::read(path).map_err(|error| CommandError::usage(error, hint))
}

fn run_node(path: &Path, end_with_stdin: bool, supervisor: Supervisor) -> Result<ExitStatus, CommandError> {
    // A node that is told to end while it starts ends in order too.
    supervisor.watch_panics();
    watch_signals(&supervisor)?;
    if end_with_stdin {
        watch_stdin(&supervisor)?;
    }
    let config = read_config(path)?;
    init_log(&config)?;
    let identity = unlock(&config)?;
    if supervisor.stop_token().is_cancelled() {
        return Ok(ExitStatus::Done);
    }
    let node = start(&config, identity, supervisor.clone()).map_err(start_error)?;
    node.wait().map(|()| ExitStatus::Done).map_err(|ended| {
        let hint = "nothing was voted that is not on disk; start it again, and if it ends again, docs/operations.md says more";
        CommandError::local(format!("the node stops: {ended}"), hint)
    })
}

/// Ends the node in order when it is told to.
fn watch_signals(supervisor: &Supervisor) -> Result<(), CommandError> {
    let mut signals = signal_hook::iterator::Signals::new(END_SIGNALS).map_err(no_signals)?;
    let stop = supervisor.clone();
    let wait_for_signal = move || {
        if signals.forever().next().is_some() {
            stop.stop();
        }
    };
    supervisor.thread("signals", wait_for_signal).map(drop).map_err(no_thread)
}

/// Ends the node in order once nobody can write to its input any more.
fn watch_stdin(supervisor: &Supervisor) -> Result<(), CommandError> {
    let stop = supervisor.clone();
    let wait_for_end = move || {
        // An input that cannot be read has ended too.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        stop.stop();
    };
    supervisor.thread("stdin", wait_for_end).map(drop).map_err(no_thread)
}

fn no_thread(error: impl core::fmt::Display) -> CommandError {
    CommandError::local(error, "the system refuses a thread: check the limits on threads and memory")
}

fn init_log(config: &Config) -> Result<(), CommandError> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.node.log)
        .map_err(|error| CommandError::usage(format!("node.log: {error}"), "for example \"info\""))?;
    // A log that cannot be written must end no thread: told of it on stderr, the library would panic there once more.
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false);
    if config.node.log_json {
        builder.json().init();
    } else {
        builder.with_ansi(false).init();
    }
    Ok(())
}

/// The passphrase stands outside of what it opens, or the node refuses to run.
fn unlock(config: &Config) -> Result<NodeIdentity, CommandError> {
    let file = credential_file(config)?;
    if !config.node.insecure && is_inside(&file, &config.node.data_folder) {
        let message = format!("the credential {} stands inside the data folder", file.display());
        let hint = "move it elsewhere, or set insecure = true on a test network";
        return Err(CommandError::usage(message, hint));
    }
    let passphrase = read_passphrase(&file)?;
    let path = &config.node.key_file;
    let keystore = Keystore::open(path, &passphrase).map_err(|error| {
        let message = describe_keystore_error(path, &error);
        CommandError::usage(message, key_hint(&error))
    })?;
    let (signing, sealing) = keystore.into_pairs();
    Ok(NodeIdentity { signing, sealing })
}

fn key_hint(error: &KeystoreError) -> &'static str {
    match error {
        KeystoreError::File(FileError::Permissions { .. }) => {
            "only the node's user reads its key: `chmod 600` does that"
        }
        KeystoreError::File(_) => {
            "node.key_file names the node's key, which the node's user reads and nobody else"
        }
        _ => "node.key_file and its passphrase belong together",
    }
}

fn credential_file(config: &Config) -> Result<PathBuf, CommandError> {
    if let Some(file) = &config.node.credential_file {
        return Ok(file.clone());
    }
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY").ok_or_else(|| {
        let hint = "set node.credential_file, or run under systemd with LoadCredential=carechain-passphrase";
        CommandError::usage("there is no credential for the node's keystore", hint)
    })?;
    Ok(PathBuf::from(folder).join("carechain-passphrase"))
}

fn is_inside(file: &Path, folder: &Path) -> bool {
    match (file.canonicalize(), folder.canonicalize()) {
        (Ok(file), Ok(folder)) => file.starts_with(folder),
        _ => false,
    }
}

/// The first line of a passphrase file.
pub(super) fn read_passphrase(file: &Path) -> Result<Secret<Vec<u8>>, CommandError> {
    private_file::read_passphrase(file).map_err(|error| {
        let hint = match &error {
            FileError::Access { .. } => "the passphrase file is there, and who types this may read it",
            _ => "a passphrase file has the passphrase in its first line",
        };
        CommandError::usage(error, hint)
    })
}

fn start_error(error: StartError) -> CommandError {
    let hint = match &error {
        StartError::Interface(InterfaceError::Certificate(_)) => CERTIFICATE_HINT,
        StartError::Interface(InterfaceError::Token(_)) => TOKEN_HINT,
        StartError::Folder(FolderError::System { .. }) | StartError::FolderTrouble(_) => {
            "the node's user reads and writes the data folder: `chown -R` gives it back, `mount` says whether its disk is read-only"
        }
        StartError::Folder(FolderError::InUse { .. }) => {
            "a node runs on this folder already, and `node status` asks it; a second one needs a node.data_folder of its own"
        }
        StartError::GenesisUnreadable { .. } => {
            "cluster.genesis_file names the consortium's genesis file, which the node's user reads"
        }
        StartError::Genesis { .. } => "copy the consortium's genesis file byte for byte",
        StartError::NotMember { .. } | StartError::IndexKey(_) => {
            "check node.key_file and cluster.genesis_file"
        }
        StartError::Ledger(_) | StartError::Backend(_) => {
            "another chain's folder, or a damaged one: use the right folder, or see \"Lost disk\" in docs/operations.md"
        }
        StartError::Journal(_) => {
            "a node without its own intact journal must not vote; \"Lost disk\" in docs/operations.md says what is left to do"
        }
        StartError::OtherPackVersion(_) => {
            "start the version of carechain that wrote it; or move data/chunks aside, and this node fetches its \
             copies from the other hospitals again"
        }
        StartError::Chunks(_) => "check the folder's permissions and the disk",
        StartError::Engine(_) => {
            "the ledger and the journal do not belong together: \"Lost disk\" in docs/operations.md says what is left to do"
        }
        StartError::Network(_) | StartError::Interface(InterfaceError::Listen { .. }) => {
            "another process listens there, perhaps this node already: `node status` asks it; or choose other ports"
        }
        StartError::Interface(InterfaceError::Honoured(_)) => "check the folder's permissions and the disk",
        StartError::System(_) => "check the limits on threads and memory",
    };
    CommandError::usage(error, hint)
}

fn check_error(error: &CheckError) -> CommandError {
    let hint = match error {
        CheckError::Token(_) => TOKEN_HINT,
        CheckError::Certificate(_) => CERTIFICATE_HINT,
        CheckError::Term { .. } => {
            "write a new certificate and its key over the two files; \"Certificate\" in docs/operations.md says how"
        }
        CheckError::Name { .. } => "have it made for every name and address by which clients call the node",
    };
    CommandError::usage(error, hint)
}

const CERTIFICATE_HINT: &str =
    "node.api_certificate and node.api_key name PEM files that belong together and that the node may read";
const TOKEN_HINT: &str = "the first line of that file is the token, and the node may read it; leave the key out if no other machine asks";

/// Asks a node how it is; from another machine with the token of its operators.
pub(super) fn status(
    url: &NodeUrl,
    ca: Option<&Path>,
    token_file: Option<&Path>,
) -> Result<StatusReport, CommandError> {
    let token = token_file.map(OperatorToken::read).transpose().map_err(|error| {
        CommandError::usage(
            error,
            "--token-file names a copy of the file that the node's api_token_file names",
        )
    })?;
    let caller = Caller::with_waits(url, ca, Waits::STATUS)
        .map_err(|error| CommandError::usage(error, "--ca names the certificate of the node"))?;
    let call = Call { method: Route::STATUS.method, path: Route::STATUS.path, query: None };
    let answer = match &token {
        Some(token) => caller.call_as_operator(call, token),
        None => caller.call(call, &[]),
    };
    let answer = answer.map_err(|error| no_status(url, &error))?;
    let document: carechain_schema::Document<StatusReport> =
        serde_json::from_slice(&answer.body).map_err(|error| {
            CommandError::new(ErrorCode::Internal, error.to_string(), "is this a carechain node?")
        })?;
    match document.into_result() {
        Some(Ok(report)) => Ok(report),
        Some(Err(failure)) => Err(failure.into()),
        None => Err(CommandError::new(
            ErrorCode::Internal,
            "the answer is no status",
            "is this a carechain node of this version?",
        )),
    }
}

fn no_status(url: &NodeUrl, error: &CallError) -> CommandError {
    match error {
        CallError::Refused { failure, .. } => (**failure).clone().into(),
        CallError::Broken { .. } => CommandError::new(
            ErrorCode::NoNode,
            format!(
                "the node at {url} takes the connection and does not answer: its process is stopped or starved"
            ),
            "look at its process (`systemctl status carechain`, `top`): state T is a stopped one, `kill -CONT` lets it go on",
        ),
        CallError::Untrusted { .. } => {
            CommandError::new(error.code(), error.to_string(), "--ca names the certificate of the node")
        }
        CallError::NoNode { .. } | CallError::Foreign { .. } => {
            CommandError::new(error.code(), error.to_string(), "check the address, and that the node runs")
        }
    }
}

/// A status as text: whether it is ready, what is found, worst first, and where it stands.
pub(super) fn describe(report: &StatusReport) -> String {
    let mut lines = vec![match report.ready {
        true => format!("{} is ready", report.name),
        false => format!("{} is not ready", report.name),
    }];
    lines.extend(report.findings.iter().map(describe_finding));
    let primary = report.peers.iter().find(|peer| peer.hospital == report.consensus.primary);
    lines.push(format!(
        "height {}, view {} led by {}, {} of {} other hospitals connected, {}",
        report.head.height,
        report.consensus.view,
        primary.map_or(&report.name, |peer| &peer.name),
        report.connected_peers(),
        report.peers.len(),
        waiting(report.consensus.pending_transactions),
    ));
    if report.ready {
        lines.push(report.summary.clone());
    }
    lines.join("\n")
}

fn waiting(transactions: u64) -> String {
    match transactions {
        1 => "1 transaction waits".to_owned(),
        count => format!("{count} transactions wait"),
    }
}

fn describe_finding(line: &FindingLine) -> String {
    let word = match line.severity {
        Severity::Blocking => "blocks",
        Severity::Warning => "warning",
    };
    format!("{word}: {}\n  since {}; {}", line.sentence, line.since, line.advice)
}

#[cfg(test)]
mod tests;
