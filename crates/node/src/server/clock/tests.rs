//! A system clock that is set back.

use std::time::{Duration, Instant};

use super::Reading;

#[test]
fn clock_that_is_set_back_goes_on_at_half_speed_until_it_is_right_again() {
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    let second = 1_000_000;
    let mut reading = Reading::default();
    assert_eq!(reading.advance(1_000 * second, at(0)), 1_000 * second);
    assert_eq!(reading.advance(1_010 * second, at(1)), 1_010 * second);
    // Set back by ten seconds.
    assert_eq!(reading.advance(1_002 * second, at(3)), 1_011 * second);
    assert_eq!(reading.advance(1_010 * second, at(11)), 1_015 * second);
    assert_eq!(reading.advance(1_022 * second, at(23)), 1_022 * second);
    assert_eq!(reading.advance(1_023 * second, at(24)), 1_023 * second);
}

#[test]
fn clock_asked_often_does_not_stand_still() {
    let start = Instant::now();
    let mut reading = Reading::default();
    reading.advance(5_000_000, start);
    let mut shown = 0;
    for micros in 1..=1_000 {
        shown = reading.advance(0, start + Duration::from_micros(micros));
    }
    assert_eq!(shown, 5_000_500);
}
