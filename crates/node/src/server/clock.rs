//! The node's clock: UTC microseconds that never go back and never stand still.
//!
//! It follows the system's clock. When that is set back, as after it was wrong, this one goes on at half speed until the
//! system's has caught up: timers and time-outs run on, slower, and nothing ever sees the same moment twice.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use carechain_types::Time;

/// Clones share the reading.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock(Arc<Mutex<Reading>>);

impl Clock {
    /// Now.
    #[must_use]
    pub(super) fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let wall = u64::try_from(since.as_micros()).unwrap_or(u64::MAX);
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Time::from_micros(reading.advance(wall, Instant::now()))
    }
}

/// What was shown last.
#[derive(Clone, Copy, Debug, Default)]
struct Reading {
    /// Microseconds since the Unix epoch.
    shown: u64,
    /// When that was, by the clock that nobody sets.
    at: Option<Instant>,
}

impl Reading {
    fn advance(&mut self, wall: u64, now: Instant) -> u64 {
        let passed = self.at.map_or(0, |at| now.saturating_duration_since(at).as_micros());
        let slewed = self.shown.saturating_add(u64::try_from(passed / 2).unwrap_or(u64::MAX));
        let shown = wall.max(slewed);
        // Half microseconds are not lost to callers that ask often.
        if shown > self.shown || self.at.is_none() {
            *self = Self { shown, at: Some(now) };
        }
        self.shown
    }
}

#[cfg(test)]
mod tests;
