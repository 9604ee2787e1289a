//! Tests of the pace, with counted bytes on a clock of their own.

use std::time::Duration;

use super::ScrubPace;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MONTH: Duration = DAY.saturating_mul(30);
const CHUNK: u64 = 1 << 20;

/// Bytes that whole chunks read in rounds of a second over so many rounds, of a store of so many bytes.
fn bytes_read(stored_bytes: u64, rounds: u32, round: Duration) -> u64 {
    let mut pace = ScrubPace::new(MONTH, 8 << 20);
    let mut all = 0;
    for _ in 0..rounds {
        let due = pace.due(stored_bytes, round);
        // As the store reads: whole chunks, at least what is due.
        let read = due.div_ceil(CHUNK) * CHUNK;
        assert!(read <= (8 * round.as_secs() + 1) * CHUNK, "{read} bytes in one round");
        pace.read(read);
        all += read;
    }
    all
}

#[test]
fn everything_stored_is_read_once_a_month_and_not_more() {
    let month_of_minutes = 30 * 24 * 60;
    for stored_bytes in [CHUNK, 50 * CHUNK, 1 << 30, 1 << 40, 10 << 40] {
        let read = bytes_read(stored_bytes, month_of_minutes, Duration::from_secs(60));
        let off = stored_bytes.abs_diff(read);
        assert!(off <= CHUNK, "{read} of {stored_bytes} bytes");
    }
}

#[test]
fn store_that_is_too_large_for_a_month_is_read_at_the_highest_rate() {
    let read = bytes_read(100 << 40, 24 * 60, Duration::from_secs(60));
    assert_eq!(read, 24 * 60 * 60 * (8 * CHUNK));
}

#[test]
fn store_of_a_few_bytes_is_read_in_time_although_each_round_owes_a_fraction() {
    let mut pace = ScrubPace::new(MONTH, 8 << 20);
    let due = (0..30 * 24 * 60).map(|_| pace.due(1_000, Duration::from_secs(60))).last();
    assert_eq!(due, Some(1_000));
}
