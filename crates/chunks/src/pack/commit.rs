//! Group commit: one sync covers everything appended before it, whoever waits.

use std::fs::File;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::appender::Appender;
use super::medium::Medium;
use crate::error::StoreError;

/// Lets many callers share one sync.
#[derive(Default)]
pub(crate) struct GroupCommit {
    progress: Mutex<Progress>,
    changed: Condvar,
}

#[derive(Default)]
struct Progress {
    /// How many appends are durable.
    synced: u64,
    running: bool,
    failed: bool,
}

impl GroupCommit {
    /// Returns after everything appended before the call is durable.
    pub(crate) fn sync(&self, appender: &Mutex<Appender>, medium: &dyn Medium) -> Result<(), StoreError> {
        let target = lock(appender).appended();
        let mut progress = self.lock();
        loop {
            if progress.failed {
                return Err(StoreError::Poisoned);
            }
            if progress.synced >= target {
                return Ok(());
            }
            if !progress.running {
                break;
            }
            progress = self.changed.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
        progress.running = true;
        drop(progress);
        let outcome = sync_appended(appender, medium);
        let mut progress = self.lock();
        progress.running = false;
        self.changed.notify_all();
        match outcome {
            Ok(synced) => {
                progress.synced = synced;
                Ok(())
            }
            Err(error) => {
                progress.failed = true;
                drop(progress);
                lock(appender).poison();
                Err(error)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sync_appended(appender: &Mutex<Appender>, medium: &dyn Medium) -> Result<u64, StoreError> {
    let unsynced = lock(appender).take_unsynced()?;
    medium.sync(&unsynced.file).map_err(StoreError::Sync)?;
    if let Some(directory) = &unsynced.directory {
        File::open(directory).and_then(|folder| folder.sync_all()).map_err(StoreError::Sync)?;
    }
    Ok(unsynced.appended)
}

/// The appender's fields are consistent between its calls, so a panic elsewhere does not spoil it.
pub(crate) fn lock(appender: &Mutex<Appender>) -> MutexGuard<'_, Appender> {
    appender.lock().unwrap_or_else(PoisonError::into_inner)
}
