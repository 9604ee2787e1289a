//! Signals that ask a command to end, and how one that runs a network of its own does.

use core::ffi::c_int;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use carechain_process::Supervisor;
use carechain_testnet::{Testnet, stop_all};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::CommandError;

/// A terminal that closes asks for the same as a service manager: an orderly end.
pub(super) const END_SIGNALS: [c_int; 3] = [SIGTERM, SIGINT, SIGHUP];

/// What a shell adds to the number of the signal that ended a process.
const ENDED_BY_SIGNAL: c_int = 128;

/// A network that ends with the command that made it.
pub(super) struct OwnNetwork {
    /// Folder of the network.
    pub(super) network: PathBuf,
    /// The temporary folder that the command made; `None` if the user wants to keep it.
    pub(super) temporary: Option<PathBuf>,
}

/// Locked by the signal that is ending the process.
#[derive(Clone, Default)]
pub(super) struct Ending(Arc<Mutex<()>>);

impl Ending {
    /// Goes on unless a signal is ending the process: then it never returns, and the failures that follow from the signal are
    /// not reported as what went wrong.
    pub(super) fn go_on(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl OwnNetwork {
    /// From now on a signal ends the nodes, then removes the temporary folder, then ends this process.
    pub(super) fn end_at_signal(self) -> Result<Ending, CommandError> {
        let mut signals = Signals::new(END_SIGNALS).map_err(no_signals)?;
        let ending = Ending::default();
        let held = ending.clone();
        let wait = move || {
            let Some(signal) = signals.forever().next() else { return };
            let _ending = held.0.lock();
            self.end();
            std::process::exit(ENDED_BY_SIGNAL + signal);
        };
        Supervisor::default().thread("signals", wait).map_err(no_signals)?;
        Ok(ending)
    }

    /// Says what it could not do. The nodes end with this process at the latest.
    fn end(&self) {
        // Where no network can be opened there are no nodes yet.
        if let Ok(network) = Testnet::open(&self.network)
            && let Err(error) = stop_all(&network)
        {
            warn(format_args!("{error}"));
        }
        if let Some(folder) = &self.temporary
            && let Err(error) = std::fs::remove_dir_all(folder)
        {
            warn(format_args!("{} is left behind: {error}", folder.display()));
        }
    }
}

fn warn(sentence: core::fmt::Arguments<'_>) {
    // A closed terminal is no reason to fail.
    let _ = writeln!(std::io::stderr().lock(), "warning: {sentence}");
}

/// Signals cannot be waited for.
pub(super) fn no_signals(error: impl core::fmt::Display) -> CommandError {
    CommandError::local(error, "the system does not let this process wait for signals")
}
