use carechain_types::Span;

use crate::cluster::genesis;
use crate::input::{Input, PendingTransaction, Verdict, Voting};
use crate::table::{Table, checked, commit, head, pre_prepare, prepare, step, view_change, view_change_body};

const ACTIVE_0: &str = "view 0 active, committed 0";

#[test]
fn withheld_votes_are_cast_once_they_are_allowed_again() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.run(vec![
        step("withheld", Input::Voting(Voting::Withheld), &[], ACTIVE_0),
        step("it still looks at proposals", pre_prepare(0, 0, &a), &["check A Fresh"], ACTIVE_0),
        step("no PREPARE", checked(&a, Verdict::Valid), &[], ACTIVE_0),
        step("not even for a quorum", prepare(0, 0, &a), &[], ACTIVE_0),
        step(
            "allowed again",
            Input::Voting(Voting::Allowed),
            &["journal PREPARE 0/1 A", "all PREPARE 0/1 A"],
            ACTIVE_0,
        ),
    ]);
}

#[test]
fn replica_that_withholds_its_votes_follows_and_blames_nobody() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(Input::Voting(Voting::Withheld));
    table.take(Input::Pending(Some(PendingTransaction { since: table.now, passed_over: 99 })));
    table.take(pre_prepare(0, 0, &a));
    table.take(checked(&a, Verdict::Valid));
    assert!(table.wait(Span::SECOND.times(5)).is_empty());
    assert!(table.replica.next_wakeup().is_some_and(|due| due > table.now), "no timer is due for ever");
    table.run(vec![
        step("the primary leaves", view_change(&view_change_body(0, 1, None, &[])), &[], ACTIVE_0),
        step("f + 1 are gone", head(2, 1, 0), &[], ACTIVE_0),
        step("one", commit(0, 0, &a), &[], ACTIVE_0),
        step("two", commit(2, 0, &a), &[], ACTIVE_0),
        step(
            "three COMMITs commit",
            commit(3, 0, &a),
            &["journal committed A", "commit 1 A"],
            "view 0 active, committed 1",
        ),
        step(
            "allowed again, it follows",
            Input::Voting(Voting::Allowed),
            &["suspected OthersLeft", "journal VIEW-CHANGE 1 on A []", "all VIEW-CHANGE 1 on A []"],
            "view 1 waiting, committed 1",
        ),
    ]);
}

#[test]
fn primary_says_that_it_leaves_before_it_falls_silent() {
    let mut table = Table::new(0, 1);
    table.run(vec![step(
        "withheld",
        Input::Voting(Voting::Withheld),
        &[
            "suspected Abdicated",
            "journal VIEW-CHANGE 1 on G []",
            "all VIEW-CHANGE 1 on G []",
            "to 1 FETCH NEW-VIEW 1",
        ],
        "view 1 waiting, committed 0",
    )]);
    assert_eq!(table.replica.wants_proposal(), None);
}
