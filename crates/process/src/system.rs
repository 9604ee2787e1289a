//! What the node asks of the operating system: file descriptors, and priority of threads.

use rustix::process::{Resource, Rlimit, getrlimit, setpriority_process, setrlimit};

/// Descriptors a node wants: a thousand clients, all members twice, packs, tables of the ledger, and room.
const OPEN_FILES_WANTED: u64 = 8_192;
/// Niceness of threads that move files: at 10 a thread gets a tenth of what a thread that votes gets when both want the
/// same processor, and all of it otherwise.
const FILES_NICENESS: i32 = 10;

/// Raises the soft limit on open files as far as the hard one lets it; a usual soft limit of 1,024 is few.
pub fn raise_open_files() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // No limit is written as none.
    let wanted = maximum.map_or(OPEN_FILES_WANTED, |maximum| maximum.min(OPEN_FILES_WANTED));
    if current.is_none_or(|current| current >= wanted) {
        return;
    }
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }) {
        tracing::warn!(%error, ?current, wanted, "the limit on open files stays");
    }
}

/// Lets threads that vote go before this one.
pub fn yield_to_votes() {
    // Of all threads of a process only the calling one is meant, on Linux.
    if let Err(error) = setpriority_process(None, FILES_NICENESS) {
        tracing::debug!(%error, "a thread for files keeps its priority");
    }
}
