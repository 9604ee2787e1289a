//! Patience: it grows while views fail at something that waits, and for nothing else.

use carechain_types::{Phase, Span, Time};

use crate::cluster::genesis;
use crate::input::{Input, PendingTransaction};
use crate::member_clocks::ClockOffset;
use crate::table::{
    START, Table, caught_up, certificate, certificate_input, new_view, view_change, view_change_body,
};

const SUSPECTED: &str = "suspected NothingCommits";

/// Member 3 enters these views one after the other.
fn enter(table: &mut Table, views: core::ops::RangeInclusive<u64>) {
    for view in views {
        let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, view, None, &[])).collect();
        for body in &bodies {
            table.take(view_change(body));
        }
        table.take(new_view(view, &bodies.iter().collect::<Vec<_>>(), &[]));
        assert_eq!(table.state(), format!("view {view} active, committed 0"));
    }
}

fn wait_for_something(table: &mut Table) {
    table.take(Input::Pending(Some(PendingTransaction { since: table.now, passed_over: 0 })));
}

#[track_caller]
fn check_patience(table: &mut Table, patience: Span) {
    let before = Span::from_micros(patience.as_micros() - 20_000);
    assert!(!table.wait(before).contains(&SUSPECTED.to_owned()), "before {patience:?}");
    assert!(table.wait(Span::from_millis(40)).contains(&SUSPECTED.to_owned()), "after {patience:?}");
}

/// A member that claims later views for ever changes the view of an idle chain once a minute.
#[test]
fn views_of_an_idle_chain_cost_no_patience() {
    let mut table = Table::new(3, 1);
    enter(&mut table, 1..=6);
    wait_for_something(&mut table);
    check_patience(&mut table, Span::from_millis(500));
}

#[test]
fn views_that_fail_at_something_that_waits_double_the_patience() {
    let mut table = Table::new(3, 1);
    wait_for_something(&mut table);
    enter(&mut table, 1..=2);
    check_patience(&mut table, Span::SECOND);
}

/// The primary of view 0 failed by a committed block that is dated an hour ahead: clocks were wrong when it was made.
#[test]
fn primary_that_failed_in_a_block_of_the_future_is_trusted_again_after_the_usual_time() {
    for (ahead, waited, patience) in [
        (Span::ZERO, Span::MINUTE, Span::from_millis(125)),
        (Span::HOUR, Span::MINUTE, Span::from_millis(125)),
        (Span::ZERO, Span::MINUTE.times(6), Span::from_millis(500)),
        (Span::HOUR, Span::MINUTE.times(6), Span::from_millis(500)),
    ] {
        let mut table = Table::new(3, 1);
        let mut a = table.block("A", &genesis(), 1);
        a.header.time = START.after(ahead);
        table.clock = ClockOffset::Ahead(ahead);
        table.take(certificate_input(2, certificate(Phase::Commit, 1, &a)));
        table.take(caught_up(&a, 1));
        table.clock = ClockOffset::Behind(Span::ZERO);
        let mut committed = certificate(Phase::Commit, 1, &a);
        committed.view = carechain_types::View::new(1);
        let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, 4, Some((&a, 1)), &[])).collect();
        for body in &bodies {
            table.take(view_change(body));
        }
        table.take(new_view(4, &bodies.iter().collect::<Vec<_>>(), &[]));
        assert_eq!(table.state(), "view 4 active, committed 1");
        table.wait(waited);
        wait_for_something(&mut table);
        check_patience(&mut table, patience);
    }
}

/// What was committed long ago says nothing about today.
#[test]
fn primary_that_failed_long_ago_is_not_held_to_it_by_who_catches_up() {
    let mut table = Table::new(3, 1);
    table.now = START.after(Span::HOUR);
    let a = table.block("A", &genesis(), 1);
    assert!(a.header.time < Time::from_micros(START.as_micros() + 1_000_000));
    table.take(caught_up(&a, 1));
    let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, 4, Some((&a, 1)), &[])).collect();
    for body in &bodies {
        table.take(view_change(body));
    }
    table.take(new_view(4, &bodies.iter().collect::<Vec<_>>(), &[]));
    wait_for_something(&mut table);
    check_patience(&mut table, Span::from_millis(500));
}
