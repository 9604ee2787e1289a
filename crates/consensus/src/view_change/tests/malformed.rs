//! What a VIEW-CHANGE must look like before anything in it counts.

use carechain_types::{BoundedVec, Phase, View, ViewChange};

use crate::cluster::genesis;
use crate::table::{Named, Table, certificate, view_change, view_change_body};

const VIEW: u64 = 5;

fn chain(table: &mut Table) -> [Named; 3] {
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &a.header, 0);
    let c = table.block("C", &b.header, 0);
    [a, b, c]
}

/// Of member 2, with what it reports.
fn reports(committed: Option<(&Named, u64)>, prepared: &[(&Named, u64)]) -> ViewChange {
    view_change_body(2, VIEW, committed, prepared)
}

#[test]
fn malformed_view_change_is_evidence_and_claims_nothing() {
    let mut table = Table::new(1, 1);
    let [a, b, c] = chain(&mut table);
    let zero = Named { header: genesis(), leaves: BoundedVec::empty() };
    let uncommitted =
        ViewChange { committed: Some(certificate(Phase::Prepare, 0, &a)), ..reports(None, &[]) };
    for (what, body) in [
        ("a prepared certificate shown as a commit certificate", uncommitted),
        ("a certificate of block 0", reports(Some((&zero, 0)), &[])),
        ("more heights than two windows hold", reports(None, &[(&a, 0), (&b, 0), (&c, 0)])),
        ("a height below the one before", reports(None, &[(&b, 0), (&a, 0)])),
        ("a height twice", reports(None, &[(&a, 0), (&a, 1)])),
        ("prepared at the committed height", reports(Some((&a, 0)), &[(&a, 0)])),
        ("prepared below it", reports(Some((&b, 0)), &[(&a, 0), (&c, 0)])),
        ("prepared in the view it asks for", reports(None, &[(&a, VIEW)])),
        ("prepared later, behind one that was not", reports(None, &[(&a, 0), (&b, VIEW + 1)])),
    ] {
        assert_eq!(table.take(view_change(&body)), ["evidence 2 BadViewChange"], "{what}");
        assert!(table.replica.view_changes.is_empty() && table.replica.certified.is_empty(), "{what}");
        assert!(table.replica.claims.values().all(|view| *view == View::ZERO), "{what}");
    }
}

#[test]
fn view_change_may_report_two_windows_of_blocks_up_to_the_view_before() {
    let mut table = Table::new(1, 1);
    let [a, b, c] = chain(&mut table);
    let body = reports(Some((&a, 0)), &[(&b, 0), (&c, VIEW - 1)]);
    assert_eq!(table.take(view_change(&body)), ["catch up to A"]);
    assert!(table.replica.view_changes.values().any(|known| known.body == body));
}

/// One that says the same or less again changes nothing, and none moves its member back.
#[test]
fn newest_view_change_of_a_member_is_kept() {
    let mut table = Table::new(1, 1);
    let [a, ..] = chain(&mut table);
    let kept = |table: &Table| table.replica.view_changes.values().map(|known| known.body.clone()).next();
    let first = reports(None, &[]);
    table.take(view_change(&first));
    let same_view = reports(None, &[(&a, 0)]);
    let earlier = view_change_body(2, VIEW - 1, None, &[]);
    let later = view_change_body(2, VIEW + 1, None, &[]);
    for (body, expected) in [(&same_view, &first), (&earlier, &first), (&later, &later)] {
        table.take(view_change(body));
        assert_eq!(kept(&table).as_ref(), Some(expected));
    }
    assert_eq!(table.replica.claims.get(&later.member), Some(&later.view));
}
