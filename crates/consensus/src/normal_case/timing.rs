//! Whether a fresh proposal's time can be right: it is judged for the moment of its arrival, by the clock as it is now.
//!
//! Judged so, waiting makes no proposal too old; and when a wrong clock is set right, what it refused, or let this replica
//! propose, is judged as the right clock would have judged it.

use carechain_types::limits::CLOCK_SKEW_MAX;
use carechain_types::{Header, Moment, Span, Time};

use crate::arrival::Arrival;
use crate::limits::CLOCK_AHEAD_HELD_MAX;
use crate::member_clocks::ClockOffset;
use crate::output::{Outputs, Suspicion};
use crate::state::{Leading, Mode, Replica};

/// What a proposal's time lets a backup do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Timing {
    /// It can be accepted from here on, by the steady clock.
    Due(Time),
    /// It cannot: its time is this far from the own clock.
    Off(ClockOffset),
}

/// Judges a proposal for its place on `parent`.
///
/// Block times only rise. Where the parent's is ahead of all clocks, as after wrong clocks were set right, the smallest
/// step above it is the only time that a correct primary can give: that is accepted, and nothing beyond it.
pub(super) fn judge(header: &Header, parent: &Header, arrival: Arrival, now: Moment) -> Timing {
    let (offset, arrived) = (arrival.offset_of(header.time, now), arrival.latest);
    match offset {
        _ if offset.is_allowed() => Timing::Due(arrived),
        ClockOffset::Ahead(_) if header.time == parent.time.after(Span::from_micros(1)) => {
            Timing::Due(arrived)
        }
        ClockOffset::Ahead(ahead) if ahead <= AHEAD_MAX => {
            let early = Span::from_micros(ahead.as_micros().saturating_sub(CLOCK_SKEW_MAX.as_micros()));
            Timing::Due(arrived.after(early))
        }
        ClockOffset::Ahead(_) | ClockOffset::Behind(_) => Timing::Off(offset),
    }
}

impl Replica {
    /// By both clocks.
    pub(crate) const fn moment(&self) -> Moment {
        Moment { steady: self.now, wall: self.wall }
    }

    /// When the next block's proposal, which is here, can be accepted; `None` if it can be now, or not at all.
    pub(crate) fn held_proposal_due(&self) -> Option<Time> {
        let tip = self.tip()?;
        let held = self.held.get(self.primary(), self.view, tip.height.next())?;
        match judge(&held.signed.body.header, tip, held.arrival, self.moment()) {
            Timing::Due(due) if due > self.now => Some(due),
            Timing::Due(_) | Timing::Off(_) => None,
        }
    }

    /// A primary whose clock was set right knows when what it proposed before is refused by everybody: it leaves the view
    /// at once instead of letting them wait for it.
    pub(crate) fn withdraw_misdated(&mut self, outputs: &mut Outputs) {
        if self.mode != Mode::Active || self.leading != Leading::Yes {
            return;
        }
        let next = self.committed.height().next();
        let (Some(signed), Some(slot)) = (self.proposed.get(&next), self.slots.get(&next)) else { return };
        let timing =
            judge(&signed.body.header, self.committed.header(), Arrival::at(slot.accepted), self.moment());
        if matches!(timing, Timing::Off(_)) && !self.prepared.contains_key(&next) {
            self.start_view_change(self.view.next(), Suspicion::Abdicated, outputs);
        }
    }
}

/// How far ahead a proposal's time may be for it to be worth waiting for.
const AHEAD_MAX: Span = Span::from_micros(CLOCK_SKEW_MAX.as_micros() + CLOCK_AHEAD_HELD_MAX.as_micros());

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
