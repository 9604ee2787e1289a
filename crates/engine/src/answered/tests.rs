use carechain_types::{ReplicaId, Span, Time};

use super::Answered;
use crate::limits::{ANSWER_BYTES_PER_SECOND_MAX, QUESTIONS_PER_SECOND_MAX};

const NOW: Time = Time::from_micros(1_000_000_000);

#[test]
fn bytes_for_one_member_are_bounded_in_each_second_and_cost_another_nothing() {
    let (greedy, other) = (ReplicaId::new(1), ReplicaId::new(2));
    let mut answered = Answered::default();
    assert!(answered.grants(greedy, NOW));
    answered.spend(greedy, ANSWER_BYTES_PER_SECOND_MAX - 1);
    assert!(answered.grants(greedy, NOW), "one byte is left");
    answered.spend(greedy, 1);
    assert!(!answered.grants(greedy, NOW));
    assert!(!answered.grants(greedy, NOW.after(Span::from_micros(999_999))));
    assert!(answered.grants(other, NOW));
    assert!(answered.grants(greedy, NOW.after(Span::SECOND)), "a second later it is answered again");
}

#[test]
fn questions_of_one_member_are_bounded_in_each_second() {
    let mut answered = Answered::default();
    let granted = (0..2 * QUESTIONS_PER_SECOND_MAX).filter(|_| answered.grants(ReplicaId::new(1), NOW));
    assert_eq!(granted.count(), QUESTIONS_PER_SECOND_MAX as usize);
    assert!(answered.grants(ReplicaId::new(1), NOW.after(Span::SECOND)));
}
