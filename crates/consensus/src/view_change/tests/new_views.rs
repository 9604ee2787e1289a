//! NEW-VIEWs of a faulty primary: none of them keeps a replica out of a view that others are in.

use carechain_types::{ReplicaId, Span, View, ViewChange};

use crate::cluster::genesis;
use crate::table::{Named, Table, head, new_view, new_view_from, pre_prepare, view_change, view_change_body};

#[test]
fn view_of_a_false_new_view_alone_is_left_after_the_patience() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, 1, None, &[])).collect();
    for body in &bodies {
        table.take(view_change(body));
    }
    let named: Vec<_> = bodies.iter().collect();
    assert_eq!(table.take(new_view(1, &named, &[&a])), ["evidence 1 FalseNewView"]);
    assert!(table.wait(Span::from_millis(520)).contains(&"suspected NoNewView".to_owned()));
    assert_eq!(table.state(), "view 2 waiting, committed 0");
}

/// A faulty primary names to one replica what it shows to nobody, and starts the view with all others.
#[test]
fn new_view_that_cannot_be_completed_keeps_out_no_other() {
    let waiting = "view 1 waiting, committed 0";
    for deliverer in [1, 2] {
        let mut table = Table::new(3, 1);
        let a = table.block("A", &genesis(), 0);
        let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, 1, None, &[])).collect();
        for body in &bodies[..2] {
            table.take(view_change(body));
        }
        assert_eq!(table.state(), waiting);
        let hidden = view_change_body(1, 1, None, &[(&a, 0)]);
        let never = [&bodies[0], &hidden, &bodies[2]];
        let named: Vec<_> = bodies.iter().collect();
        table.take(new_view(1, &never, &[]));
        let second = table.take(new_view_from(deliverer, 1, &named, &[]));
        assert!(second.contains(&"evidence 1 TwoNewViews".to_owned()), "{second:?}");
        if deliverer == 2 {
            // Said again and again: it takes no place but the primary's own.
            table.take(new_view(1, &never, &[]));
            table.take(new_view(1, &[&bodies[0], &bodies[1], &hidden_of(2, &a)], &[]));
        }
        assert_eq!(table.state(), waiting, "it lacks a VIEW-CHANGE");
        table.take(view_change(&bodies[2]));
        assert_eq!(table.state(), "view 1 active, committed 0", "delivered by {deliverer}");
    }
}

fn hidden_of(member: u16, block: &Named) -> ViewChange {
    view_change_body(member, 1, None, &[(block, 0)])
}

/// In the largest cluster nearly all deliver the same NEW-VIEW: what it lacks is asked for as fast as if one had.
#[test]
fn new_view_that_many_deliver_is_fetched_as_fast_as_that_of_one() {
    let mut table = Table::of(200, 0, 1);
    let quorum = u16::try_from(table.config.quorum()).unwrap();
    let bodies: Vec<_> = (1..=quorum).map(|member| view_change_body(member, 1, None, &[])).collect();
    let named: Vec<_> = bodies.iter().collect();
    for member in 2..=quorum {
        table.take(head(member, 1, 0));
    }
    for deliverer in 1..=quorum {
        table.take(new_view_from(deliverer, 1, &named, &[]));
    }
    assert_eq!(table.state(), "view 1 waiting, committed 0");
    table.now = table.now.after(table.config.timeouts.resend);
    let asked = table.take(crate::input::Input::Tick);
    let asked = asked.iter().filter(|line| line.contains("FETCH VIEW-CHANGE 1 of")).count();
    assert_eq!(asked, usize::from(quorum));
}

/// What was said for a later view than the one that is entered is still wanted; what was said for an earlier one is not.
#[test]
fn entering_a_view_forgets_what_was_said_for_earlier_ones_alone() {
    let mut table = Table::new(3, 1);
    let below = table.block("below", &genesis(), 0);
    let of_zero = table.block("of view 0", &below.header, 0);
    let of_one = table.block("of view 1", &genesis(), 1);
    let of_two = table.block("of view 2", &genesis(), 2);
    for (view, block) in [(0, &of_zero), (1, &of_one), (2, &of_two)] {
        table.take(pre_prepare(u16::try_from(view).unwrap(), view, block));
    }
    let later: Vec<_> = (0..3).map(|member| view_change_body(member, 2, None, &[])).collect();
    table.take(new_view(2, &later.iter().collect::<Vec<_>>(), &[]));
    let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, 1, None, &[])).collect();
    for body in &bodies {
        table.take(view_change(body));
    }
    let entered = table.take(new_view(1, &bodies.iter().collect::<Vec<_>>(), &[]));
    assert_eq!(entered[..2], ["journal entered 1 by NEW-VIEW", "entered 1"]);
    assert!(entered.contains(&"check of view 1 Fresh".to_owned()), "{entered:?}");
    let is_held = |member: u16, block: &Named| {
        let header = &block.header;
        table.replica.held.get(ReplicaId::new(member), header.view, header.height).is_some()
    };
    assert!(is_held(2, &of_two) && !is_held(0, &of_zero));
    let kept: Vec<_> = table.replica.new_views.values().map(|pending| pending.signed.body.view).collect();
    assert_eq!(kept, [View::new(2)]);
}
