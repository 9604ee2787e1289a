//! The processes of a test network: started apart from this one, ended by process id.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use carechain_disk::private_file::{FileError, LockedFile};
use carechain_setup::is_in_use;
use rustix::process::{Pid, Signal};

use super::{NodePlace, Testnet};

/// Why a process does not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
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
    /// It runs, and was not started as a node of this network.
    #[error("node {index} still runs: some process holds {}, and this command did not start it", folder.display())]
    StartedElsewhere {
        /// Which node.
        index: usize,
        /// Its data folder.
        folder: PathBuf,
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
pub fn running(node: &NodePlace) -> Option<Pid> {
    let text = std::fs::read_to_string(node.pid_file()).ok()?;
    let (pid, started) = text.trim().split_once(' ')?;
    let pid = Pid::from_raw(pid.parse().ok()?)?;
    // A reused process id is somebody else's: it started at another time.
    (start_time(pid).as_deref() == Some(started)).then_some(pid)
}

/// When a process started, in the kernel's ticks; `None` if it has ended.
fn start_time(pid: Pid) -> Option<String> {
    start_time_of(&std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?)
}

/// The same from its line in `proc(5)`; a zombie has ended.
fn start_time_of(stat: &str) -> Option<String> {
    // The name, in parentheses, may hold anything.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace();
    let state = fields.next()?;
    let started = fields.nth(START_TIME_AFTER_STATE)?;
    (!matches!(state, "Z" | "X")).then(|| started.to_owned())
}

/// Field 22 of `proc(5)` stat, where the state is field 3: so many fields lie between them.
const START_TIME_AFTER_STATE: usize = 18;

/// How long a node lives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Life {
    /// Until it is told to end.
    OfItsOwn,
    /// Until it is told to end, or this process ends, however that comes: the kernel closes the node's input then.
    WithThisProcess,
}

/// Starts a node as a process of its own.
pub fn start(node: &NodePlace, life: Life) -> Result<(), ProcessError> {
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
    let (input, end_with_input) = match life {
        Life::OfItsOwn => (Stdio::null(), None),
        Life::WithThisProcess => (Stdio::piped(), Some("--end-with-stdin")),
    };
    let child = Command::new(&program)
        .args(["node", "run", "--config"])
        .arg(node.config_file())
        .args(end_with_input)
        .stdin(input)
        .stdout(out)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .map_err(failed("start", program))?;
    let pid = Pid::from_child(&child);
    let started = start_time(pid).unwrap_or_default();
    let written = pid_file.replace(format!("{} {started}", pid.as_raw_nonzero()).as_bytes());
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
        // Waiting would close the node's input, and with it end the node.
        let _input = child.stdin.take();
        // Its end is seen by its process id.
        let _ = child.wait();
    });
}

fn open_log(path: &PathBuf) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// Asks a node to end, and waits until it has.
pub fn stop(node: &NodePlace) -> Result<(), ProcessError> {
    end(node, Signal::TERM)
}

/// Ends a node as a power failure would, and waits until it is gone.
pub fn kill(node: &NodePlace) -> Result<(), ProcessError> {
    end(node, Signal::KILL)
}

/// Stops a node's process where it stands.
pub fn freeze(node: &NodePlace) -> Result<(), ProcessError> {
    signal(node, Signal::STOP)
}

/// Lets a frozen node go on.
pub fn thaw(node: &NodePlace) -> Result<(), ProcessError> {
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
    // The first thread of a killed process may be gone while another still holds the files.
    while running(node).is_some() || is_in_use(&node.data_folder()) {
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
pub fn start_all(net: &Testnet, life: Life, patience: Duration) -> Result<(), ProcessError> {
    for place in net.nodes.iter().filter(|place| running(place).is_none()) {
        start(place, life)?;
    }
    net.nodes.iter().try_for_each(|place| wait_until_ready(place, net.nodes.len() - 1, patience))
}

/// Ends every node that runs, and looks whether its data folder is free; gives how many ran.
pub fn stop_all(net: &Testnet) -> Result<usize, ProcessError> {
    let running: Vec<_> = net.nodes.iter().filter(|place| running(place).is_some()).collect();
    running.iter().try_for_each(|place| stop(place))?;
    // A node that somebody started by hand, or whose process id was lost.
    match net.nodes.iter().find(|place| is_in_use(&place.data_folder())) {
        Some(place) => {
            Err(ProcessError::StartedElsewhere { index: place.index, folder: place.data_folder() })
        }
        None => Ok(running.len()),
    }
}

/// Waits until a node answers and is connected to `peers` others.
pub fn wait_until_ready(node: &NodePlace, peers: usize, patience: Duration) -> Result<(), ProcessError> {
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
