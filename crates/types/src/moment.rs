//! One moment by both clocks of a machine: the one that timers run on, and the one that says what time it is.

use crate::time::Time;

/// One moment by both clocks of a machine.
///
/// The clock on the wall may be wrong, and whoever sets it right moves it at once, ahead or back. Whatever waits must not
/// wait by it: a timer would fire for nothing, or not for as long as the clock was wrong.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Moment {
    /// By a clock that nobody sets, which only runs: for what waits. Two of one process can be compared, nothing else.
    pub steady: Time,
    /// UTC, as this machine has it: for what others read or have written.
    pub wall: Time,
}

impl Moment {
    /// Both clocks show the same.
    #[must_use]
    pub const fn in_step(time: Time) -> Self {
        Self { steady: time, wall: time }
    }
}
