//! Questions to the engine's thread, answered between two turns for a bounded time.
//!
//! A question reads the ledger where the votes are made, so callers must not be able to hold the votes up: their queue
//! is theirs alone, and whatever waits in it, the next turn comes after as long as the one before took, within bounds,
//! and at most one question more. So questions get half of the thread when they want it, and never all.

use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

/// Something to be asked of an engine.
pub(super) type Question<E> = Box<dyn FnOnce(&mut E) + Send>;

/// Questions that wait; one more is told that the engine is busy.
pub(super) const WAITING_MAX: usize = 4_096;
/// Least time for questions between two turns: a vote is delayed by no more than a few syncs take.
const TIME_MIN: Duration = Duration::from_millis(1);
/// Most time for questions between two turns: what the execution of a full block takes.
const TIME_MAX: Duration = Duration::from_millis(20);

/// How long to answer after a turn that took so long.
pub(super) fn time_after(turn: Duration) -> Duration {
    turn.clamp(TIME_MIN, TIME_MAX)
}

/// Answers one question, then others that wait until the time is over.
pub(super) fn answer<E>(
    engine: &mut E,
    first: Option<Question<E>>,
    waiting: &Receiver<Question<E>>,
    time: Duration,
) {
    let until = Instant::now() + time;
    for question in first.into_iter().chain(waiting.try_iter()) {
        question(engine);
        if Instant::now() >= until {
            return;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
