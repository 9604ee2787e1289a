//! Whole engines of one consortium, wired by hand.

mod blocks;
mod bounded_work;
mod catching_up;
mod clocks;
mod consortium;
mod journal_segments;
mod passing_over;
mod recovering;
mod stopping;
mod stored_parts;

use std::sync::Arc;

use carechain_consensus::Message;
use carechain_contract::{NotIncludable, StateFailure};
use carechain_crypto::StateRoot;
use carechain_ledger::{FaultPoint, Table};
use carechain_types::{BoundedVec, Moment, Phase, ReplicaId, Span};

use self::consortium::{Consortium, START, member};
use crate::candidates::Candidate;
use crate::error::Fatal;
use crate::input::Input;
use crate::mempool::Mempool;
use crate::output::{Answer, NotAdmitted, Output};
use crate::wire::PeerMessage;

/// A block that everybody prepared and nobody committed outlives the life of its transactions: a NEW-VIEW must choose it,
/// and only the journals have its bodies.
#[test]
fn bodies_of_a_prepared_block_are_served_after_a_restart_and_their_expiry() {
    let mut consortium = Consortium::new();
    let (block_id, leaves) = consortium.prepare_one(START);
    let late = START.after(Span::MINUTE.times(11));
    consortium.lose_patience(member(1), START);
    consortium.restart(member(1));
    consortium.turn(member(1), late, Vec::new()).unwrap();
    let question = PeerMessage::FetchBodies { block_id, leaves: leaves.clone() };
    let outputs = consortium.tell(member(1), late, member(2), question).unwrap();
    let served = outputs.iter().any(|output| {
        matches!(output, Output::Send { to, message: PeerMessage::Bodies { block_id: of, submissions } }
            if *to == member(2) && *of == block_id && submissions.len() == leaves.len())
    });
    assert!(served, "{outputs:?}");
}

/// The restarted primary leaves its view; the block is chosen again and executed from the journal, asking nobody.
#[test]
fn prepared_block_is_checked_from_the_journal_after_a_restart_and_its_expiry() {
    let mut consortium = Consortium::new();
    let (block_id, _) = consortium.prepare_one(START);
    let late = START.after(Span::MINUTE.times(11));
    let mut said = Vec::new();
    for index in 0..3 {
        consortium.lose_patience(member(index), START);
        consortium.restart(member(index));
    }
    for index in 0..3 {
        let outputs = consortium.turn(member(index), late, Vec::new()).unwrap();
        said.extend(outputs.into_iter().map(|output| (member(index), output)));
    }
    let committed = consortium.talk(late, said);
    assert!(committed.contains(&(member(2), block_id)), "{committed:?}");
}

#[test]
fn fetched_block_that_is_certified_with_another_state_stops_the_engine_with_both_roots() {
    let mut consortium = Consortium::new();
    let (mut header, submissions) = consortium.block_of(START, consortium.registration(1, START));
    let own = header.state_root;
    header.state_root = StateRoot::ZERO;
    let block = consortium.committed(header.clone(), submissions);
    let certificate = PeerMessage::Consensus(Message::Certificate(block.certificate.clone()));
    assert_eq!(block.certificate.phase, Phase::Commit);
    consortium.tell(member(1), START, member(2), certificate).unwrap();
    let ended = consortium.tell(member(1), START, member(2), PeerMessage::CommittedBlock(Box::new(block)));
    match ended {
        Err(Fatal::Diverged { own: found, certified, .. }) => {
            assert_eq!((found, certified), (own, header.state_root));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn own_clients_transaction_is_sent_to_all_again_until_it_is_in_a_block() {
    let mut consortium = Consortium::new();
    let mut now = START;
    let submission = consortium.registration(1, START);
    let submit = Input::Submit { ticket: crate::input::Ticket::new(1), submission };
    let mut broadcasts = 0;
    let mut inputs = vec![submit];
    for _ in 0..40 {
        let outputs = consortium.turn(member(0), now, core::mem::take(&mut inputs)).unwrap();
        let again = |output: &&Output| matches!(output, Output::Broadcast(PeerMessage::Transaction(_)));
        broadcasts += outputs.iter().filter(again).count();
        now = now.after(Span::from_millis(100));
    }
    assert_eq!(broadcasts, 3, "at once, after one more patience, after twice that; then the gaps double on");
}

#[test]
fn one_members_questions_are_bounded_in_each_second() {
    let mut consortium = Consortium::new();
    let (block_id, leaves) = consortium.prepare_one(START);
    let mut answered = 0;
    for _ in 0..2 * crate::limits::QUESTIONS_PER_SECOND_MAX {
        let question = PeerMessage::FetchBodies { block_id, leaves: leaves.clone() };
        let outputs = consortium.tell(member(1), START, member(2), question).unwrap();
        answered += u32::from(
            outputs
                .iter()
                .any(|output| matches!(output, Output::Send { message: PeerMessage::Bodies { .. }, .. })),
        );
    }
    assert_eq!(answered, crate::limits::QUESTIONS_PER_SECOND_MAX);
}

/// Its last seconds are no reason to suspect a primary whose clock is a little ahead.
#[test]
fn transaction_about_to_expire_arms_no_timer() {
    for (life, suspects) in [(Span::SECOND.times(4), false), (Span::SECOND.times(20), true)] {
        let mut consortium = Consortium::new();
        let submission = consortium.registration(1, START);
        let expiry = submission.transaction.body.expiry_time;
        let mut now = expiry.before(life);
        let message = PeerMessage::Transaction(Box::new((**submission).clone()));
        consortium.tell(member(1), now, ReplicaId::new(3), message).unwrap();
        let mut suspected = false;
        for _ in 0..30 {
            now = now.after(Span::from_millis(100));
            let outputs = consortium.turn(member(1), now, Vec::new()).unwrap();
            suspected |= outputs.iter().any(|output| matches!(output, Output::Suspected { .. }));
        }
        assert_eq!(suspected, suspects, "{life:?}");
    }
}

#[test]
fn client_whose_transaction_no_block_can_hold_any_more_is_told() {
    let mut consortium = Consortium::new();
    let submission = consortium.registration(1, START);
    let id = submission.transaction.body.id(&consortium.chain_id());
    let submit = Input::Submit { ticket: crate::input::Ticket::new(7), submission };
    // A backup keeps it waiting.
    consortium.turn(member(1), START, vec![submit]).unwrap();
    let mut answers = Vec::new();
    let body = &consortium.registration(1, START).transaction.body.clone();
    let reason = NotIncludable::NotEnrolled { sender: body.sender, key: body.sender_key };
    let engine = consortium.engine(member(1));
    let mut outbox = crate::outbox::Outbox::default();
    engine.drop_unfit(&id, reason, &mut outbox);
    let durable = engine.journal.durable(crate::journal::RestsOn::Votes).unwrap();
    outbox.release(&durable, &mut |output| answers.push(output));
    let told = matches!(&answers[..], [Output::Answer { answer: Answer::NotAdmitted(why), .. }]
        if *why == NotAdmitted::NotIncludable(reason));
    assert!(told, "{answers:?}");
}

/// A disk error is no verdict: taken for "seen", it would refuse a good transaction, and taken for "unseen" fork the node.
#[test]
fn a_seen_set_that_cannot_be_read_stops_the_engine_and_answers_nothing() {
    let mut consortium = Consortium::new();
    let submission = consortium.registration(1, START);
    consortium.restart_on_faulty_disk(member(0), FaultPoint::Reads(Table::Seen));
    let submit = Input::Submit { ticket: crate::input::Ticket::new(1), submission: submission.clone() };
    let message = PeerMessage::Transaction(Box::new((**submission).clone()));
    let mut outputs = Vec::new();
    let submitted = consortium
        .engine(member(0))
        .turn(Moment::in_step(START), vec![submit], &mut |output| outputs.push(output));
    let ended = [submitted, consortium.tell(member(0), START, member(1), message).map(drop)];
    for ended in ended {
        let fatal = ended.unwrap_err();
        assert!(matches!(fatal, Fatal::Contract(StateFailure::SeenUnreadable { .. })), "{fatal}");
        assert!(fatal.to_string().contains("cannot read table seen-1: planned fault"), "{fatal}");
    }
    assert!(outputs.is_empty(), "{outputs:?}");
}

/// The block's certificate holds an own COMMIT: whoever saw the block while that vote is lost could see another one, too.
#[test]
fn nothing_leaves_a_turn_whose_sync_fails() {
    let mut consortium = Consortium::new();
    let submission = consortium.registration(1, START);
    let outputs = consortium.commit_with_failing_sync(START, submission);
    assert!(outputs.is_empty(), "{outputs:?}");
}

/// Consensus refuses such a proposal; a block that came by another way is complete all the same, and so is judged.
#[test]
fn block_that_holds_a_transaction_twice_is_complete_with_one_body() {
    let mut consortium = Consortium::new();
    let submission = consortium.registration(1, START);
    let leaf = submission.transaction.leaf(&consortium.chain_id()).digest();
    let (header, _) = consortium.block_of(START, submission.clone());
    let leaves = Arc::new(BoundedVec::new(vec![leaf, leaf]).unwrap());
    let mempool = Mempool::new(consortium.chain_id());
    let mut candidate = Candidate::new(header, leaves, Vec::new(), &mempool);
    assert_eq!(candidate.submissions(), None);
    candidate.supply(&leaf, &submission);
    assert_eq!(candidate.submissions().map(|bodies| bodies.len()), Some(2));
}
