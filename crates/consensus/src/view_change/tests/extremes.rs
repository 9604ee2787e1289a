//! Views and heights near 2^64, as a faulty member may name them.

use carechain_types::{Certificate, Height, Phase, Span, View};

use crate::cluster::genesis;
use crate::input::{Input, PendingTransaction, Verdict};
use crate::message::Wanted;
use crate::table::{
    Named, Table, certificate, checked, commit, fetch, head, new_view, pre_prepare, prepare, view_change,
    view_change_body,
};

/// The greatest views: one of each primary.
const VIEWS: core::ops::RangeInclusive<u64> = u64::MAX - 3..=u64::MAX;

/// All that member 3 may say in views and of heights near the end of numbers, with the signatures it has.
fn lies(table: &mut Table) -> Vec<Input> {
    let far = Named { header: header_at(u64::MAX), ..table.block("far", &genesis(), 3) };
    let last = Named { header: header_at(u64::MAX - 1), ..table.block("last", &genesis(), 3) };
    let mut lies = Vec::new();
    for view in VIEWS {
        let body = view_change_body(3, view, None, &[(&last, view - 1), (&far, view - 1)]);
        lies.extend([
            head(3, view, u64::MAX),
            prepare(3, view, &far),
            commit(3, view, &far),
            pre_prepare(3, view, &far),
            view_change(&body),
            new_view(view, &[&body, &body, &body], &[&far]),
            fetch(3, Wanted::NewView(View::new(view))),
            fetch(3, Wanted::Committed(Height::new(view))),
        ]);
    }
    lies
}

fn header_at(height: u64) -> carechain_types::Header {
    carechain_types::Header { height: Height::new(height), view: View::new(u64::MAX), ..genesis() }
}

/// A backup, a primary, and one that waits for a view: none of them panics or is moved, and all go on.
#[test]
fn one_member_that_names_the_greatest_views_and_heights_moves_nobody() {
    for own in 0..3 {
        let mut table = Table::new(own, 1);
        let all: Vec<_> = lies(&mut table);
        for lie in all {
            table.take(lie);
            table.wait(Span::from_millis(20));
        }
        assert_eq!(table.state(), "view 0 active, committed 0", "member {own}");
        let a = table.block("A", &genesis(), 0);
        let at_once = table.now;
        if own != 0 {
            let mut a = a.clone();
            a.header.time = at_once;
            table.take(pre_prepare(0, 0, &a));
            let said = table.take(checked(&a, Verdict::Valid));
            assert!(said.iter().any(|line| line.starts_with("all PREPARE 0/1")), "member {own}: {said:?}");
        }
    }
}

/// Those that lose patience go to the next view by one, whatever the faulty member says.
#[test]
fn view_change_beside_the_greatest_claims_goes_up_by_one() {
    let mut table = Table::new(2, 1);
    for lie in lies(&mut table) {
        table.take(lie);
    }
    table.take(Input::Pending(Some(PendingTransaction { since: table.now, passed_over: 0 })));
    table.wait(Span::from_millis(520));
    assert_eq!(table.state(), "view 1 waiting, committed 0");
    table.take(view_change(&view_change_body(0, 1, None, &[])));
    assert_eq!(table.state(), "view 1 waiting, committed 0", "two claims of view 1 and one far above");
}

/// More than f that lie could bring a replica to the last view: it stays there and still does not overflow.
#[test]
fn last_view_of_all_is_left_by_nobody() {
    let mut table = Table::new(0, 1);
    for member in [2, 3] {
        table.take(head(member, u64::MAX, 0));
    }
    assert_eq!(table.state(), format!("view {} waiting, committed 0", u64::MAX));
    table.take(head(1, u64::MAX, 0));
    table.wait(Span::SECOND.times(20));
    assert_eq!(table.state(), format!("view {} waiting, committed 0", u64::MAX));
}

/// A certificate that a quorum did sign at the greatest height leaves room for nothing above it, and breaks nothing.
#[test]
fn certificate_at_the_greatest_height_is_only_asked_for() {
    let mut table = Table::new(0, 1);
    let far = Named { header: header_at(u64::MAX), ..table.block("far", &genesis(), 3) };
    let forged: Certificate = certificate(Phase::Commit, 0, &far);
    let said = table.take(crate::table::certificate_input(3, forged));
    assert!(said.iter().any(|line| line.starts_with("catch up to")), "{said:?}");
    table.wait(Span::SECOND.times(3));
    assert_eq!(table.state(), "view 0 active, committed 0");
}
