//! Group commit: one sync covers everything appended before it, whoever waits.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::appender::Appender;
use super::medium::Medium;
use super::unsynced::Mark;
use crate::error::StoreError;

/// Lets many callers share one sync. That a sync failed, and why, is for the appender alone to know.
#[derive(Default)]
pub(crate) struct GroupCommit {
    progress: Mutex<Progress>,
    changed: Condvar,
}

#[derive(Default)]
struct Progress {
    /// How many appends are durable.
    synced: Mark,
    running: bool,
}

impl GroupCommit {
    /// Returns after everything up to `target` is durable. Who appended takes the mark before letting the appender go: one
    /// taken later could be of a pack begun since, after a failed sync that took the appended record with it.
    pub(crate) fn sync(
        &self,
        appender: &Mutex<Appender>,
        medium: &dyn Medium,
        target: Mark,
    ) -> Result<(), StoreError> {
        let mut progress = self.lock();
        loop {
            if progress.synced.covers(target) {
                return Ok(());
            }
            if !progress.running {
                break;
            }
            progress = self.changed.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
        progress.running = true;
        drop(progress);
        let outcome = sync_appended(appender, medium, target);
        let mut progress = self.lock();
        progress.running = false;
        // After an error each of those who wait asks the appender itself, which refuses with the cause.
        self.changed.notify_all();
        progress.synced = outcome?;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sync_appended(appender: &Mutex<Appender>, medium: &dyn Medium, target: Mark) -> Result<Mark, StoreError> {
    let unsynced = lock(appender).take_unsynced(target)?;
    let outcome = unsynced.sync(medium);
    lock(appender).settle(&unsynced, outcome)
}

/// The appender's fields are consistent between its calls, so a panic elsewhere does not spoil it.
pub(crate) fn lock(appender: &Mutex<Appender>) -> MutexGuard<'_, Appender> {
    appender.lock().unwrap_or_else(PoisonError::into_inner)
}
