//! Since when, and for how long.

use carechain_consensus::{Phase, Status};
use carechain_schema::{FindingCode, HeadLine, Timestamp};
use carechain_types::{Height, Moment, ReplicaId, Span, Time, View};

use super::Memory;
use crate::status::findings::Finding;
use crate::status::view::{EngineView, timestamp};

fn at(seconds: u64) -> Time {
    Time::from_micros(seconds * 1_000_000)
}

fn finding(code: FindingCode) -> Finding {
    Finding { code, about: String::new(), age: None, sentence: "so".to_owned(), advice: "do".to_owned() }
}

fn view(height: u64, waiting: usize) -> EngineView {
    EngineView {
        head: HeadLine { height, block_id: String::new(), block_time: Timestamp::MAX },
        replica: Status {
            view: View::ZERO,
            primary: ReplicaId::new(0),
            committed: Height::new(height),
            phase: Phase::Idle,
        },
        waiting,
    }
}

fn since(memory: &mut Memory, code: FindingCode, now: u64) -> Option<Timestamp> {
    memory.note_findings(vec![finding(code)], Moment::in_step(at(now))).first().map(|line| line.since)
}

#[test]
fn a_finding_that_stays_keeps_its_time_and_one_that_comes_back_has_a_new_one() {
    let mut memory = Memory::default();
    assert_eq!(since(&mut memory, FindingCode::NoQuorum, 5), Some(timestamp(at(5))));
    assert_eq!(since(&mut memory, FindingCode::NoQuorum, 9), Some(timestamp(at(5))));
    assert_eq!(memory.note_findings(Vec::new(), Moment::in_step(at(10))), []);
    assert_eq!(since(&mut memory, FindingCode::NoQuorum, 11), Some(timestamp(at(11))));
}

/// Since when each of what is found is shown to be so.
fn shown(memory: &mut Memory, found: Vec<Finding>, now: Moment) -> Vec<Timestamp> {
    memory.note_findings(found, now).iter().map(|line| line.since).collect()
}

#[test]
fn what_is_found_of_two_hospitals_is_so_of_each_since_its_own_time() {
    let mut memory = Memory::default();
    let of =
        |hospital: &str| Finding { about: hospital.to_owned(), ..finding(FindingCode::CopiesBelowPolicy) };
    assert_eq!(shown(&mut memory, vec![of("B")], Moment::in_step(at(5))), [timestamp(at(5))]);
    let both = shown(&mut memory, vec![of("B"), of("C")], Moment::in_step(at(9)));
    assert_eq!(both, [timestamp(at(5)), timestamp(at(9))]);
    assert_eq!(shown(&mut memory, vec![of("C")], Moment::in_step(at(12))), [timestamp(at(9))]);
}

#[test]
fn what_a_look_dates_itself_is_so_since_then() {
    let mut memory = Memory::default();
    let since_ten = |age| Finding { age: Some(Span::SECOND.times(age)), ..finding(FindingCode::Stalled) };
    assert_eq!(shown(&mut memory, vec![since_ten(10)], Moment::in_step(at(20))), [timestamp(at(10))]);
    // A look later the same beginning, a few milliseconds apart, is the same.
    let later = Moment::in_step(at(22).before(Span::from_millis(3)));
    assert_eq!(shown(&mut memory, vec![since_ten(12)], later), [timestamp(at(10))]);
}

#[test]
fn a_time_taken_by_a_wrong_clock_is_corrected_with_the_clock() {
    let mut memory = Memory::default();
    let by = |steady, wall| Moment { steady: at(steady), wall: at(wall) };
    let found = || vec![finding(FindingCode::ClockOff)];
    assert_eq!(shown(&mut memory, found(), by(5, 605)), [timestamp(at(605))]);
    assert_eq!(shown(&mut memory, found(), by(9, 609)), [timestamp(at(605))]);
    assert_eq!(shown(&mut memory, found(), by(10, 10)), [timestamp(at(5))], "the clock was set right");
}

#[test]
fn what_may_pass_in_a_moment_is_told_only_when_it_stays() {
    let mut memory = Memory::default();
    assert_eq!(since(&mut memory, FindingCode::NotVoting, 5), None);
    assert_eq!(since(&mut memory, FindingCode::NotVoting, 9), Some(timestamp(at(5))));
}

#[test]
fn transactions_stand_as_long_as_they_wait_at_one_height() {
    let mut memory = Memory::default();
    let mut standing = |height, waiting, now| {
        memory.note_view(Some(view(height, waiting)), at(now), at(now));
        memory.standing(at(now))
    };
    assert_eq!(standing(7, 1, 10), Span::from_micros(0));
    assert_eq!(standing(7, 3, 14), Span::SECOND.times(4));
    assert_eq!(standing(8, 3, 15), Span::from_micros(0));
    assert_eq!(standing(8, 0, 19), Span::from_micros(0));
    assert_eq!(standing(8, 1, 30), Span::from_micros(0));
}

#[test]
fn an_engine_that_does_not_answer_is_silent_from_the_first_question_on() {
    let mut memory = Memory::default();
    memory.note_view(Some(view(7, 0)), at(1), at(1));
    assert_eq!(memory.note_view(None, at(2), at(3)).map(|view| view.head.height), Some(7));
    memory.note_view(None, at(4), at(5));
    assert_eq!(memory.silent(at(5)), Some(Span::SECOND.times(3)));
    memory.note_view(Some(view(8, 0)), at(6), at(6));
    assert_eq!(memory.silent(at(6)), None);
}
