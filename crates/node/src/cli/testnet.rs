//! `testnet`: local networks, one process a node.

use std::path::{Path, PathBuf};
use std::time::Duration;

use carechain_schema::{ErrorCode, TestnetNode, TestnetReport};
use carechain_testnet::{
    Interface, Life, NodePlace, ProcessError, Testnet, freeze, kill, running, start, start_all, stop,
    stop_all, thaw, wait_until_ready,
};
use clap::Subcommand;

use super::{CommandError, Output, node};

/// Local test networks, one process a node.
#[derive(Debug, Subcommand)]
pub(super) enum TestnetCommand {
    /// Make keys, genesis file and configuration of a new network.
    #[command(after_help = "Example:\n  carechain testnet init --dir net --nodes 4")]
    Init {
        /// Folder of the network.
        #[arg(long)]
        dir: PathBuf,
        /// How many hospitals.
        #[arg(long, default_value_t = 4)]
        nodes: usize,
        /// Encrypt the HTTP interfaces, with certificates made here that the profiles pin. Without it they speak in the clear,
        /// which leaves this machine nowhere: they listen on 127.0.0.1, and what goes over them can be read while learning.
        #[arg(long)]
        tls: bool,
    },
    /// Start every node and wait until they are connected.
    #[command(after_help = "Example:\n  carechain testnet up --dir net")]
    Up {
        /// Folder of the network.
        #[arg(long)]
        dir: PathBuf,
    },
    /// End every node.
    #[command(after_help = "Example:\n  carechain testnet down --dir net")]
    Down {
        /// Folder of the network.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Say how every node is.
    #[command(after_help = "Example:\n  carechain testnet status --dir net --json")]
    Status {
        /// Folder of the network.
        #[arg(long)]
        dir: PathBuf,
    },
    /// End one node; `--kill` ends it as a power failure would.
    #[command(after_help = "Example:\n  carechain testnet stop 2 --dir net --kill")]
    Stop {
        /// Which node, from 1.
        #[arg(id = "index", value_name = "NODE")]
        node: usize,
        /// Folder of the network.
        #[arg(long)]
        dir: PathBuf,
        /// SIGKILL instead of SIGTERM.
        #[arg(long)]
        kill: bool,
    },
    /// Start one node.
    #[command(after_help = "Example:\n  carechain testnet start 2 --dir net")]
    Start {
        /// Which node, from 1.
        #[arg(id = "index", value_name = "NODE")]
        node: usize,
        /// Folder of the network.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Stop a node's process where it stands (SIGSTOP); `--thaw` lets it go on.
    #[command(
        after_help = "Examples:\n  carechain testnet freeze 2 --dir net\n  carechain testnet freeze 2 --dir net --thaw"
    )]
    Freeze {
        /// Which node, from 1.
        #[arg(id = "index", value_name = "NODE")]
        node: usize,
        /// Folder of the network.
        #[arg(long)]
        dir: PathBuf,
        /// Let it go on.
        #[arg(long)]
        thaw: bool,
    },
}

const READY_PATIENCE: Duration = Duration::from_secs(30);

/// Runs one of them.
pub(super) fn run(command: &TestnetCommand, output: &Output) -> Result<(), CommandError> {
    match command {
        TestnetCommand::Init { dir, nodes, tls } => {
            init(dir, *nodes, if *tls { Interface::Encrypted } else { Interface::Clear }, output)
        }
        TestnetCommand::Up { dir } => up(&open(dir)?, output),
        TestnetCommand::Down { dir } => down(&open(dir)?, output),
        TestnetCommand::Status { dir } => {
            report(&open(dir)?, output);
            Ok(())
        }
        TestnetCommand::Stop { node, dir, kill: hard } => {
            let net = open(dir)?;
            let place = place(&net, *node)?;
            if *hard { kill(place) } else { stop(place) }.map_err(|error| process_error(&error))?;
            output.say(format_args!("node {node} has ended"));
            Ok(())
        }
        TestnetCommand::Start { node, dir } => {
            let net = open(dir)?;
            let place = place(&net, *node)?;
            start(place, Life::OfItsOwn)
                .and_then(|()| wait_until_ready(place, 0, READY_PATIENCE))
                .map_err(|e| process_error(&e))?;
            output.say(format_args!("node {node} runs at {}", place.url()));
            Ok(())
        }
        TestnetCommand::Freeze { node, dir, thaw: go_on } => {
            let net = open(dir)?;
            let place = place(&net, *node)?;
            if *go_on { thaw(place) } else { freeze(place) }.map_err(|error| process_error(&error))
        }
    }
}

fn open(dir: &Path) -> Result<Testnet, CommandError> {
    // However the folder is spelt, its nodes are known by one name.
    let dir = &dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    Testnet::open(dir)
        .map_err(|error| CommandError::usage(error, "--dir names the folder given to `testnet init`"))
}

fn place(net: &Testnet, index: usize) -> Result<&NodePlace, CommandError> {
    net.node(index).map_err(|error| CommandError::usage(error, "nodes are numbered from 1"))
}

fn process_error(error: &ProcessError) -> CommandError {
    let hint = match error {
        ProcessError::Running { .. } => "nothing was done; `testnet status` shows all nodes",
        ProcessError::NotRunning { .. } => "`testnet start` starts it; `testnet status` shows all nodes",
        _ => "the node's node.log says more",
    };
    CommandError::new(ErrorCode::NotReady, error.to_string(), hint)
}

fn init(dir: &Path, nodes: usize, interface: Interface, output: &Output) -> Result<(), CommandError> {
    let net = Testnet::init(dir, nodes, interface)
        .map_err(|error| CommandError::usage(error, "choose an empty folder that may be written"))?;
    output.say(format_args!("a network of {nodes} hospitals is in {}", net.folder.display()));
    report_json(&net, output);
    Ok(())
}

/// Starts all nodes that do not run, and waits for all.
pub(super) fn up(net: &Testnet, output: &Output) -> Result<(), CommandError> {
    start_all(net, Life::OfItsOwn, READY_PATIENCE).map_err(|error| process_error(&error))?;
    report(net, output);
    Ok(())
}

/// Ends all nodes that run.
pub(super) fn down(net: &Testnet, output: &Output) -> Result<(), CommandError> {
    match stop_all(net).map_err(|error| process_error(&error))? {
        0 => output.say("no node was running"),
        ended => {
            output.say(format_args!("all nodes have ended: {ended} of {} were running", net.nodes.len()))
        }
    }
    Ok(())
}

fn report(net: &Testnet, output: &Output) {
    output.done(look(net), |report| {
        let lines = report.nodes.iter().map(|node| {
            let height = node.height.map_or_else(|| "-".to_owned(), |height| height.to_string());
            format!("node {}  {}  height {height}  {}", node.index, node.url, node.summary)
        });
        lines.collect::<Vec<_>>().join("\n")
    });
}

fn report_json(net: &Testnet, output: &Output) {
    if output.is_json() {
        output.done(look(net), |_| String::new());
    }
}

fn look(net: &Testnet) -> TestnetReport {
    let nodes = net.nodes.iter().map(|place| {
        let status = node::status(&place.url(), place.certificate.as_deref(), None);
        let runs = running(place).is_some();
        TestnetNode {
            index: u32::try_from(place.index).unwrap_or(u32::MAX),
            url: place.url().to_string(),
            running: runs,
            height: status.as_ref().ok().map(|report| report.head.height),
            summary: match status {
                Ok(report) => report.summary,
                Err(_) if !runs => "does not run".to_owned(),
                Err(error) => error.failure.message,
            },
        }
    });
    TestnetReport { dir: net.folder.display().to_string(), nodes: nodes.collect() }
}
