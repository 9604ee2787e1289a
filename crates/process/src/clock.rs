//! The node's two clocks: the system's, which may be wrong and set at any time, and one that only runs.
//!
//! Whatever waits or expires by itself goes by the steady one: a system clock set ahead fires no timer, and one set back
//! freezes none. Whatever is written for others, or read from them, goes by the system's clock, as it is now: only so does
//! everything go on at once when a wrong clock is set right.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use carechain_types::{Moment, Span, Time};

/// Copies share the start that the steady clock counts from.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
    /// What the system's clock showed then, so that a due time that was saved means nearly the same in the next run.
    wall_at_start: Time,
}

impl Clock {
    /// Starts the steady clock.
    #[must_use]
    pub fn start() -> Self {
        Self { started: Instant::now(), wall_at_start: system_time() }
    }

    /// Now, by both clocks.
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment { steady: self.steady(), wall: self.wall() }
    }

    /// UTC, by the system's clock.
    #[must_use]
    pub fn wall(&self) -> Time {
        system_time()
    }

    /// By the clock that nobody sets.
    #[must_use]
    pub fn steady(&self) -> Time {
        let passed = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.wall_at_start.after(Span::from_micros(passed))
    }
}

/// One before 1970 reads as 1970.
fn system_time() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_micros(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}
