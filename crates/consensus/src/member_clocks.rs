//! How far a member's clock is from this node's: what it says is refused where that is too far, and said once.
//!
//! Two clocks differ and nobody here can say which is wrong. Whoever sees the offsets of all members sees the one that
//! stands apart, or that it is the own.

use core::fmt;
use std::collections::BTreeSet;

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

/// Of whose clock it was said that it is off, and not been within bounds since. How far each is off now is for those to
/// measure who show it to people; here it only decides whether a refusal is news.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemberClocks(BTreeSet<ReplicaId>);

impl MemberClocks {
    /// A member's clock was measured: once it is within bounds, the next refusal is news again.
    pub(crate) fn measure(&mut self, member: ReplicaId, offset: ClockOffset) {
        if offset.is_allowed() {
            self.0.remove(&member);
        }
    }

    /// What a member said is refused for its time. Whether that is news.
    pub(crate) fn refuse(&mut self, member: ReplicaId) -> bool {
        self.0.insert(member)
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
