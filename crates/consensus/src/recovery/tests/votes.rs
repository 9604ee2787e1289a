//! What a restarted replica still knows of its votes.

use carechain_types::{Height, Phase};

use crate::cluster::genesis;
use crate::input::{Input, Verdict};
use crate::table::{
    Named, Table, certificate, certificate_input, checked, head, new_view, pre_prepare, prepare, view_change,
    view_change_body,
};

/// Member 3 has sent COMMIT for a block in view 0.
fn committed_to(table: &mut Table, a: &Named) {
    for input in [pre_prepare(0, 0, a), checked(a, Verdict::Valid), prepare(0, 0, a), prepare(1, 0, a)] {
        table.take(input);
    }
    assert_eq!(table.replica.commit_votes.get(&a.header.height), Some(&a.id()));
}

fn enter_view_one(table: &mut Table, re_proposed: Option<&Named>) {
    let with = |member| {
        let blocks: Vec<_> = re_proposed.into_iter().map(|block| (block, 0)).collect();
        view_change_body(member, 1, None, &blocks)
    };
    let bodies: Vec<_> = (0..3).map(with).collect();
    for body in &bodies {
        table.take(view_change(body));
    }
    let blocks: Vec<_> = re_proposed.into_iter().collect();
    table.take(new_view(1, &bodies.iter().collect::<Vec<_>>(), &blocks));
    assert_eq!(table.state(), "view 1 active, committed 0");
}

#[test]
fn votes_of_an_earlier_view_bind_in_no_later_one() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &genesis(), 1);
    committed_to(&mut table, &a);
    enter_view_one(&mut table, None);
    table.restart(None);
    assert_eq!(table.take(Input::Start), Vec::<String>::new(), "nothing of view 1 was voted on");
    assert_eq!(table.take(pre_prepare(1, 1, &b)), ["check B Fresh"]);
    assert_eq!(table.take(checked(&b, Verdict::Valid)), ["journal PREPARE 1/1 B", "all PREPARE 1/1 B"]);
}

#[test]
fn votes_of_the_current_view_are_sent_again_and_bind() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &genesis(), 1);
    committed_to(&mut table, &a);
    enter_view_one(&mut table, Some(&a));
    for input in [checked(&a, Verdict::Valid), prepare(0, 1, &a), prepare(1, 1, &a)] {
        table.take(input);
    }
    table.restart(None);
    assert_eq!(table.take(Input::Start)[..2], ["all PREPARE 1/1 A", "all COMMIT 1/1 A"]);
    assert_eq!(table.take(pre_prepare(1, 1, &b)), ["evidence 1 TwoProposals"]);
}

/// The highest view in which a block was prepared is what a VIEW-CHANGE must name, in whatever order it is read back.
#[test]
fn restarted_replica_reports_the_latest_view_that_prepared_a_block() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    committed_to(&mut table, &a);
    enter_view_one(&mut table, Some(&a));
    for input in [checked(&a, Verdict::Valid), prepare(0, 1, &a), prepare(1, 1, &a)] {
        table.take(input);
    }
    table.restart(None);
    table.take(Input::Start);
    table.take(head(0, 2, 0));
    let left = table.take(head(2, 2, 0));
    assert_eq!(left[1], "journal VIEW-CHANGE 2 on G [A@1]");
}

#[test]
fn what_the_ledger_has_is_neither_prepared_nor_open_after_a_restart() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    committed_to(&mut table, &a);
    table.take(certificate_input(2, certificate(Phase::Commit, 0, &a)));
    table.restart(Some((&a, certificate(Phase::Commit, 0, &a))));
    let replica = &table.replica;
    assert!(replica.prepared.is_empty() && replica.commit_votes.is_empty() && replica.certified.is_empty());
    assert_eq!(replica.sign_head().body.voted, Height::new(1));
}

/// A NEW-VIEW that starts at a block drops no COMMIT for it: until it is applied, HEADs must still show that vote.
#[test]
fn commit_for_the_block_that_a_view_starts_at_stays_shown() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    committed_to(&mut table, &a);
    table.restart(None);
    table.take(Input::Start);
    let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, 1, Some((&a, 0)), &[])).collect();
    for body in &bodies {
        table.take(view_change(body));
    }
    table.take(new_view(1, &bodies.iter().collect::<Vec<_>>(), &[]));
    assert_eq!(table.state(), "view 1 active, committed 0");
    assert_eq!(table.replica.sign_head().body.voted, Height::new(1));
}
