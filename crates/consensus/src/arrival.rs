//! When a message arrived, as far as this process can know it, and what a time inside it says of its sender's clock.
//!
//! A turn may take a message long after it arrived: a slow sync holds up the thread. So messages carry the time at which
//! they entered the process. A process that was frozen as a whole stamps late what waited outside meanwhile; that may have
//! arrived at any moment since the process last did something.

use carechain_types::{Moment, Time};

use crate::member_clocks::ClockOffset;

/// A span of the steady clock in which a message arrived.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Arrival {
    /// Never later than `latest`.
    pub(crate) earliest: Time,
    pub(crate) latest: Time,
}

impl Arrival {
    /// A moment that is known exactly.
    pub(crate) const fn at(time: Time) -> Self {
        Self { earliest: time, latest: time }
    }

    /// How far the clock that showed `shown` was from the own one when the message arrived, the own one being read as it
    /// stands now. Where the moment of arrival is not known, the one that excuses the sender counts.
    pub(crate) fn offset_of(self, shown: Time, now: Moment) -> ClockOffset {
        let wall_at = |steady: Time| now.wall.before(now.steady.since(steady));
        match ClockOffset::of(shown, wall_at(self.latest)) {
            ClockOffset::Behind(_) => ClockOffset::Behind(wall_at(self.earliest).since(shown)),
            ahead @ ClockOffset::Ahead(_) => ahead,
        }
    }
}
