//! A replica that left its view alone, and how it comes back.

use carechain_types::{Phase, Span};

use crate::cluster::genesis;
use crate::input::{Input, Verdict};
use crate::table::{
    Table, caught_up, certificate, certificate_input, checked, new_view, pre_prepare, view_change,
    view_change_body,
};

/// Cut off for a while, it left view 0 alone and for good; the others did not notice.
#[test]
fn replica_that_left_its_view_alone_follows_without_voting_and_says_so() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &a.header, 0);
    let c = table.block("C", &b.header, 1);
    table.take(pre_prepare(0, 0, &a));
    table.take(checked(&a, Verdict::Valid));
    table.wait(Span::from_millis(520));
    table.restart(None);
    table.take(Input::Start);
    assert_eq!(table.state(), "view 1 waiting, committed 0");
    let says = |table: &Table| table.replica.status().to_string();
    assert!(says(&table).contains("the change to view 1 lacks members 0, 1, 2"), "{}", says(&table));
    let mut said = Vec::new();
    table.now = table.now.after(Span::from_millis(10));
    for block in [&a, &b] {
        said.extend(table.take(pre_prepare(0, 0, block)));
        said.extend(table.take(certificate_input(0, certificate(Phase::Commit, 0, block))));
        said.extend(table.take(caught_up(block, 0)));
    }
    assert!(said.iter().all(|line| !line.contains("PREPARE") && !line.contains("all COMMIT")), "{said:?}");
    assert_eq!(table.state(), "view 1 waiting, committed 2");
    assert_eq!(
        says(&table),
        "height 2 is committed; this replica left view 0 alone and follows what the others commit there without \
         voting, until a view change brings all to view 1"
    );
    let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, 1, Some((&b, 0)), &[])).collect();
    for body in &bodies {
        table.take(view_change(body));
    }
    table.take(new_view(1, &bodies.iter().collect::<Vec<_>>(), &[]));
    assert_eq!(table.state(), "view 1 active, committed 2");
    table.take(pre_prepare(1, 1, &c));
    assert_eq!(table.take(checked(&c, Verdict::Valid)), ["journal PREPARE 1/3 C", "all PREPARE 1/3 C"]);
}

/// A faulty member may say for ever that it waits: that costs one cheap change a minute and no more.
#[test]
fn primary_hands_a_view_that_has_lasted_over_for_a_member_left_behind() {
    let mut table = Table::new(0, 1);
    assert!(table.wait(Span::SECOND.times(70)).is_empty(), "nobody is left behind");
    let mut table = Table::new(0, 1);
    table.take(view_change(&view_change_body(3, 1, None, &[])));
    assert!(table.wait(Span::SECOND.times(59)).is_empty());
    let left = table.wait(Span::SECOND.times(2));
    assert_eq!(
        left[..3],
        ["suspected LeftBehind", "journal VIEW-CHANGE 1 on G []", "all VIEW-CHANGE 1 on G []"]
    );
    let mut backup = Table::new(1, 1);
    backup.take(view_change(&view_change_body(3, 1, None, &[])));
    assert!(backup.wait(Span::SECOND.times(70)).is_empty(), "it is for the primary to do");
}

/// The VIEW-CHANGEs that a view was begun by are kept, and are of no later view.
#[test]
fn primary_of_a_new_view_leaves_nobody_behind() {
    let mut table = Table::new(1, 1);
    for member in [0, 2, 3] {
        table.take(view_change(&view_change_body(member, 1, None, &[])));
    }
    assert_eq!(table.state(), "view 1 active, committed 0");
    let said = table.wait(Span::SECOND.times(70));
    assert!(said.iter().all(|line| !line.contains("VIEW-CHANGE 2")), "{said:?}");
}
