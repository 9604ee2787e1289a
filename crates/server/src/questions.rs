//! Questions to the engine's thread, answered between two turns for a bounded time.
//!
//! A question reads the ledger where the votes are made, so callers must not be able to hold the votes up: their queue
//! is theirs alone, and whatever waits in it, the next turn comes after as long as the one before took, within bounds,
//! and at most one step more. So questions get half of the thread when they want it, and never all. A question that reads
//! much is asked in steps, each as short as a vote may wait; between two of them others are answered and turns are taken.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

/// Something to be asked of an engine: called again and again until it is done.
pub(super) type Question<E> = Box<dyn FnMut(&mut E) -> Step + Send>;

/// Whether a question was answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// It was, or nobody waits for the answer any more.
    Done,
    /// It has more to read.
    More,
}

/// Questions that wait; one more is told that the engine is busy.
pub(super) const WAITING_MAX: usize = 4_096;
/// Questions between two of their steps; while there are so many, no other is begun.
const UNFINISHED_MAX: usize = 64;
/// Least time for questions between two turns: a vote is delayed by no more than a few syncs take.
const TIME_MIN: Duration = Duration::from_millis(1);
/// Most time for questions between two turns: what the execution of a full block takes.
const TIME_MAX: Duration = Duration::from_millis(20);

/// How long to answer after a turn that took so long.
pub(super) fn time_after(turn: Duration) -> Duration {
    turn.clamp(TIME_MIN, TIME_MAX)
}

/// The questions to one engine.
pub(super) struct Questions<E> {
    waiting: Receiver<Question<E>>,
    unfinished: VecDeque<Question<E>>,
}

impl<E> Questions<E> {
    /// Those that come through a channel.
    pub(super) const fn new(waiting: Receiver<Question<E>>) -> Self {
        Self { waiting, unfinished: VecDeque::new() }
    }

    /// Where the next question to be begun comes from; from nowhere while too many are unfinished.
    pub(super) fn source(&self) -> Receiver<Question<E>> {
        if self.unfinished.len() < UNFINISHED_MAX { self.waiting.clone() } else { crossbeam_channel::never() }
    }

    /// Whether a question waits for its next step.
    pub(super) fn has_unfinished(&self) -> bool {
        !self.unfinished.is_empty()
    }

    /// Takes a step of one question, then of others until the time is over: one that is begun, one that waits, in turn,
    /// so that neither kind can keep the other from its answers.
    pub(super) fn answer(&mut self, engine: &mut E, first: Option<Question<E>>, time: Duration) {
        let until = Instant::now() + time;
        let mut begin_next = first.is_none();
        let mut next = first;
        while let Some(mut question) = next.take().or_else(|| self.next(begin_next)) {
            if question(engine) == Step::More {
                self.unfinished.push_back(question);
            }
            begin_next = !begin_next;
            if Instant::now() >= until {
                return;
            }
        }
    }

    fn next(&mut self, begin: bool) -> Option<Question<E>> {
        if begin && let Ok(question) = self.source().try_recv() {
            return Some(question);
        }
        self.unfinished.pop_front().or_else(|| self.source().try_recv().ok())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
