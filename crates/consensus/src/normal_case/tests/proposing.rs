//! When a replica may propose, which of its engine's blocks fit, and which proposals of others come too late.

use carechain_types::{Phase, Span};

use crate::cluster::genesis;
use crate::input::{Input, Verdict};
use crate::table::{
    Named, Table, certificate, certificate_input, checked, pre_prepare, view_change, view_change_body,
};

fn proposal(view: u64, block: &Named) -> Input {
    Input::Proposal {
        view: carechain_types::View::new(view),
        header: block.header.clone(),
        leaves: block.leaves.clone().into(),
    }
}

#[test]
fn only_a_leading_primary_that_is_not_behind_proposes() {
    assert_eq!(Table::new(1, 1).replica.wants_proposal(), None, "a backup");
    let mut table = Table::new(0, 1);
    assert!(table.replica.wants_proposal().is_some());
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &a.header, 0);
    table.take(certificate_input(2, certificate(Phase::Commit, 0, &b)));
    assert_eq!(table.replica.wants_proposal(), None, "others are two blocks ahead");
}

#[test]
fn new_primary_builds_on_a_re_proposed_block_once_it_has_executed_it() {
    let mut table = Table::new(1, 3);
    let a = table.block("A", &genesis(), 0);
    table.take(pre_prepare(0, 0, &a));
    table.take(view_change(&view_change_body(0, 1, None, &[])));
    table.take(view_change(&view_change_body(2, 1, None, &[(&a, 0)])));
    table.take(certificate_input(2, certificate(Phase::Prepare, 0, &a)));
    assert_eq!(table.state(), "view 1 active, committed 0");
    assert_eq!(table.replica.wants_proposal(), None, "its state is not known yet");
    table.take(checked(&a, Verdict::Valid));
    assert_eq!(table.replica.wants_proposal().map(|slot| slot.parent), Some(a.id()));
}

#[test]
fn own_block_that_does_not_fit_its_slot_is_dropped() {
    let mut table = Table::new(0, 3);
    let good = table.block("good", &genesis(), 0);
    let other = table.block("other", &genesis(), 0);
    let mut above = table.block("above", &genesis(), 0);
    above.header.height = above.header.height.next();
    let mut orphan = table.block("orphan", &genesis(), 0);
    orphan.header.parent = other.id();
    let mut late = table.block("late", &genesis(), 0);
    late.header.time = genesis().time;
    for (what, view, block) in [
        ("another view", 4, &good),
        ("another height", 0, &above),
        ("another parent", 0, &orphan),
        ("the time of its parent", 0, &late),
    ] {
        let outputs = table.take(proposal(view, block));
        assert!(matches!(&outputs[..], [line] if line.starts_with("dropped")), "{what}: {outputs:?}");
    }
    assert_eq!(table.take(proposal(0, &good))[0], "all PRE-PREPARE 0/1 good");
}

#[test]
fn proposal_of_an_earlier_view_is_not_kept() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(view_change(&view_change_body(0, 1, None, &[])));
    assert_eq!(table.state(), "view 1 waiting, committed 0");
    table.take(pre_prepare(0, 0, &a));
    let kept = table.replica.held.get(carechain_types::ReplicaId::new(0), a.header.view, a.header.height);
    assert!(kept.is_none());
}

/// It was judged before the restart; by now its time is far in the past.
#[test]
fn restarted_backup_takes_the_proposal_it_voted_for_whatever_its_time() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(pre_prepare(0, 0, &a));
    table.take(checked(&a, Verdict::Valid));
    table.restart(None);
    table.now = table.now.after(Span::MINUTE);
    table.take(Input::Start);
    assert_eq!(table.take(pre_prepare(0, 0, &a)), ["check A Fresh"]);
}
