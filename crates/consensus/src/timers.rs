//! Timers: when to do something although nothing happened.
//!
//! Deadlines are computed from the state, never stored, so that none can be left running or forgotten.

use carechain_types::{Span, Time, View};

use crate::arrival::Arrival;
use crate::limits::BACKOFF_DOUBLINGS_MAX;
use crate::message::Message;
use crate::output::{Output, Outputs, Suspicion};
use crate::state::{Mode, Replica};

/// What a deadline is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Timer {
    /// When to suspect the primary: something should commit and does not.
    Suspicion,
    /// When to hand the view over for a member that was left behind.
    HandOver,
    /// When to suspect the primary of passing over a transaction.
    PassedOver,
    /// When to give up on a NEW-VIEW that q members wait for.
    NewView,
    /// When to send the latest messages again, while a block or a view change is open.
    Resend,
    /// When to say where this replica stands.
    Head,
    /// When a held proposal's time has come near enough.
    HeldProposal,
    /// When to ask another member for what is missing.
    Fetch,
    /// When to ask the engine again to catch up.
    CatchUp,
}

const TIMERS: [Timer; 9] = [
    Timer::Suspicion,
    Timer::HandOver,
    Timer::PassedOver,
    Timer::NewView,
    Timer::Resend,
    Timer::Head,
    Timer::HeldProposal,
    Timer::Fetch,
    Timer::CatchUp,
];

impl Replica {
    /// When the next [`crate::Input::Tick`] is due, if nothing else happens.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Time> {
        TIMERS.into_iter().filter_map(|timer| self.deadline(timer)).min()
    }

    /// Does what is due.
    pub(crate) fn run_timers(&mut self, outputs: &mut Outputs) {
        for timer in TIMERS {
            if self.deadline(timer).is_some_and(|deadline| deadline <= self.now) {
                self.fire(timer, outputs);
            }
        }
    }

    fn fire(&mut self, timer: Timer, outputs: &mut Outputs) {
        let next = self.view.next();
        match timer {
            Timer::Suspicion => self.start_view_change(next, Suspicion::NothingCommits, outputs),
            Timer::HandOver => self.start_view_change(next, Suspicion::LeftBehind, outputs),
            Timer::PassedOver => self.start_view_change(next, Suspicion::PassedOver, outputs),
            Timer::NewView => self.start_view_change(next, Suspicion::NoNewView, outputs),
            Timer::Resend => self.resend(outputs),
            Timer::Head => self.broadcast_head(outputs),
            Timer::HeldProposal | Timer::Fetch | Timer::CatchUp => self.dirty = true,
        }
    }

    fn deadline(&self, timer: Timer) -> Option<Time> {
        if self.mode == Mode::Stopped {
            return None;
        }
        let timeouts = &self.config.timeouts;
        match timer {
            Timer::Suspicion => {
                self.watches_primary().then_some(())?;
                Some(self.fully_awake(self.watched_since()?.after(self.patience(timeouts.suspicion))))
            }
            Timer::HandOver => self.leaves_behind().then(|| self.clock.moved.after(timeouts.hand_over)),
            Timer::PassedOver => {
                self.watches_primary().then_some(())?;
                let pending =
                    self.pending.filter(|pending| pending.passed_over >= timeouts.passed_over_max)?;
                Some(self.fully_awake(pending.since.after(self.patience(timeouts.suspicion))))
            }
            Timer::NewView => {
                let waits = self.mode == Mode::Waiting && self.takes_part();
                let since = self.clock.quorum_waits.filter(|_| waits)?;
                Some(self.fully_awake(since.after(self.patience(timeouts.new_view))))
            }
            Timer::Resend => self.is_open().then(|| self.clock.resent.after(timeouts.resend)),
            Timer::Head => Some(self.clock.headed.after(timeouts.head)),
            Timer::HeldProposal => self.held_proposal_due(),
            Timer::Fetch => self.asked.values().map(|asked| asked.at.after(timeouts.resend)).min(),
            Timer::CatchUp => self.catching_up.map(|(_, at)| at.after(timeouts.resend.times(5))),
        }
    }

    /// A backup that is not itself behind watches its primary.
    fn watches_primary(&self) -> bool {
        let backup = self.mode == Mode::Active && !self.config.leads(self.view);
        backup && self.takes_part() && self.certified.is_empty()
    }

    /// Since when nothing commits although something should.
    pub(crate) fn watched_since(&self) -> Option<Time> {
        let pending = self.pending.map(|pending| pending.since);
        let busy = self.open_since().into_iter().chain(pending).min()?;
        Some(busy.max(self.clock.progress))
    }

    /// A step far behind the deadline that should have woken it: the process was frozen, or its clock was set ahead. The
    /// time it slept says nothing about anybody else, and what they said meanwhile is still on its way in.
    pub(crate) fn notice_oversleep(&mut self, now: Time) {
        let tolerance = self.config.timeouts.suspicion.half();
        if now <= self.now.after(tolerance) {
            return;
        }
        let due = self.next_wakeup().unwrap_or(self.now).max(self.now);
        if now <= due.after(tolerance) {
            return;
        }
        let slept = now.since(due);
        if let Some(since) = self.watched_since() {
            self.clock.progress = since.after(slept).min(now);
        }
        self.clock.quorum_waits = self.clock.quorum_waits.map(|since| since.after(slept).min(now));
        self.clock.awake = now;
        // A process that only begins was not asleep: nothing waited for it.
        self.clock.fell_asleep = if self.now == Time::ZERO { now } else { self.now };
    }

    /// When a message arrived that carries this stamp. A stamp ahead of the step that takes it counts as that step.
    pub(crate) fn arrival(&self, stamp: Time) -> Arrival {
        let latest = stamp.min(self.now);
        let reading_up = self.clock.awake.after(self.config.timeouts.suspicion.half());
        let waited_outside = latest >= self.clock.awake && latest < reading_up;
        let earliest = if waited_outside { self.clock.fell_asleep.min(latest) } else { latest };
        Arrival { earliest, latest }
    }

    /// A deadline, but not before a process that was asleep has had time to read what waits for it.
    fn fully_awake(&self, deadline: Time) -> Time {
        deadline.max(self.clock.awake.after(self.config.timeouts.suspicion.half()))
    }

    /// Since when a block above the committed height is accepted.
    fn open_since(&self) -> Option<Time> {
        let committed = self.committed.height();
        self.slots.iter().filter(|(height, _)| **height > committed).map(|(_, slot)| slot.accepted).min()
    }

    fn is_open(&self) -> bool {
        self.mode == Mode::Waiting || self.open_since().is_some() || self.has_open_votes()
    }

    /// How long to wait in this view: doubled for each view without a commit, up to the cap; a quarter for a primary
    /// that failed recently.
    fn patience(&self, base: Span) -> Span {
        let fruitless = self.view.get().saturating_sub(self.progress_view.get()).saturating_sub(1);
        let doublings = u32::try_from(fruitless).unwrap_or(u32::MAX).min(BACKOFF_DOUBLINGS_MAX);
        let patience = base.times(1 << doublings).min(self.config.timeouts.patience_max);
        let life = self.config.timeouts.failed_primary_life;
        if self.failed.contains(self.primary(), self.now, life) { patience.half().half() } else { patience }
    }

    /// Starts the NEW-VIEW timer when q members, this one included, claim the view or a later one.
    pub(crate) fn watch_claims(&mut self) {
        let quorum = self.config.membership.quorum().size();
        let waits = self.mode == Mode::Waiting && self.claims_of(self.view) >= quorum;
        if !waits {
            self.clock.quorum_waits = None;
        } else if self.clock.quorum_waits.is_none() {
            self.clock.quorum_waits = Some(self.now);
        }
    }

    fn resend(&mut self, outputs: &mut Outputs) {
        self.clock.resent = self.now;
        outputs.extend(self.latest_messages().into_iter().map(Output::Broadcast));
    }

    /// The latest messages of the current view: what a member that missed everything else needs.
    pub(crate) fn latest_messages(&self) -> Vec<Message> {
        match self.mode {
            Mode::Active => self.open_votes(),
            Mode::Waiting => {
                let own = self.view_changes.get(&self.config.own);
                own.map(|signed| Message::ViewChange(signed.clone())).into_iter().collect()
            }
            Mode::Stopped => Vec::new(),
        }
    }

    /// The view that a HEAD or VIEW-CHANGE of this replica names.
    #[must_use]
    pub const fn view(&self) -> View {
        self.view
    }
}
