//! How much a scrub reads in a round, so that everything stored is read once in a period and the disk hardly notices.

use std::time::Duration;

/// Bytes that are due, carried from round to round: a small store owes less than a chunk in most rounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScrubPace {
    period: Duration,
    bytes_per_second_max: u64,
    /// Below zero after a step that read more than was due: a chunk is read whole.
    due_bytes: i64,
    /// What a division left over, in bytes times microseconds.
    remainder: u128,
}

impl ScrubPace {
    pub(super) const fn new(period: Duration, bytes_per_second_max: u64) -> Self {
        Self { period, bytes_per_second_max, due_bytes: 0, remainder: 0 }
    }

    /// Bytes to read now, after so much time, of a store of so many bytes.
    pub(super) fn due(&mut self, stored_bytes: u64, passed: Duration) -> u64 {
        let period = self.period.as_micros().max(1);
        let owed = u128::from(stored_bytes) * passed.as_micros() + self.remainder;
        self.remainder = owed % period;
        let owed = u64::try_from(owed / period).unwrap_or(u64::MAX);
        // What could not be read in time is not made up for in one go.
        let round_max = u128::from(self.bytes_per_second_max) * passed.as_micros() / 1_000_000;
        let round_max = u64::try_from(round_max).unwrap_or(u64::MAX);
        self.due_bytes = self.due_bytes.saturating_add(signed(owed.min(round_max)));
        u64::try_from(self.due_bytes).unwrap_or(0)
    }

    /// So many bytes were read.
    pub(super) fn read(&mut self, bytes: u64) {
        self.due_bytes = self.due_bytes.saturating_sub(signed(bytes));
    }
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
