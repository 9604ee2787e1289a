//! Simulated time: what happens next, and when.

use std::collections::BTreeMap;

use carechain_types::{Span, Time};

/// The clock of a world with everything that is due. Events due at the same time come in the order they were planned.
#[derive(Debug)]
pub(crate) struct Clock<E> {
    now: Time,
    planned: u64,
    events: BTreeMap<(Time, u64), E>,
}

impl<E> Clock<E> {
    /// At `start`, with nothing planned.
    pub(crate) const fn new(start: Time) -> Self {
        Self { now: start, planned: 0, events: BTreeMap::new() }
    }

    /// The present.
    pub(crate) const fn now(&self) -> Time {
        self.now
    }

    /// How many events were ever planned.
    pub(crate) const fn planned(&self) -> u64 {
        self.planned
    }

    /// Plans an event; one in the past is due now.
    pub(crate) fn plan(&mut self, at: Time, event: E) {
        self.events.insert((at.max(self.now), self.planned), event);
        self.planned += 1;
    }

    /// Plans an event some time from now.
    pub(crate) fn plan_after(&mut self, span: Span, event: E) {
        self.plan(self.now.after(span), event);
    }

    /// Goes on to the next event.
    pub(crate) fn advance(&mut self) -> Option<E> {
        let ((at, _), event) = self.events.pop_first()?;
        self.now = at;
        Some(event)
    }
}
