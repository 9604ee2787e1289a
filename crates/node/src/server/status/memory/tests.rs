//! Since when, and for how long.

use carechain_consensus::{Phase, Status};
use carechain_schema::{FindingCode, HeadLine, Timestamp};
use carechain_types::{Height, Moment, ReplicaId, Span, Time, View};

use super::Memory;
use crate::server::status::findings::Finding;
use crate::server::status::view::{EngineView, timestamp};

fn at(seconds: u64) -> Time {
    Time::from_micros(seconds * 1_000_000)
}

fn finding(code: FindingCode) -> Finding {
    Finding { code, sentence: "so".to_owned(), advice: "do".to_owned() }
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
