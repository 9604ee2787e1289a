//! Who was heard, whose clock is off, and what a node that stood still makes of what waited for it.

use carechain_crypto::BlockId;
use carechain_types::{Epoch, Head, Height, Moment, ReplicaId, Span, Time, View};

use super::{Awake, BEAT, Heard};

const MEMBER: ReplicaId = ReplicaId::new(1);

fn at(millis: u64) -> Time {
    Time::from_micros(1_000_000).after(Span::from_millis(millis))
}

fn head(time: Time) -> Head {
    Head {
        epoch: Epoch::ZERO,
        member: MEMBER,
        view: View::ZERO,
        height: Height::ZERO,
        block_id: BlockId::new([0; 32]),
        voted: Height::ZERO,
        time,
    }
}

/// A head of that time comes at another.
fn comes(heard: &Heard, shown: Time, arrived: Time) {
    heard.note_heard(MEMBER, Some(head(shown)), Moment::in_step(arrived));
}

/// This node runs until then.
fn runs(heard: &Heard, from: u64, until: u64) {
    let step = usize::try_from(BEAT.as_micros() / 1_000).unwrap();
    (from..until).step_by(step).for_each(|now| heard.beat(Moment::in_step(at(now))));
}

fn offset(heard: &Heard, now: u64) -> Option<i64> {
    heard.voices(Moment::in_step(at(now))).0[1].clock_offset()
}

#[test]
fn a_head_that_was_long_on_its_way_is_no_wrong_clock_and_two_in_a_row_are() {
    let heard = Heard::new(2, Moment::in_step(at(0)));
    comes(&heard, at(0), at(0));
    runs(&heard, 0, 9_000);
    comes(&heard, at(1_000), at(9_000));
    assert_eq!(offset(&heard, 9_000), Some(0));
    runs(&heard, 9_000, 10_000);
    comes(&heard, at(2_000), at(10_000));
    assert_eq!(offset(&heard, 10_000), Some(-8_000_000));
    runs(&heard, 10_000, 11_000);
    comes(&heard, at(11_000), at(11_000));
    assert_eq!(offset(&heard, 11_000), Some(0), "one that is right again is so at once");
}

#[test]
fn what_waited_while_this_node_stood_still_says_nothing_of_clocks() {
    let heard = Heard::new(2, Moment::in_step(at(0)));
    comes(&heard, at(0), at(0));
    runs(&heard, 0, 500);
    // Sixteen seconds later it reads what was sent meanwhile.
    for sent in 1..16 {
        comes(&heard, at(sent * 1_000), at(16_500));
    }
    assert_eq!(offset(&heard, 16_500), Some(0));
    let (voices, awake) = heard.voices(Moment::in_step(at(16_500)));
    assert_eq!(awake, Awake::WentOn(at(16_500)));
    assert_eq!(voices[1].last, Some(at(16_500)), "it was heard all the same");
    runs(&heard, 16_500, 17_500);
    comes(&heard, at(12_500), at(17_500));
    comes(&heard, at(13_500), at(18_400));
    assert_eq!(offset(&heard, 18_400), Some(-4_900_000), "what comes afterwards does");
}

#[test]
fn a_node_that_runs_is_awake_since_its_start_whoever_is_heard() {
    let heard = Heard::new(2, Moment::in_step(at(0)));
    runs(&heard, 0, 60_000);
    assert_eq!(heard.voices(Moment::in_step(at(60_000))).1, Awake::Started(at(0)));
    assert_eq!(
        heard.voices(Moment::in_step(at(61_500))).1,
        Awake::WentOn(at(61_500)),
        "a look sees the gap too"
    );
}

#[test]
fn what_was_measured_against_a_clock_is_void_once_it_was_set() {
    let heard = Heard::new(2, Moment::in_step(at(0)));
    let wrong = |millis| Moment { steady: at(millis), wall: at(millis).after(Span::MINUTE) };
    for now in [0, 1_000, 2_000] {
        heard.note_heard(MEMBER, Some(head(at(now))), wrong(now));
    }
    assert_eq!(heard.voices(wrong(2_100)).0[1].clock_offset(), Some(-60_000_000));
    assert_eq!(offset(&heard, 2_300), None, "the clock was set right");
    comes(&heard, at(3_000), at(3_000));
    assert_eq!(offset(&heard, 3_000), Some(0));
}
