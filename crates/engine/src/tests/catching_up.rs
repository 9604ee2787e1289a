//! What catching up costs, and where it stops.

use carechain_consensus::Message;
use carechain_crypto::BlockId;
use carechain_types::{Height, Span, Time};

use super::consortium::{Consortium, START, member};
use crate::error::Fatal;
use crate::limits::{FETCH_BLOCKS_MAX, FETCH_PATIENCE};
use crate::output::Output;
use crate::wire::PeerMessage;

/// Blocks that member 1 lacks.
const COUNT: u64 = 48;

/// Questions that would do if each were answered; one goes to member 3, which is down.
const QUESTIONS: u64 = COUNT / FETCH_BLOCKS_MAX + 1;

/// Questions for blocks, and blocks that were sent.
type Cost = (u64, u64);

/// Member 1 learns that it lacks [`COUNT`] blocks and fetches them; those whose number in the order of sending `is_lost`
/// names get lost. What it cost.
fn catch_up(is_lost: impl Fn(u64) -> bool) -> Cost {
    let mut consortium = Consortium::new();
    let certificate = consortium.grow_without_member_1(u8::try_from(COUNT).unwrap());
    let (mut asked, mut sent) = (0, 0);
    let mut now = START;
    let certificate = PeerMessage::Consensus(Message::Certificate(certificate));
    let mut said = consortium.tell(member(1), now, member(2), certificate).unwrap();
    while consortium.engine(member(1)).ledger().head().height < Height::new(COUNT) {
        assert!(
            asked < COUNT && now < START.after(FETCH_PATIENCE.times(COUNT)),
            "{asked} asked, {sent} sent"
        );
        let outputs = said.into_iter().map(|output| (member(1), output)).collect();
        consortium.talk_but(now, outputs, |message| match message {
            PeerMessage::FetchBlocks { .. } => {
                asked += 1;
                false
            }
            PeerMessage::CommittedBlock(_) => {
                sent += 1;
                is_lost(sent)
            }
            _ => false,
        });
        now = now.after(FETCH_PATIENCE);
        said = consortium.turn(member(1), now, Vec::new()).unwrap();
    }
    (asked, sent)
}

#[test]
fn each_block_is_asked_for_and_sent_once() {
    assert_eq!(catch_up(|_| false), (QUESTIONS, COUNT));
}

#[test]
fn a_lost_answer_costs_one_question_and_one_answer_more() {
    let cost = catch_up(|number| number <= FETCH_BLOCKS_MAX);
    assert_eq!(cost, (QUESTIONS + 1, COUNT + FETCH_BLOCKS_MAX));
}

#[test]
fn a_block_lost_on_the_way_is_asked_for_alone() {
    assert_eq!(catch_up(|number| number == 5), (QUESTIONS + 1, COUNT + 1));
}

/// A faulty member could keep another behind for good: by a block a moment before each question would go to the next.
#[test]
fn a_block_now_and_then_keeps_no_question_open() {
    let is_question =
        |output: &Output| matches!(output, Output::Send { message: PeerMessage::FetchBlocks { .. }, .. });
    let mut consortium = Consortium::new();
    let certificate = consortium.grow_without_member_1(20);
    let certificate = PeerMessage::Consensus(Message::Certificate(certificate));
    let said = consortium.tell(member(1), START, member(2), certificate).unwrap();
    assert!(said.iter().any(is_question));
    let question = PeerMessage::FetchBlocks { from: Height::new(1), until: Height::new(1) };
    let answer = consortium.tell(member(2), START, member(1), question).unwrap();
    let block = answer.into_iter().find_map(|output| match output {
        Output::Send { message: message @ PeerMessage::CommittedBlock(_), .. } => Some(message),
        _ => None,
    });
    let moment_before = START.after(FETCH_PATIENCE).before(Span::from_micros(1));
    let said = consortium.tell(member(1), moment_before, member(2), block.unwrap()).unwrap();
    assert_eq!(consortium.engine(member(1)).ledger().head().height, Height::new(1));
    assert!(!said.iter().any(is_question));
    let said = consortium.turn(member(1), START.after(FETCH_PATIENCE), Vec::new()).unwrap();
    assert!(said.iter().any(is_question));
}

/// A member that asks in a loop costs no more than one that waits for its answer.
#[test]
fn blocks_on_their_way_to_a_member_are_not_sent_to_it_again() {
    let mut consortium = Consortium::new();
    consortium.grow_without_member_1(20);
    let mut ask = |now: Time, until: u64| {
        let question = PeerMessage::FetchBlocks { from: Height::new(1), until: Height::new(until) };
        let outputs = consortium.tell(member(2), now, member(1), question).unwrap();
        let is_block =
            |output: &&Output| matches!(output, Output::Send { message: PeerMessage::CommittedBlock(_), .. });
        outputs.iter().filter(is_block).count()
    };
    assert_eq!([ask(START, 8), ask(START, 8), ask(START, 10), ask(START, 10)], [8, 0, 2, 0]);
    assert_eq!(ask(START.after(FETCH_PATIENCE), 8), 8, "the first answer may have been lost");
}

/// Two histories are certified, or this ledger is of another one: nobody can send what would fit.
#[test]
fn a_certified_block_on_a_foreign_parent_stops_the_engine_and_is_not_asked_for_again() {
    let mut consortium = Consortium::new();
    let (mut header, submissions) = consortium.block_of(START, consortium.registration(1, START));
    let own = header.parent;
    header.parent = BlockId::ZERO;
    let block = consortium.committed(header.clone(), submissions);
    let certificate = PeerMessage::Consensus(Message::Certificate(block.certificate.clone()));
    consortium.tell(member(1), START, member(2), certificate).unwrap();
    let block = PeerMessage::CommittedBlock(Box::new(block));
    let fatal = consortium.tell(member(1), START, member(2), block).unwrap_err();
    let Fatal::ForeignParent { height, block_id, parent, own_height, own_parent } = &fatal else {
        panic!("{fatal}")
    };
    assert_eq!((*height, *own_height), (Height::new(1), Height::ZERO));
    assert_eq!((*block_id, *parent, *own_parent), (header.id(), BlockId::ZERO, own));
    for id in [header.id(), BlockId::ZERO, own] {
        assert!(fatal.to_string().contains(&id.to_hex()), "{fatal}");
    }
}
