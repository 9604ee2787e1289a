//! When each other member was last heard, and what its newest HEAD said: by arrival, on this node's clocks.
//!
//! A link that stands says only that no end was seen yet: a frozen process, or a cut that swallows packets, keeps it open
//! for minutes. And a node that stood still itself, because its process or its machine was stopped, must not judge others by
//! what waited for it meanwhile: it heard nobody, and what it reads first is old.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use carechain_consensus::VerifiedMessage;
use carechain_engine::VerifiedPeerMessage;
use carechain_types::{Head, Moment, ReplicaId, Span, Time};

/// Of all members. Cheap to clone; clones share what was heard.
#[derive(Clone, Debug)]
pub(super) struct Heard(Arc<Mutex<Hearing>>);

#[derive(Debug)]
struct Hearing {
    awake: Awake,
    /// When this node was last seen to run.
    beat: Moment,
    voices: Vec<Voice>,
}

/// Since when this node has run without a gap, by the steady clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Awake {
    /// Since its start.
    Started(Time),
    /// Since it went on after it had stood still.
    WentOn(Time),
}

/// Of one member.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Voice {
    /// When the newest message of consensus came, by the steady clock.
    pub last: Option<Time>,
    /// The newest HEAD to come, and when, by the system's clock.
    pub head: Option<(Head, Time)>,
    /// How far the clock was ahead of the own one by the newest HEAD and by the one before, microseconds.
    offsets: [Option<i64>; 2],
}

/// Between two beats; whoever cares for them calls [`Heard::beat`] as often.
pub(super) const BEAT: Span = Span::from_millis(250);
/// A node that did not run for so long stood still: a busy machine delays a beat by less.
const STOOD_STILL_MIN: Span = Span::SECOND;
/// A clock that moved by more against the steady one was set.
const SET_MIN: Span = Span::from_millis(500);
/// What waited for a node that stood still is read within so long after it went on.
const BACKLOG_MAX: Span = Span::from_millis(500);

impl Awake {
    /// When it began.
    pub(super) const fn since(self) -> Time {
        match self {
            Self::Started(since) | Self::WentOn(since) => since,
        }
    }
}

impl Voice {
    /// How far the member's clock is ahead of the own one, microseconds, as two HEADs in a row agree: one that was on its
    /// way for long looks as if it came from a clock that is behind.
    #[must_use]
    pub(super) fn clock_offset(&self) -> Option<i64> {
        self.offsets.into_iter().flatten().min_by_key(|offset| offset.unsigned_abs())
    }

    fn note(&mut self, head: Head, now: Moment) {
        self.head = Some((head, now.wall));
    }

    fn measure(&mut self, head: Head, now: Moment) {
        self.offsets = [Some(clock_offset(head.time, now.wall)), self.offsets[0]];
    }
}

impl Hearing {
    /// Notes that this node runs.
    fn beat(&mut self, now: Moment) {
        if now.steady.since(self.beat.steady) > STOOD_STILL_MIN {
            self.awake = Awake::WentOn(now.steady);
        }
        if was_set(self.beat, now) {
            // Whatever was measured against the clock before is void.
            self.voices.iter_mut().for_each(|voice| voice.offsets = [None; 2]);
        }
        // Messages are noted some time after they came.
        if now.steady > self.beat.steady {
            self.beat = now;
        }
    }

    /// Whether what comes now may have waited while this node stood still.
    fn is_backlog(&self, now: Time) -> bool {
        matches!(self.awake, Awake::WentOn(since) if now <= since.after(BACKLOG_MAX))
    }
}

impl Heard {
    /// Nobody of so many members was heard yet.
    #[must_use]
    pub(super) fn new(members: usize, now: Moment) -> Self {
        let voices = vec![Voice::default(); members];
        Self(Arc::new(Mutex::new(Hearing { awake: Awake::Started(now.steady), beat: now, voices })))
    }

    /// Notes that this node runs.
    pub(super) fn beat(&self, now: Moment) {
        self.lock().beat(now);
    }

    /// Notes that a member said something that verifies.
    pub(super) fn note(&self, from: ReplicaId, message: &VerifiedPeerMessage, now: Moment) {
        let VerifiedPeerMessage::Consensus(message) = message else { return };
        let head = match message {
            VerifiedMessage::Head(head) if head.member == from => Some(head.body),
            _ => None,
        };
        self.note_heard(from, head, now);
    }

    fn note_heard(&self, from: ReplicaId, head: Option<Head>, now: Moment) {
        let mut hearing = self.lock();
        hearing.beat(now);
        let backlog = hearing.is_backlog(now.steady);
        let Some(voice) = hearing.voices.get_mut(usize::from(from.get())) else { return };
        voice.last = Some(now.steady);
        let Some(head) = head else { return };
        voice.note(head, now);
        if !backlog {
            voice.measure(head, now);
        }
    }

    /// What was heard of every member, ascending, and since when this node listens.
    #[must_use]
    pub(super) fn voices(&self, now: Moment) -> (Vec<Voice>, Awake) {
        let mut hearing = self.lock();
        hearing.beat(now);
        (hearing.voices.clone(), hearing.awake)
    }

    fn lock(&self) -> MutexGuard<'_, Hearing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the system's clock was set between two moments.
fn was_set(before: Moment, after: Moment) -> bool {
    let ahead = |moment: Moment| clock_offset(moment.wall, moment.steady);
    ahead(before).abs_diff(ahead(after)) > SET_MIN.as_micros()
}

/// How far a clock that showed `shown` is ahead of the own one, which showed `own`, microseconds.
fn clock_offset(shown: Time, own: Time) -> i64 {
    let span =
        |later: Time, earlier: Time| i64::try_from(later.since(earlier).as_micros()).unwrap_or(i64::MAX);
    if shown > own { span(shown, own) } else { -span(own, shown) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
