//! A member that is still on its way to a view which others are in.

use carechain_types::{Phase, ReplicaId, Span};

use crate::cluster::genesis;
use crate::input::{Input, Voting};
use crate::table::{
    Table, caught_up, certificate, certificate_input, head, new_view, new_view_from, view_change,
    view_change_body,
};

/// Member 3 in view 1, by NEW-VIEW.
fn in_view_one() -> Table {
    let mut table = Table::new(3, 1);
    let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, 1, None, &[])).collect();
    for body in &bodies {
        table.take(view_change(body));
    }
    table.take(new_view(1, &bodies.iter().collect::<Vec<_>>(), &[]));
    assert_eq!(table.state(), "view 1 active, committed 0");
    table
}

#[test]
fn late_view_change_is_answered_with_what_let_this_replica_in_now_and_then() {
    let late = view_change(&view_change_body(2, 1, None, &[]));
    let mut table = in_view_one();
    assert_eq!(table.take(late.clone()), ["to 2 NEW-VIEW 1 []"]);
    assert_eq!(table.take(late.clone()), Vec::<String>::new(), "not twice at once");
    assert_eq!(table.take(view_change(&view_change_body(0, 1, None, &[]))), ["to 0 NEW-VIEW 1 []"]);
    table.now = table.now.after(table.config.timeouts.resend);
    assert_eq!(table.take(late.clone()), ["to 2 NEW-VIEW 1 []"]);
    table.now = table.now.after(Span::SECOND);
    let Input::Message { message, arrived, .. } = late else { panic!("it is a message") };
    let passed_on = Input::Message { from: ReplicaId::new(0), message, arrived };
    assert_eq!(table.take(passed_on), Vec::<String>::new(), "its sender did not say it now");
    let ahead = view_change(&view_change_body(2, 2, None, &[]));
    assert_eq!(table.take(ahead), Vec::<String>::new(), "it is not late");
    let mut first = Table::new(3, 1);
    assert_eq!(first.take(view_change(&view_change_body(2, 0, None, &[]))), Vec::<String>::new());
}

#[test]
fn late_view_change_is_answered_with_the_certificate_that_opened_the_view() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 1);
    table.take(caught_up(&a, 1));
    assert_eq!(table.state(), "view 1 active, committed 1");
    let answer = table.take(view_change(&view_change_body(2, 1, None, &[])));
    assert_eq!(answer, ["to 2 CERTIFICATE commit A"]);
}

#[test]
fn new_view_of_a_view_that_is_over_or_entered_is_not_kept() {
    let mut table = in_view_one();
    let bodies: Vec<_> = (1..4).map(|member| view_change_body(member, 1, None, &[])).collect();
    let named: Vec<_> = bodies.iter().collect();
    assert_eq!(table.take(new_view(1, &named, &[])), Vec::<String>::new(), "it is in that view");
    assert_eq!(table.take(new_view(0, &named, &[])), Vec::<String>::new(), "it has left that one");
    assert!(table.replica.new_views.is_empty());
}

/// A replica that waits for a view is let in by the first block that is committed there.
#[test]
fn certificate_of_a_fresh_block_lets_a_waiting_replica_into_its_view() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 1);
    table.take(view_change(&view_change_body(0, 1, None, &[])));
    assert_eq!(table.state(), "view 1 waiting, committed 0");
    let entered = table.take(caught_up(&a, 1));
    assert_eq!(entered, ["journal committed A", "journal entered 1 by certificate", "entered 1"]);
    assert_eq!(table.state(), "view 1 active, committed 1");
}

/// One that takes part is pulled to the later view before it can judge both.
#[test]
fn of_two_new_views_that_can_be_judged_at_once_the_later_is_entered() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(Input::Voting(Voting::Withheld));
    for view in [1, 2] {
        let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, view, None, &[(&a, 0)])).collect();
        let deliverer = u16::try_from(view).unwrap();
        table.take(new_view_from(deliverer, view, &bodies.iter().collect::<Vec<_>>(), &[&a]));
        for body in &bodies {
            table.take(view_change(body));
        }
    }
    assert_eq!(table.state(), "view 0 active, committed 0");
    let entered = table.take(certificate_input(2, certificate(Phase::Prepare, 0, &a)));
    assert_eq!(entered[..2], ["journal entered 2 by NEW-VIEW", "entered 2"]);
    assert!(table.replica.new_views.is_empty(), "the earlier one is over");
}

#[test]
fn claims_of_the_own_view_move_nobody() {
    let mut table = in_view_one();
    table.take(head(0, 1, 0));
    assert_eq!(table.take(head(2, 1, 0)), Vec::<String>::new());
    assert_eq!(table.state(), "view 1 active, committed 0");
}

/// What it knows to be certified against its own state is nothing to build a view on.
#[test]
fn stopped_replica_leaves_no_view_and_enters_none() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(crate::table::pre_prepare(0, 0, &a));
    let own = carechain_crypto::StateRoot::ZERO;
    table.take(certificate_input(1, certificate(Phase::Commit, 0, &a)));
    table.take(crate::table::checked(&a, crate::input::Verdict::StateDiffers { own }));
    assert_eq!(table.state(), "view 1 stopped, committed 0");
    for member in 0..3 {
        assert_eq!(table.take(view_change(&view_change_body(member, 2, None, &[]))), Vec::<String>::new());
    }
    assert_eq!(table.state(), "view 1 stopped, committed 0");
}
