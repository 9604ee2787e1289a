//! The processes of a test network: started apart from this one, ended by process id.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use carechain_client::private_file::{FileError, LockedFile};
use rustix::process::{Pid, Signal};

use super::{NodePlace, Testnet};

/// Why a process does not do what it should.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProcessError {
    /// It runs already.
    #[error("node {index} runs already as process {pid}")]
    Running {
        /// Which node.
        index: usize,
        /// Its process.
        pid: i32,
    },
    /// It does not run.
    #[error("node {index} does not run")]
    NotRunning {
        /// Which node.
        index: usize,
    },
    /// It ended before it was ready.
    #[error("node {index} ended before it was ready; the end of {}:\n{tail}", log.display())]
    Ended {
        /// Which node.
        index: usize,
        /// Its log.
        log: PathBuf,
        /// The last lines.
        tail: String,
    },
    /// It did not become ready in time.
    #[error("node {index} was not ready after {} s: {why}", seconds)]
    NotReady {
        /// Which node.
        index: usize,
        /// How long it was waited for.
        seconds: u64,
        /// What it said last.
        why: String,
    },
    /// It did not end in time.
    #[error("node {index} did not end within {} s", seconds)]
    NotEnding {
        /// Which node.
        index: usize,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The file of its process id cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The system says no.
    #[error("cannot {what} {}: {source}", path.display())]
    System {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The process of a node, if it runs.
pub(crate) fn running(node: &NodePlace) -> Option<Pid> {
    let text = std::fs::read_to_string(node.pid_file()).ok()?;
    let pid = Pid::from_raw(text.trim().parse().ok()?)?;
    let folder = PathBuf::from(format!("/proc/{}", pid.as_raw_nonzero()));
    // A reused process id is somebody else's: its command line does not name this node's configuration.
    let command = std::fs::read(folder.join("cmdline")).ok()?;
    let config = node.config_file();
    let named = String::from_utf8_lossy(&command).contains(&*config.to_string_lossy());
    // For a moment after its start, and while it ends, a process shows no command line; its files may be open still.
    let passing = command.is_empty() && is_passing(&std::fs::read_to_string(folder.join("stat")).ok()?);
    (named || passing).then_some(pid)
}

/// Whether `proc(5)` stat is of a process that is neither a zombie nor one of the kernel's threads.
fn is_passing(stat: &str) -> bool {
    // The name, in parentheses, may hold anything.
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let mut fields = after_name.split_whitespace();
    let (state, parent) = (fields.next(), fields.next());
    !matches!(state, None | Some("Z" | "X")) && parent != Some(KERNEL_THREADS_PARENT)
}

/// Process id of the kernel's thread daemon.
const KERNEL_THREADS_PARENT: &str = "2";

/// Starts a node as a process of its own; it outlives this one.
pub(crate) fn start(node: &NodePlace) -> Result<(), ProcessError> {
    // Until the process id is written, nobody else may start the node.
    let pid_file = LockedFile::lock(&node.pid_file())?;
    if let Some(pid) = running(node) {
        return Err(ProcessError::Running { index: node.index, pid: pid.as_raw_nonzero().get() });
    }
    let failed = |what, path: PathBuf| move |source| ProcessError::System { what, path, source };
    let log = node.log_file();
    let out = open_log(&log).map_err(failed("open", log.clone()))?;
    let errors = out.try_clone().map_err(failed("open", log))?;
    let program = std::env::current_exe().map_err(failed("find", PathBuf::from("carechain")))?;
    let child = Command::new(&program)
        .args(["node", "run", "--config"])
        .arg(node.config_file())
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .map_err(failed("start", program))?;
    let written = pid_file.replace(child.id().to_string().as_bytes());
    reap(child);
    Ok(written?)
}

/// A child that ends while this process lives must not stay as a zombie, or it would seem to run.
#[expect(
    clippy::disallowed_methods,
    reason = "no node runs in this process, and the end of the thread tells nothing"
)]
fn reap(mut child: std::process::Child) {
    std::thread::spawn(move || {
        // Its end is seen by its process id.
        let _ = child.wait();
    });
}

fn open_log(path: &PathBuf) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// Asks a node to end, and waits until it has.
pub(crate) fn stop(node: &NodePlace) -> Result<(), ProcessError> {
    end(node, Signal::TERM)
}

/// Ends a node as a power failure would, and waits until it is gone.
pub(crate) fn kill(node: &NodePlace) -> Result<(), ProcessError> {
    end(node, Signal::KILL)
}

/// Stops a node's process where it stands.
pub(crate) fn freeze(node: &NodePlace) -> Result<(), ProcessError> {
    signal(node, Signal::STOP)
}

/// Lets a frozen node go on.
pub(crate) fn thaw(node: &NodePlace) -> Result<(), ProcessError> {
    signal(node, Signal::CONT)
}

fn signal(node: &NodePlace, signal: Signal) -> Result<(), ProcessError> {
    let pid = running(node).ok_or(ProcessError::NotRunning { index: node.index })?;
    rustix::process::kill_process(pid, signal).map_err(|error| ProcessError::System {
        what: "signal",
        path: node.pid_file(),
        source: error.into(),
    })
}

const END_WAIT: Duration = Duration::from_secs(15);
const LOOK: Duration = Duration::from_millis(20);

fn end(node: &NodePlace, signal: Signal) -> Result<(), ProcessError> {
    self::signal(node, signal)?;
    let started = Instant::now();
    while running(node).is_some() {
        if started.elapsed() > END_WAIT {
            return Err(ProcessError::NotEnding { index: node.index, seconds: END_WAIT.as_secs() });
        }
        std::thread::sleep(LOOK);
    }
    // Gone already if somebody tidied up.
    let _ = std::fs::remove_file(node.pid_file());
    Ok(())
}

/// Starts every node that does not run, and waits until all are connected to each other.
pub(crate) fn start_all(net: &Testnet, patience: Duration) -> Result<(), ProcessError> {
    for place in net.nodes.iter().filter(|place| running(place).is_none()) {
        start(place)?;
    }
    net.nodes.iter().try_for_each(|place| wait_until_ready(place, net.nodes.len() - 1, patience))
}

/// Ends every node that runs.
pub(crate) fn stop_all(net: &Testnet) -> Result<(), ProcessError> {
    net.nodes.iter().filter(|place| running(place).is_some()).try_for_each(stop)
}

/// Waits until a node answers and is connected to `peers` others.
pub(crate) fn wait_until_ready(
    node: &NodePlace,
    peers: usize,
    patience: Duration,
) -> Result<(), ProcessError> {
    let started = Instant::now();
    loop {
        let why = match node.status() {
            Ok(report) if report.connected_peers() >= peers => return Ok(()),
            Ok(report) => report.summary,
            Err(error) => error.to_string(),
        };
        if running(node).is_none() {
            let log = node.log_file();
            return Err(ProcessError::Ended { index: node.index, tail: tail(&log), log });
        }
        if started.elapsed() > patience {
            return Err(ProcessError::NotReady { index: node.index, seconds: patience.as_secs(), why });
        }
        std::thread::sleep(LOOK);
    }
}

fn tail(log: &PathBuf) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().rev().take(10).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
