//! How long a peer may let itself be waited for: a while at first, and longer with every byte that it sends or takes.

use core::time::Duration;

use crate::limits::BYTES_PER_SECOND_MIN;

/// What is left of the waiting. A peer that keeps to the least rate is waited for as long as its bytes last; one that
/// stands still, or is as slow as can be, is not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    left: Duration,
    max: Duration,
}

impl Patience {
    /// For a peer that may stand still for so long.
    pub(crate) const fn new(max: Duration) -> Self {
        Self { left: max, max }
    }

    /// How long to wait from now on.
    pub(crate) const fn left(&self) -> Duration {
        self.left
    }

    /// Takes off what was waited. Time in which the peer was not waited for is not held against it.
    pub(crate) const fn waited(&mut self, time: Duration) {
        self.left = self.left.saturating_sub(time);
    }

    /// Adds the time that so many bytes may take.
    pub(crate) fn moved(&mut self, bytes: usize) {
        let micros = (bytes as u64).saturating_mul(1_000_000) / BYTES_PER_SECOND_MIN;
        self.left = self.left.saturating_add(Duration::from_micros(micros)).min(self.max);
    }
}

#[cfg(test)]
mod tests;
