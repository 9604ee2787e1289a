//! What others can make an engine do in one turn, or in one second, is bounded in bytes, too.

use carechain_crypto::Digest;
use carechain_types::{BoundedVec, Span};

use super::consortium::{Consortium, START, member};
use crate::limits::{FORWARDED_BYTES_MAX, LOOK_UP_BYTES};
use crate::mempool::submission_bytes;
use crate::output::Output;
use crate::wire::PeerMessage;

/// The block is read whole before it is known that nothing in it was asked for.
#[test]
fn a_question_for_bodies_that_no_block_holds_costs_what_was_read() {
    let mut consortium = Consortium::new();
    let block_id = consortium.grow_without_member_1(1).block_id;
    let leaves = BoundedVec::new(vec![Digest::ZERO]).unwrap();
    assert_eq!(consortium.engine(member(2)).answered.spent(member(1)), 0);
    let question = PeerMessage::FetchBodies { block_id, leaves };
    let outputs = consortium.tell(member(2), START, member(1), question).unwrap();
    let answered = outputs
        .iter()
        .any(|output| matches!(output, Output::Send { message: PeerMessage::Bodies { .. }, .. }));
    assert!(!answered, "{outputs:?}");
    assert!(consortium.engine(member(2)).answered.spent(member(1)) > 100);
}

/// Nothing is hashed or compared for a member on credit.
#[test]
fn a_question_for_bodies_costs_its_length_whatever_is_found() {
    let mut consortium = Consortium::new();
    let leaves: Vec<_> = (0..100).map(|index| Digest::new([index; 32])).collect();
    let question = PeerMessage::FetchBodies {
        block_id: carechain_crypto::BlockId::ZERO,
        leaves: BoundedVec::new(leaves).unwrap(),
    };
    consortium.tell(member(2), START, member(1), question).unwrap();
    assert_eq!(consortium.engine(member(2)).answered.spent(member(1)), 100 * LOOK_UP_BYTES);
}

#[test]
fn overdue_transactions_are_passed_on_in_looks_of_bounded_bytes() {
    let mut consortium = Consortium::new();
    consortium.turn(member(1), START, Vec::new()).unwrap();
    for salt in 0..8 {
        let submission = consortium.long_registration(salt, START);
        let message = PeerMessage::Transaction(Box::new((**submission).clone()));
        consortium.tell(member(1), START, member(2), message).unwrap();
    }
    let (mut looks, mut passed_on, mut now) = (0, 0, START.after(Span::from_millis(250)));
    while passed_on < 8 && looks < 4 {
        let outputs = consortium.turn(member(1), now, Vec::new()).unwrap();
        let sizes: Vec<_> = outputs
            .iter()
            .filter_map(|output| match output {
                Output::Send { to, message: PeerMessage::Transaction(submission) } if *to == member(0) => {
                    Some(submission_bytes(submission))
                }
                _ => None,
            })
            .collect();
        assert!(sizes.iter().sum::<usize>() <= FORWARDED_BYTES_MAX, "{sizes:?}");
        passed_on += sizes.len();
        looks += 1;
        now = now.after(Span::from_millis(100));
    }
    assert_eq!((passed_on, looks), (8, 2), "eight megabytes in two looks");
}
