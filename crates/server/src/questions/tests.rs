//! A flood of questions leaves turns in between, and long ones leave room to each other.

use std::time::{Duration, Instant};

use super::{Question, Questions, Step, UNFINISHED_MAX};

const LONG: Duration = Duration::from_secs(3_600);

#[test]
fn slow_question_ends_the_round_and_the_rest_waits() {
    let (sender, waiting) = crossbeam_channel::unbounded::<Question<u32>>();
    for _ in 0..5 {
        let slow = |answered: &mut u32| {
            let until = Instant::now() + Duration::from_millis(2);
            while Instant::now() < until {
                std::hint::spin_loop();
            }
            *answered += 1;
            Step::Done
        };
        sender.send(Box::new(slow)).unwrap();
    }
    let mut answered = 0;
    Questions::new(waiting.clone()).answer(&mut answered, None, Duration::from_millis(1));
    assert_eq!((answered, waiting.len()), (1, 4));
}

#[test]
fn quick_questions_are_answered_in_one_round_in_their_order() {
    let (sender, waiting) = crossbeam_channel::unbounded::<Question<Vec<u32>>>();
    for number in 1..5 {
        sender.send(number_once(number)).unwrap();
    }
    let mut answered = Vec::new();
    Questions::new(waiting).answer(&mut answered, Some(number_once(0)), LONG);
    assert_eq!(answered, [0, 1, 2, 3, 4]);
}

#[test]
fn steps_of_a_long_question_alternate_with_questions_that_wait() {
    let (sender, waiting) = crossbeam_channel::unbounded::<Question<Vec<u32>>>();
    let mut left = 3;
    let long = move |answered: &mut Vec<u32>| {
        answered.push(100);
        left -= 1;
        if left == 0 { Step::Done } else { Step::More }
    };
    for number in 1..4 {
        sender.send(number_once(number)).unwrap();
    }
    let mut questions = Questions::new(waiting);
    let mut answered = Vec::new();
    questions.answer(&mut answered, Some(Box::new(long)), LONG);
    assert_eq!(answered, [100, 1, 100, 2, 100, 3]);
    assert!(!questions.has_unfinished());
}

#[test]
fn round_without_time_takes_one_step_and_no_question_is_begun_beyond_the_bound() {
    let (sender, waiting) = crossbeam_channel::unbounded::<Question<u32>>();
    for _ in 0..=UNFINISHED_MAX {
        sender.send(Box::new(|_| Step::More)).unwrap();
    }
    let mut questions = Questions::new(waiting.clone());
    for begun in 1..=UNFINISHED_MAX {
        let first = questions.source().try_recv().ok();
        questions.answer(&mut 0, first, Duration::ZERO);
        assert_eq!(waiting.len(), UNFINISHED_MAX + 1 - begun);
    }
    assert!(questions.source().try_recv().is_err(), "the last one waits until another is done");
    questions.answer(&mut 0, None, Duration::ZERO);
    assert_eq!((waiting.len(), questions.unfinished.len()), (1, UNFINISHED_MAX));
}

fn number_once(number: u32) -> Question<Vec<u32>> {
    Box::new(move |answered| {
        answered.push(number);
        Step::Done
    })
}
