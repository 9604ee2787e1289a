//! What a committed block settles, what stays open above it, and what a certificate without its block asks for.

use carechain_types::{Height, Phase, Span};

use crate::cluster::genesis;
use crate::input::{Input, Verdict};
use crate::output::Output;
use crate::table::{
    Named, Table, caught_up, certificate, certificate_input, checked, commit, new_view, pre_prepare, prepare,
    step, view_change, view_change_body,
};

const ACTIVE_0: &str = "view 0 active, committed 0";
const ACTIVE_1: &str = "view 0 active, committed 1";

fn heights<V>(of: &std::collections::BTreeMap<Height, V>) -> Vec<u64> {
    of.keys().map(|height| height.get()).collect()
}

/// Backup 1 accepts a block and has all PREPAREs for it: its own COMMIT is out.
fn vote_for(table: &mut Table, block: &Named) {
    for input in
        [pre_prepare(0, 0, block), checked(block, Verdict::Valid), prepare(0, 0, block), prepare(2, 0, block)]
    {
        table.take(input);
    }
}

/// Three blocks on top of each other, all voted for, none committed; the window is 3.
fn three_open_blocks() -> (Table, [Named; 3]) {
    let mut table = Table::new(1, 3);
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &a.header, 0);
    let c = table.block("C", &b.header, 0);
    let blocks = [a, b, c];
    blocks.iter().for_each(|block| vote_for(&mut table, block));
    assert_eq!(heights(&table.replica.commit_votes), [1, 2, 3]);
    (table, blocks)
}

#[test]
fn committed_block_settles_its_height_and_leaves_those_above_open() {
    let (mut table, [a, b, c]) = three_open_blocks();
    table.take(commit(0, 0, &a));
    assert_eq!(table.take(commit(3, 0, &a)), ["journal committed A", "commit 1 A"]);
    let replica = &table.replica;
    assert_eq!(heights(&replica.prepared), [2, 3]);
    assert_eq!(heights(&replica.commit_votes), [2, 3]);
    assert_eq!(heights(&replica.slots), [1, 2, 3], "votes at one window below still help others");
    assert_eq!(replica.sign_head().body.voted, Height::new(3));
    table.run(vec![
        step("the next one", commit(0, 0, &b), &[], ACTIVE_1),
        step(
            "needs nothing again",
            commit(3, 0, &b),
            &["journal committed B", "commit 2 B"],
            "view 0 active, committed 2",
        ),
        step("nor does the last", commit(0, 0, &c), &[], "view 0 active, committed 2"),
        step(
            "committed blocks are not dropped: the ledger has them",
            commit(3, 0, &c),
            &["journal committed C", "commit 3 C"],
            "view 0 active, committed 3",
        ),
    ]);
    let replica = &table.replica;
    assert!(replica.prepared.is_empty() && replica.commit_votes.is_empty() && replica.certified.is_empty());
}

#[test]
fn votes_one_window_below_are_forgotten() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &a.header, 0);
    for block in [&a, &b] {
        vote_for(&mut table, block);
        table.take(commit(0, 0, block));
        table.take(commit(3, 0, block));
    }
    let replica = &table.replica;
    assert_eq!((heights(&replica.own.prepares), heights(&replica.own.commits)), (vec![2], vec![2]));
    assert_eq!(heights(&replica.slots), [2]);
}

/// Another block was certified below: what was accepted on the losing one can never be.
#[test]
fn blocks_on_a_losing_parent_make_room() {
    let (mut table, [_, b, _]) = three_open_blocks();
    let other = table.block("other", &genesis(), 0);
    let next = table.block("next", &other.header, 0);
    let dropped = table.take(caught_up(&other, 0));
    assert_eq!(dropped[0], "journal committed other");
    assert!(table.replica.slots.is_empty(), "{:?}", table.replica.slots);
    assert_eq!(heights(&table.replica.commit_votes), [3], "its COMMIT for B is void, and HEADs say so");
    assert!(table.replica.prepared.get(&Height::new(2)).is_some_and(|known| known.header == b.header));
    // Its own vote of this view stands all the same.
    assert_eq!(table.take(pre_prepare(0, 0, &next)), Vec::<String>::new());
}

#[test]
fn primary_sends_its_open_proposals_again_and_no_settled_one() {
    let mut table = Table::new(0, 3);
    let mut blocks = Vec::new();
    for name in ["A", "B"] {
        let slot = table.replica.wants_proposal().unwrap();
        let block = table.block(name, &slot.parent_header, 0);
        let (header, leaves) = (block.header.clone(), block.leaves.clone().into());
        table.take(Input::Proposal { view: slot.view, header, leaves });
        blocks.push(block);
    }
    assert_eq!(heights(&table.replica.proposed), [1, 2]);
    table.take(certificate_input(2, certificate(Phase::Commit, 0, &blocks[0])));
    assert_eq!(table.state(), ACTIVE_1);
    assert_eq!(heights(&table.replica.proposed), [2]);
}

/// Leaving the view does not forget a block that is certified and still being executed.
#[test]
fn certified_block_whose_check_is_under_way_commits_after_its_view() {
    let mut table = Table::new(3, 1);
    let (a, b) = (table.block("A", &genesis(), 0), table.block("B", &genesis(), 0));
    table.take(pre_prepare(0, 0, &a));
    assert_eq!(table.take(certificate_input(1, certificate(Phase::Commit, 0, &a))), Vec::<String>::new());
    let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, 1, None, &[])).collect();
    for body in &bodies {
        table.take(view_change(body));
    }
    let entered = table.take(new_view(1, &bodies.iter().collect::<Vec<_>>(), &[]));
    assert_eq!(entered, ["journal entered 1 by NEW-VIEW", "entered 1"]);
    assert_eq!(table.take(checked(&b, Verdict::Valid)), Vec::<String>::new(), "nobody asked for B");
    assert_eq!(table.take(checked(&a, Verdict::Valid)), ["journal committed A", "commit 1 A"]);
}

#[test]
fn block_that_no_view_refers_to_is_dropped() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(pre_prepare(0, 0, &a));
    let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, 1, None, &[])).collect();
    for body in &bodies {
        table.take(view_change(body));
    }
    let entered = table.take(new_view(1, &bodies.iter().collect::<Vec<_>>(), &[]));
    assert_eq!(entered, ["journal entered 1 by NEW-VIEW", "entered 1", "dropped A"]);
}

#[test]
fn catch_up_is_asked_for_once_then_for_more_and_again_after_a_while() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &a.header, 0);
    table.run(vec![
        step(
            "a certificate alone",
            certificate_input(2, certificate(Phase::Commit, 0, &a)),
            &["catch up to A"],
            ACTIVE_0,
        ),
        step("again", certificate_input(3, certificate(Phase::Commit, 0, &a)), &[], ACTIVE_0),
        step(
            "a higher one",
            certificate_input(2, certificate(Phase::Commit, 0, &b)),
            &["catch up to B"],
            ACTIVE_0,
        ),
    ]);
    let patience = table.config.timeouts.resend.times(5);
    assert_eq!(table.wait(patience.half()), Vec::<String>::new());
    assert_eq!(table.wait(patience), ["catch up to B"]);
}

#[test]
fn block_that_is_being_executed_is_fetched_only_if_that_takes_long() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(pre_prepare(0, 0, &a));
    assert_eq!(table.take(certificate_input(2, certificate(Phase::Commit, 0, &a))), Vec::<String>::new());
    let waited = table.wait(table.config.timeouts.resend.times(6));
    assert_eq!(waited.iter().filter(|line| *line == "catch up to A").count(), 1, "{waited:?}");
}

#[test]
fn certified_block_that_was_found_unfit_here_is_fetched_at_once() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(pre_prepare(0, 0, &a));
    table.take(checked(&a, Verdict::NotIncludable));
    let asked = table.take(certificate_input(2, certificate(Phase::Commit, 0, &a)));
    assert!(asked.contains(&"catch up to A".to_owned()), "{asked:?}");
}

#[test]
fn catch_up_asks_those_that_voted_and_not_itself() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let outputs = table.outputs(certificate_input(2, certificate(Phase::Commit, 0, &a)));
    let holders = outputs.iter().find_map(|output| match output {
        Output::CatchUp { holders, .. } => {
            Some(holders.iter().map(|member| member.get()).collect::<Vec<_>>())
        }
        _ => None,
    });
    assert_eq!(holders, Some(vec![2, 3]));
}

#[test]
fn fetched_block_must_be_next_on_this_chain() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let above = table.block("above", &a.header, 0);
    let mut foreign = table.block("foreign", &a.header, 0);
    foreign.header.height = Height::new(1);
    table.run(vec![
        step("two above", caught_up(&above, 0), &[], ACTIVE_0),
        step("next, on another parent", caught_up(&foreign, 0), &[], ACTIVE_0),
        step("next", caught_up(&a, 0), &["journal committed A"], ACTIVE_1),
    ]);
}

/// A peer may show certificates of any height: the next ones serve at once, the highest says how far to catch up.
#[test]
fn certificates_kept_are_the_next_few_and_the_highest() {
    let mut table = Table::new(1, 3);
    let mut parent = genesis();
    for _ in 0..30 {
        let block = table.block("certified", &parent, 0);
        table.take(certificate_input(2, certificate(Phase::Commit, 0, &block)));
        parent = block.header;
    }
    let expected: Vec<u64> = (1..=13).chain([30]).collect();
    assert_eq!(heights(&table.replica.certified), expected);
}

#[test]
fn repeated_vote_for_the_first_block_is_answered_with_nothing() {
    let mut table = Table::new(1, 1);
    let zero = Named { header: genesis(), leaves: carechain_types::BoundedVec::empty() };
    table.take(prepare(2, 0, &zero));
    assert_eq!(table.take(prepare(2, 0, &zero)), Vec::<String>::new(), "block 0 has no certificate");
    assert!(table.wait(Span::from_millis(10)).is_empty());
}
