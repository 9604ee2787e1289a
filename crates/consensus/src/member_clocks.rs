//! How far each member's clock is from this node's: measured by its HEADs, and refused where it is too far ahead.
//!
//! Two clocks differ and nobody here can say which is wrong. A measurement says how far; whoever sees those of all
//! members sees the one that stands apart, or that it is the own.

use core::fmt;
use std::collections::BTreeMap;

use carechain_types::limits::CLOCK_SKEW_MAX;
use carechain_types::{Head, ReplicaId, Span, Time};

/// How far one clock is from another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ClockOffset {
    /// It shows a later time.
    Ahead(Span),
    /// It shows an earlier time, or the same.
    Behind(Span),
}

impl ClockOffset {
    /// Of a clock that showed `shown` when the own one showed `own`.
    #[must_use]
    pub fn of(shown: Time, own: Time) -> Self {
        if shown > own { Self::Ahead(shown.since(own)) } else { Self::Behind(own.since(shown)) }
    }

    /// What a clock that is this far from `own` shows.
    #[must_use]
    pub const fn from(self, own: Time) -> Time {
        match self {
            Self::Ahead(span) => own.after(span),
            Self::Behind(span) => own.before(span),
        }
    }

    /// Whether both clocks may be right.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        let (Self::Ahead(span) | Self::Behind(span)) = self;
        span <= CLOCK_SKEW_MAX
    }
}

impl fmt::Display for ClockOffset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (span, side) = match self {
            Self::Ahead(span) => (span, "ahead"),
            Self::Behind(span) => (span, "behind"),
        };
        let millis = span.as_micros() / 1_000;
        write!(formatter, "{}.{:03} s {side}", millis / 1_000, millis % 1_000)
    }
}

/// What is known of one member's clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MemberClock {
    /// By its newest HEAD, or a later proposal of the future; the way here is counted in.
    pub offset: ClockOffset,
    /// HEADs and proposals that were refused for their time in this run.
    pub refused: u64,
    /// Whether that was said since its clock was last within bounds.
    told: bool,
}

/// The clocks of the other members.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemberClocks(BTreeMap<ReplicaId, MemberClock>);

impl MemberClocks {
    /// A member said something at this time by its clock.
    pub(crate) fn measure(&mut self, member: ReplicaId, offset: ClockOffset) {
        let clock = self.0.entry(member).or_insert(MemberClock { offset, refused: 0, told: false });
        clock.offset = offset;
        clock.told &= !offset.is_allowed();
    }

    /// What it said is refused for its time. Whether that is news: it is told once until its clock is right again.
    pub(crate) fn refuse(&mut self, member: ReplicaId, offset: ClockOffset) -> bool {
        // A proposal that is too old may have been long on its way: that says nothing about a clock.
        if matches!(offset, ClockOffset::Ahead(_)) {
            self.measure(member, offset);
        }
        let clock = self.0.entry(member).or_insert(MemberClock { offset, refused: 0, told: false });
        clock.refused = clock.refused.saturating_add(1);
        !core::mem::replace(&mut clock.told, true)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (ReplicaId, MemberClock)> {
        self.0.iter().map(|(member, clock)| (*member, *clock))
    }
}

/// Whether a HEAD was signed by a clock too far ahead of the own, or the own was set back since.
pub(crate) fn is_of_the_future(head: &Head, wall: Time) -> bool {
    head.time > wall.after(CLOCK_SKEW_MAX)
}

/// Whether a HEAD takes the place of one that is held: the later one, unless the held one is of the future. That one says
/// what its signer could not know, and would keep out all that is true until its time has come.
pub(crate) fn supersedes(head: &Head, held: &Head, wall: Time) -> bool {
    held.time < head.time || is_of_the_future(held, wall)
}
