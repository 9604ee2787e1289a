//! A flood of questions leaves turns in between.

use std::time::{Duration, Instant};

use super::{Question, answer};

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
        };
        sender.send(Box::new(slow)).unwrap();
    }
    let mut answered = 0;
    answer(&mut answered, None, &waiting, Duration::from_millis(1));
    assert_eq!((answered, waiting.len()), (1, 4));
}

#[test]
fn quick_questions_are_answered_in_one_round_in_their_order() {
    let (sender, waiting) = crossbeam_channel::unbounded::<Question<Vec<u32>>>();
    for number in 1..5 {
        sender.send(Box::new(move |answered: &mut Vec<u32>| answered.push(number))).unwrap();
    }
    let mut answered = Vec::new();
    let first: Question<Vec<u32>> = Box::new(|answered| answered.push(0));
    answer(&mut answered, Some(first), &waiting, Duration::from_secs(3_600));
    assert_eq!(answered, [0, 1, 2, 3, 4]);
}
