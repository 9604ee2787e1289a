//! Clocks that are wrong for a while and set right: three of four members are up, so one wrong clock stops the chain, and
//! it must go on within a second of the correction.

use carechain_consensus::{ClockOffset, Message};
use carechain_types::{ReplicaId, Span, Time};

use super::consortium::{Consortium, START, member};
use crate::input::{Input, Ticket};
use crate::output::Output;
use crate::wire::PeerMessage;

const RIGHT: ClockOffset = ClockOffset::Behind(Span::ZERO);

/// Says how many commits followed at once.
fn submit(consortium: &mut Consortium, to: ReplicaId, salt: u8, now: Time) -> usize {
    let submission = consortium.registration(salt, now);
    let said = consortium.turn(to, now, vec![Input::Submit { ticket: Ticket::new(salt.into()), submission }]);
    let said = said.unwrap().into_iter().map(|output| (to, output)).collect();
    consortium.talk(now, said).len()
}

/// After `wrong` for so long, with a transaction waiting all the time, all commit within a second of the correction.
#[track_caller]
fn check(clocks: [ClockOffset; 3], wrong: Span) {
    let mut consortium = Consortium::new();
    consortium.clocks = clocks;
    consortium.live(START, Span::from_millis(100));
    submit(&mut consortium, member(2), 1, START.after(Span::from_millis(100)));
    let set = START.after(wrong);
    let before = consortium.live(START.after(Span::from_millis(100)), set.since(START));
    let set = set.after(Span::from_millis(100));
    consortium.clocks = [RIGHT; 3];
    // A second one, in case the first was committed by clocks that are wrong alike.
    let at_once = submit(&mut consortium, member(1), 2, set);
    let after = consortium.live(set, Span::SECOND);
    let heights: Vec<_> =
        (0..3).map(|index| consortium.engine(member(index)).ledger().head().height.get()).collect();
    assert!(heights.iter().all(|height| *height >= 1), "{heights:?}, {before:?}, {after:?}");
    assert!(at_once + after.len() > 0, "nothing in the second after the correction: {heights:?}");
    let waiting = |index| consortium.engine(member(index)).waiting_transactions().0;
    assert_eq!((0..3).map(waiting).collect::<Vec<_>>(), [0, 0, 0], "{before:?}, {after:?}");
}

#[test]
fn chain_goes_on_within_a_second_of_the_correction_of_a_clock() {
    for seconds in [3, 40] {
        let off = [ClockOffset::Ahead(Span::SECOND.times(40)), ClockOffset::Behind(Span::SECOND.times(40))];
        for wrong in off {
            for index in 0..3 {
                let mut clocks = [RIGHT; 3];
                clocks[index] = wrong;
                check(clocks, Span::SECOND.times(seconds));
            }
        }
    }
}

#[test]
fn chain_goes_on_within_a_second_when_all_clocks_were_wrong_alike() {
    for wrong in [ClockOffset::Ahead(Span::MINUTE), ClockOffset::Behind(Span::MINUTE)] {
        check([wrong; 3], Span::SECOND.times(3));
    }
}

/// A proof made in the second after the correction rests on no HEAD of the wrong clock.
#[test]
fn heads_of_a_clock_that_was_wrong_are_in_no_proof() {
    let mut consortium = Consortium::new();
    consortium.clocks = [ClockOffset::Ahead(Span::MINUTE); 3];
    consortium.live(START, Span::SECOND.times(2));
    consortium.clocks = [RIGHT; 3];
    let mut now = START.after(Span::SECOND.times(2));
    for _ in 0..150 {
        consortium.live(now, Span::from_millis(10));
        now = now.after(Span::from_millis(10));
        let proof = consortium.engine(member(1)).prove_head().unwrap();
        let heads = proof.heads.iter().flatten();
        assert!(heads.clone().all(|signed| signed.head.time <= now.after(Span::SECOND)), "{heads:?}");
    }
    let proof = consortium.engine(member(1)).prove_head().unwrap();
    assert!(proof.heads.is_some());
}

/// A sync of 2.5 s holds up a backup's thread while the proposal waits in its queue: it votes for it all the same.
#[test]
fn proposal_that_waited_for_a_busy_thread_is_voted_for() {
    let mut consortium = Consortium::new();
    for index in 0..3 {
        consortium.turn(member(index), START, Vec::new()).unwrap();
    }
    let submission = consortium.registration(1, START);
    let said = consortium.turn(member(0), START, vec![Input::Submit { ticket: Ticket::new(1), submission }]);
    let mut waiting = Vec::new();
    for output in said.unwrap() {
        if let Output::Broadcast(message) = output {
            waiting.push(consortium.arrived(member(0), START, message));
        }
    }
    // Its steps go on: what holds it up is no sleep of the process.
    let late = START.after(Span::from_millis(2_500));
    consortium.lose_patience(member(1), START);
    consortium.lose_patience(member(1), START.after(Span::SECOND));
    let said = consortium.turn(member(1), late, waiting).unwrap();
    let voted = said
        .iter()
        .any(|output| matches!(output, Output::Broadcast(PeerMessage::Consensus(Message::Prepare(_)))));
    assert!(voted, "{said:?}");
}
