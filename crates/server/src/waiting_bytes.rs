//! How many bytes may wait between two threads: whoever adds too much waits.

use std::sync::{Condvar, Mutex, PoisonError};

/// Bytes that wait, and their bound.
#[derive(Debug)]
pub(super) struct WaitingBytes {
    bytes: Mutex<usize>,
    fewer: Condvar,
    bytes_max: usize,
}

impl WaitingBytes {
    /// Nothing waits yet.
    pub(super) const fn new(bytes_max: usize) -> Self {
        Self { bytes: Mutex::new(0), fewer: Condvar::new(), bytes_max }
    }

    /// Adds `bytes` once there is room; alone, any number has.
    pub(super) fn add(&self, bytes: usize) {
        let waiting = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |waiting: &mut usize| *waiting > 0 && waiting.saturating_add(bytes) > self.bytes_max;
        let mut waiting = self.fewer.wait_while(waiting, full).unwrap_or_else(PoisonError::into_inner);
        *waiting += bytes;
    }

    /// They wait no more.
    pub(super) fn remove(&self, bytes: usize) {
        *self.bytes.lock().unwrap_or_else(PoisonError::into_inner) -= bytes;
        self.fewer.notify_all();
    }
}

#[cfg(test)]
mod tests;
