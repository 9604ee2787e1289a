//! Questions to the engine's thread, answered between two turns for a bounded time.
//!
//! A question reads the ledger where the votes are made, so callers must not be able to hold the votes up: their queue
//! is theirs alone, and whatever waits in it, the next turn comes after [`TIME_PER_TURN`] and at most one question more.

use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

/// Something to be asked of an engine.
pub(super) type Question<E> = Box<dyn FnOnce(&mut E) + Send>;

/// Questions that wait; one more is told that the engine is busy.
pub(super) const WAITING_MAX: usize = 4_096;
/// Time for questions between two turns: a vote is not delayed by more than a sync takes.
pub(super) const TIME_PER_TURN: Duration = Duration::from_millis(1);

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
