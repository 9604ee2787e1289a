//! Times of proposals, and clocks that are set right.

use carechain_types::{Span, Time};

use crate::cluster::genesis;
use crate::input::{Input, Verdict};
use crate::member_clocks::ClockOffset;
use crate::table::{AT_ONCE, START, Table, caught_up, checked, head_at, pre_prepare, prepare, step};

const ACTIVE_1: &str = "view 0 active, committed 1";
const RIGHT: ClockOffset = ClockOffset::Behind(Span::ZERO);

fn off(seconds: u64) -> Span {
    Span::SECOND.times(seconds)
}

#[test]
fn time_is_judged_for_the_moment_of_arrival() {
    let at = |micros: u64| {
        let mut table = Table::new(1, 1);
        let mut block = table.block("A", &genesis(), 0);
        block.header.time = Time::from_micros(micros);
        table.now = START;
        let outputs = table.take(pre_prepare(0, 0, &block));
        (table, outputs)
    };
    let start = START.as_micros();
    assert_eq!(at(start - 2_000_000).1, ["check ? Fresh"], "2 s behind is accepted");
    assert_eq!(at(start - 2_010_000).1, ["evidence 0 clock 2.010 s behind"], "more is not, and is told");
    assert_eq!(at(start + 2_000_000).1, ["check ? Fresh"], "2 s ahead is accepted");
    let (mut table, outputs) = at(start + 2_050_000);
    assert!(outputs.is_empty(), "slightly more is held");
    assert_eq!(table.wait(Span::from_millis(40)), Vec::<String>::new());
    assert_eq!(
        table.wait(Span::from_millis(20)),
        ["check ? Fresh"],
        "and accepted when its time has come near"
    );
    let (mut table, outputs) = at(start + 4_010_000);
    assert_eq!(outputs, ["evidence 0 clock 4.010 s ahead"], "far ahead is refused, and told once");
    assert!(table.wait(off(3)).is_empty(), "waiting makes it no better");
}

#[test]
fn time_does_not_go_back() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let mut b = table.block("B", &a.header, 0);
    b.header.time = a.header.time;
    table.run(vec![
        step("A comes from a peer", caught_up(&a, 0), &["journal committed A"], ACTIVE_1),
        step("B has A's time", pre_prepare(0, 0, &b), &["evidence 0 BadHeader"], ACTIVE_1),
    ]);
}

/// All clocks were a minute ahead while A was committed, and are right again.
#[test]
fn smallest_step_above_a_parent_of_the_future_is_accepted_and_nothing_beyond() {
    for (above, accepted) in [(1, true), (2, false), (Span::MINUTE.as_micros(), false)] {
        let mut table = Table::new(1, 1);
        let mut a = table.block("A", &genesis(), 0);
        a.header.time = START.after(Span::MINUTE);
        let mut b = table.block("B", &a.header, 0);
        b.header.time = a.header.time.after(Span::from_micros(above));
        let early = table.take(pre_prepare(0, 0, &b));
        assert!(early.is_empty(), "its parent is not here: {early:?}");
        let outputs = table.take(caught_up(&a, 0));
        assert_eq!(outputs.contains(&"check ? Fresh".to_owned()), accepted, "{above} above: {outputs:?}");
    }
}

#[test]
fn proposal_that_a_wrong_clock_refused_is_accepted_when_that_clock_is_set_right() {
    for wrong in [ClockOffset::Ahead(off(40)), ClockOffset::Behind(off(40))] {
        let mut table = Table::new(1, 1);
        table.clock = wrong;
        let a = table.block("A", &genesis(), 0);
        let refused = table.take(pre_prepare(0, 0, &a));
        assert!(matches!(&refused[..], [line] if line.starts_with("evidence 0 clock ")), "{refused:?}");
        assert!(table.wait(off(3)).is_empty(), "the primary is not suspected of anything");
        table.clock = RIGHT;
        assert_eq!(table.wait(Span::from_millis(10)), ["check A Fresh"]);
    }
}

#[test]
fn primary_whose_clock_is_set_right_leaves_the_view_of_its_misdated_proposal() {
    let mut table = Table::new(0, 1);
    let slot = table.replica.wants_proposal().unwrap();
    table.clock = ClockOffset::Ahead(off(40));
    let mut a = table.block("A", &slot.parent_header, 0);
    a.header.time = table.clock.from(table.now);
    let leaves = a.leaves.clone().into();
    table.take(Input::Proposal { view: slot.view, header: a.header.clone(), leaves });
    assert!(
        !table.wait(off(1)).iter().any(|line| line.starts_with("suspected")),
        "by its own clock all is well"
    );
    table.clock = RIGHT;
    let left = table.wait(Span::from_millis(10));
    assert!(left.contains(&"suspected Abdicated".to_owned()), "{left:?}");
}

#[test]
fn proposal_that_others_accepted_is_not_withdrawn() {
    let mut table = Table::new(0, 1);
    let slot = table.replica.wants_proposal().unwrap();
    table.clock = ClockOffset::Ahead(off(40));
    let mut a = table.block("A", &slot.parent_header, 0);
    a.header.time = table.clock.from(table.now);
    let leaves = a.leaves.clone().into();
    table.take(Input::Proposal { view: slot.view, header: a.header.clone(), leaves });
    table.take(checked(&a, Verdict::Valid));
    table.take(prepare(1, 0, &a));
    table.take(prepare(2, 0, &a));
    table.clock = RIGHT;
    assert!(!table.wait(off(1)).iter().any(|line| line.starts_with("suspected")));
}

/// A clock set back freezes nothing, one set ahead fires nothing: what waits, waits by the steady clock.
#[test]
fn timers_do_not_see_the_clock_on_the_wall() {
    for set in [ClockOffset::Behind(Span::HOUR), ClockOffset::Ahead(Span::HOUR)] {
        let mut table = Table::new(1, 1);
        let a = table.block("A", &genesis(), 0);
        table.take(pre_prepare(0, 0, &a));
        table.take(checked(&a, Verdict::Valid));
        table.clock = set;
        assert!(!table.wait(Span::from_millis(490)).iter().any(|line| line.starts_with("suspected")));
        assert!(table.wait(Span::from_millis(20)).contains(&"suspected NothingCommits".to_owned()));
    }
}

#[test]
fn head_of_the_future_is_refused_and_told_once_until_that_clock_is_right() {
    let mut table = Table::new(1, 1);
    let mut take = |ahead: u64| {
        let time = table.now.after(off(ahead));
        let outputs = table.take(head_at(2, 0, 0, time));
        (outputs, table.replica.heads().get(&carechain_types::ReplicaId::new(2)).map(|held| held.body.time))
    };
    assert_eq!(take(40), (vec!["evidence 2 clock 40.000 s ahead".to_owned()], None));
    assert_eq!(take(40), (Vec::new(), None));
    assert_eq!(take(0), (Vec::new(), Some(START)), "its clock was set right: at once it counts again");
    assert_eq!(take(3).0, ["evidence 2 clock 3.000 s ahead"]);
    assert_eq!(take(3).0, Vec::<String>::new());
}

/// The own clock was ahead and took in what it should not have; or all were.
#[test]
fn head_that_turns_out_to_be_of_the_future_makes_way_for_an_earlier_one() {
    let mut table = Table::new(1, 1);
    let member = carechain_types::ReplicaId::new(2);
    table.clock = ClockOffset::Ahead(Span::MINUTE);
    table.take(head_at(2, 0, 0, table.clock.from(START)));
    assert!(table.replica.heads().contains_key(&member));
    table.clock = RIGHT;
    table.take(head_at(2, 0, 0, START));
    assert_eq!(table.replica.heads()[&member].body.time, START);
}

#[test]
fn own_heads_follow_the_clock_that_is_set_back() {
    let mut table = Table::new(1, 1);
    let own = carechain_types::ReplicaId::new(1);
    table.clock = ClockOffset::Ahead(Span::MINUTE);
    table.wait(off(2));
    assert!(table.replica.heads()[&own].body.time > table.now);
    table.clock = RIGHT;
    table.wait(Span::from_millis(1_010));
    assert!(table.replica.heads()[&own].body.time <= table.now);
}

/// Whoever is behind, in height or with its clock, must still hear that others are ahead in height.
#[test]
fn head_of_the_future_still_says_who_is_ahead() {
    let mut table = Table::new(1, 1);
    table.clock = ClockOffset::Behind(Span::MINUTE);
    let outputs = table.take(head_at(2, 0, 7, START));
    assert_eq!(outputs, ["evidence 2 clock 60.000 s ahead", "to 2 FETCH committed 7"]);
}

/// A proposal of `START`, taken by a step 2.5 s later.
fn late(table: &mut Table, stamp: Time) -> Vec<String> {
    let mut block = table.block("A", &genesis(), 0);
    block.header.time = START;
    table.now = START.after(Span::from_millis(2_500));
    let Input::Message { from, message, .. } = pre_prepare(0, 0, &block) else { unreachable!() };
    table.take(Input::Message { from, arrived: stamp, message })
}

/// A slow sync held up the thread: that is no reason to refuse what a correct primary sent meanwhile.
#[test]
fn proposal_is_judged_for_the_moment_it_arrived_however_late_the_step_that_takes_it() {
    for (stamp, said) in [
        (START.after(Span::from_millis(10)), "check ? Fresh"),
        (START.after(Span::from_millis(1_990)), "check ? Fresh"),
        (START.after(Span::from_millis(2_010)), "evidence 0 clock 2.010 s behind"),
        (AT_ONCE, "evidence 0 clock 2.500 s behind"),
    ] {
        let mut table = Table::new(1, 1);
        // Its steps go on: the process was not frozen.
        table.wait(Span::from_millis(2_500));
        assert_eq!(late(&mut table, stamp), [said], "arrived at {stamp:?}");
    }
}

/// What waited outside while the whole process was frozen carries the stamp of the moment at which that woke up.
#[test]
fn proposal_that_waited_for_a_frozen_process_is_not_too_old() {
    let mut table = Table::new(1, 1);
    assert_eq!(late(&mut table, AT_ONCE), ["check ? Fresh"]);
    let mut table = Table::new(1, 1);
    table.now = START.after(Span::from_millis(2_100));
    table.take(Input::Tick);
    table.wait(Span::from_millis(390));
    assert_eq!(late(&mut table, AT_ONCE), ["evidence 0 clock 2.500 s behind"], "it has read up since");
    let mut table = Table::new(1, 1);
    table.wait(Span::from_millis(10));
    let mut block = table.block("A", &genesis(), 0);
    block.header.time = START.before(Span::from_millis(2_010));
    table.now = START.after(Span::from_millis(2_500));
    let refused = table.take(pre_prepare(0, 0, &block));
    assert_eq!(refused, ["evidence 0 clock 2.020 s behind"], "too old when the process fell asleep");
}

/// It is refused for the moment at which it is read, since no proof may hold a HEAD of the future; what is said of its
/// signer's clock, and whether that is right again, goes by the moment it arrived.
#[test]
fn clock_of_a_member_is_measured_for_the_moment_its_head_arrived() {
    let mut table = Table::new(1, 1);
    table.wait(Span::SECOND);
    let mut take = |shown: Time, waits: Span| {
        let arrived = table.now;
        table.wait(waits);
        let Input::Message { from, message, .. } = head_at(2, 0, 0, shown) else { unreachable!() };
        table.take(Input::Message { from, arrived, message })
    };
    let ahead = |seconds| START.after(Span::SECOND.times(seconds));
    assert_eq!(take(ahead(41), off(0)), ["evidence 2 clock 40.000 s ahead"]);
    assert!(take(ahead(1), off(3)).is_empty(), "right when it arrived");
    assert_eq!(take(ahead(60), off(3)), ["evidence 2 clock 56.000 s ahead"], "so this one is news");
}
