//! Waiting for slow peers.

use core::time::Duration;

use super::Patience;
use crate::limits::BYTES_PER_SECOND_MIN;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn peer_at_the_least_rate_is_waited_for_as_long_as_its_bytes_last() {
    let mut patience = Patience::new(SECOND * 10);
    for _ in 0..1_000 {
        patience.waited(SECOND);
        patience.moved(usize::try_from(BYTES_PER_SECOND_MIN).unwrap_or(usize::MAX));
    }
    assert_eq!(patience.left(), SECOND * 10);
}

#[test]
fn peer_of_one_byte_a_second_is_not_waited_for_much_longer_than_one_that_stands_still() {
    let mut patience = Patience::new(SECOND * 10);
    let seconds = (0..).take_while(|_| {
        patience.waited(SECOND);
        patience.moved(1);
        patience.left() > SECOND
    });
    assert!(seconds.count() < 11);
}
