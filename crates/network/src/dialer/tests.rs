#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use libp2p::PeerId;

use super::Dialer;
use crate::Identity;
use crate::limits::{REDIAL_PAUSE_MAX, REDIAL_PAUSE_MIN};

fn peer() -> PeerId {
    Identity::from_seed(&[1; 32]).peer_id()
}

fn dialer(seed: u64, now: Instant) -> Dialer {
    let mut dialer = Dialer::new(seed);
    dialer.set_peers([peer()].into_iter(), now);
    dialer
}

/// Fails `count` dials and gives the pauses between them.
fn pauses(dialer: &mut Dialer, count: usize, mut now: Instant) -> Vec<Duration> {
    (0..count)
        .map(|_| {
            assert_eq!(dialer.take_due(now), [peer()]);
            dialer.failed(peer(), now);
            let due = dialer.next_due().unwrap();
            let pause = due - now;
            now = due;
            pause
        })
        .collect()
}

#[test]
fn new_peer_is_dialled_at_once_and_only_once() {
    let now = Instant::now();
    let mut dialer = dialer(1, now);
    assert_eq!(dialer.take_due(now), [peer()]);
    assert_eq!(dialer.take_due(now), []);
    assert_eq!(dialer.next_due(), None);
}

#[test]
fn pauses_double_up_to_the_cap_within_the_jitter() {
    let now = Instant::now();
    let mut expected = REDIAL_PAUSE_MIN;
    for pause in pauses(&mut dialer(2, now), 12, now) {
        assert!(pause >= expected / 2 && pause <= expected * 3 / 2, "{pause:?} for {expected:?}");
        expected = (expected * 2).min(REDIAL_PAUSE_MAX);
    }
}

#[test]
fn same_seed_gives_same_pauses_and_another_seed_others() {
    let now = Instant::now();
    let first = pauses(&mut dialer(3, now), 8, now);
    assert_eq!(first, pauses(&mut dialer(3, now), 8, now));
    assert_ne!(first, pauses(&mut dialer(4, now), 8, now));
}

#[test]
fn success_makes_the_next_pause_short_and_refusal_long() {
    let now = Instant::now();
    let mut dialer = dialer(5, now);
    let late = now + Duration::from_secs(600);
    pauses(&mut dialer, 8, now);
    dialer.succeeded(peer());
    assert!(pauses(&mut dialer, 1, late)[0] <= REDIAL_PAUSE_MIN * 3 / 2);
    dialer.refused(peer());
    assert!(pauses(&mut dialer, 1, late + Duration::from_secs(600))[0] >= REDIAL_PAUSE_MAX / 2);
}

#[test]
fn removed_peer_is_not_dialled() {
    let now = Instant::now();
    let mut dialer = dialer(6, now);
    dialer.set_peers(core::iter::empty(), now);
    dialer.failed(peer(), now);
    assert_eq!(dialer.take_due(now + Duration::from_secs(60)), []);
}
