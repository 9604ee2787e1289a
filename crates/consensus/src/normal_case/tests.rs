//! The normal case, rule by rule.

mod execution;
mod memory;
mod proposing;
mod settled;

use carechain_crypto::StateRoot;
use carechain_types::{Phase, Span};

use crate::cluster::genesis;
use crate::input::{Input, Verdict};
use crate::table::{
    Table, caught_up, certificate, certificate_input, checked, commit, head, pre_prepare, prepare, step,
};

const ACTIVE_0: &str = "view 0 active, committed 0";
const ACTIVE_1: &str = "view 0 active, committed 1";

#[test]
fn backup_journals_each_vote_before_it_sends_it() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.run(vec![
        step("the proposal is checked first", pre_prepare(0, 0, &a), &["check A Fresh"], ACTIVE_0),
        step(
            "a valid one is prepared",
            checked(&a, Verdict::Valid),
            &["journal PREPARE 0/1 A", "all PREPARE 0/1 A"],
            ACTIVE_0,
        ),
        step("two PREPAREs are no quorum", prepare(0, 0, &a), &[], ACTIVE_0),
        step(
            "the third certifies: certificate, vote, message",
            prepare(2, 0, &a),
            &["journal prepared 0/1 A", "journal COMMIT 0/1 A", "all COMMIT 0/1 A"],
            ACTIVE_0,
        ),
        step("two COMMITs are no quorum", commit(0, 0, &a), &[], ACTIVE_0),
        step("the third commits", commit(3, 0, &a), &["journal committed A", "commit 1 A"], ACTIVE_1),
    ]);
}

#[test]
fn primary_proposes_then_prepares_like_everybody() {
    let mut table = Table::new(0, 1);
    let slot = table.replica.wants_proposal().unwrap();
    assert_eq!(slot.parent, genesis().id());
    let a = table.block("A", &slot.parent_header, 0);
    let proposal =
        Input::Proposal { view: slot.view, header: a.header.clone(), leaves: a.leaves.clone().into() };
    table.run(vec![
        step(
            "the proposal leaves before the vote's sync",
            proposal.clone(),
            &["all PRE-PREPARE 0/1 A", "journal PREPARE 0/1 A", "all PREPARE 0/1 A"],
            ACTIVE_0,
        ),
        step("one proposal a slot", proposal, &["dropped A"], ACTIVE_0),
    ]);
    assert_eq!(table.replica.wants_proposal(), None, "the window is full");
}

#[test]
fn pre_prepare_counts_for_nothing_in_a_certificate() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.run(vec![
        step("proposed by the primary", pre_prepare(0, 0, &a), &["check A Fresh"], ACTIVE_0),
        step(
            "own PREPARE",
            checked(&a, Verdict::Valid),
            &["journal PREPARE 0/1 A", "all PREPARE 0/1 A"],
            ACTIVE_0,
        ),
        step("with the primary's PRE-PREPARE that would be three", prepare(2, 0, &a), &[], ACTIVE_0),
    ]);
}

#[test]
fn headers_that_contradict_their_message_are_refused() {
    let mut table = Table::new(1, 1);
    let good = table.block("A", &genesis(), 0);
    let bad = |change: fn(&mut crate::table::Named)| {
        let mut block = good.clone();
        change(&mut block);
        pre_prepare(0, 0, &block)
    };
    let evidence: &[&str] = &["evidence 0 BadHeader"];
    table.run(vec![
        step("other view", bad(|block| block.header.view = block.header.view.next()), evidence, ACTIVE_0),
        step(
            "other primary",
            bad(|block| block.header.primary = carechain_types::ReplicaId::new(2)),
            evidence,
            ACTIVE_0,
        ),
        step("other protocol", bad(|block| block.header.protocol += 1), evidence, ACTIVE_0),
        step(
            "other chain",
            bad(|block| block.header.chain_id = carechain_crypto::ChainId::ZERO),
            evidence,
            ACTIVE_0,
        ),
        step("other epoch", bad(|block| block.header.epoch = block.header.epoch.next()), evidence, ACTIVE_0),
        step("other count", bad(|block| block.header.transaction_count = 2), evidence, ACTIVE_0),
        step(
            "other leaves",
            bad(|block| block.leaves.as_mut_slice()[0] = carechain_crypto::Digest::ZERO),
            evidence,
            ACTIVE_0,
        ),
        step(
            "no transactions",
            bad(|block| block.leaves = carechain_types::BoundedVec::empty()),
            evidence,
            ACTIVE_0,
        ),
        step(
            "a change of membership",
            bad(|block| block.header.next_membership = Some(carechain_crypto::Digest::ZERO)),
            evidence,
            ACTIVE_0,
        ),
        step("not by the primary", pre_prepare(2, 0, &good), &["evidence 2 NotPrimary"], ACTIVE_0),
        step("the good one", pre_prepare(0, 0, &good), &["check A Fresh"], ACTIVE_0),
    ]);
}

#[test]
fn proposal_that_holds_a_transaction_twice_is_refused_at_its_arrival() {
    let mut table = Table::new(1, 1);
    let good = table.block("A", &genesis(), 0);
    let mut twice = good.clone();
    let leaf = good.leaves[0];
    twice.leaves = carechain_types::BoundedVec::new(vec![leaf, leaf]).unwrap();
    twice.header.transaction_count = 2;
    twice.header.transactions_root = carechain_types::tree::root(&twice.leaves);
    table.run(vec![
        step("twice", pre_prepare(0, 0, &twice), &["evidence 0 RepeatedTransaction"], ACTIVE_0),
        step("its place is still free", pre_prepare(0, 0, &good), &["check A Fresh"], ACTIVE_0),
    ]);
}

#[test]
fn wrong_parent_is_not_accepted() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let other = table.block("other", &genesis(), 0);
    let b = table.block("B", &other.header, 0);
    let c = table.block("C", &a.header, 0);
    table.run(vec![
        step("A comes from a peer", caught_up(&a, 0), &["journal committed A"], ACTIVE_1),
        step("B stands on another block", pre_prepare(0, 0, &b), &[], ACTIVE_1),
        step("so its place is still free", pre_prepare(0, 0, &c), &["check C Fresh"], ACTIVE_1),
    ]);
}

#[test]
fn second_proposal_for_a_height_is_evidence() {
    let mut table = Table::new(1, 1);
    let (a, b) = (table.block("A", &genesis(), 0), table.block("B", &genesis(), 0));
    table.run(vec![
        step("the first is accepted", pre_prepare(0, 0, &a), &["check A Fresh"], ACTIVE_0),
        step("the second is not", pre_prepare(0, 0, &b), &["evidence 0 TwoProposals"], ACTIVE_0),
        step("the first again is nothing", pre_prepare(0, 0, &a), &[], ACTIVE_0),
    ]);
}

#[test]
fn first_vote_of_a_member_stands() {
    let mut table = Table::new(1, 1);
    let (a, b) = (table.block("A", &genesis(), 0), table.block("B", &genesis(), 0));
    table.run(vec![
        step("2 votes for B", prepare(2, 0, &b), &[], ACTIVE_0),
        step("then for A", prepare(2, 0, &a), &["evidence 2 TwoPrepares"], ACTIVE_0),
        step("A is proposed", pre_prepare(0, 0, &a), &["check A Fresh"], ACTIVE_0),
        step(
            "own PREPARE",
            checked(&a, Verdict::Valid),
            &["journal PREPARE 0/1 A", "all PREPARE 0/1 A"],
            ACTIVE_0,
        ),
        step("2's vote for A does not count", prepare(0, 0, &a), &[], ACTIVE_0),
        step(
            "3's does",
            prepare(3, 0, &a),
            &["journal prepared 0/1 A", "journal COMMIT 0/1 A", "all COMMIT 0/1 A"],
            ACTIVE_0,
        ),
        step("COMMIT for B", commit(2, 0, &b), &[], ACTIVE_0),
        step("COMMIT for A too", commit(2, 0, &a), &["evidence 2 TwoCommits"], ACTIVE_0),
    ]);
}

#[test]
fn differing_state_root_is_not_prepared_and_the_primary_is_suspected() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let own = StateRoot::ZERO;
    table.run(vec![
        step("proposed", pre_prepare(0, 0, &a), &["check A Fresh"], ACTIVE_0),
        step(
            "execution gives another root",
            checked(&a, Verdict::StateDiffers { own }),
            &["suspected StateDiffers", "journal VIEW-CHANGE 1 on G []", "all VIEW-CHANGE 1 on G []"],
            "view 1 waiting, committed 0",
        ),
        step(
            "a quorum certified it all the same: only now this replica stops",
            certificate_input(2, certificate(Phase::Commit, 0, &a)),
            &["fatal 1 A"],
            "view 1 stopped, committed 0",
        ),
    ]);
    assert_eq!(table.replica.next_wakeup(), None);
}

#[test]
fn nothing_is_voted_above_the_window() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &a.header, 0);
    table.run(vec![
        step("B waits for A", pre_prepare(0, 0, &b), &[], ACTIVE_0),
        step("A is accepted", pre_prepare(0, 0, &a), &["check A Fresh"], ACTIVE_0),
        step(
            "A is prepared",
            checked(&a, Verdict::Valid),
            &["journal PREPARE 0/1 A", "all PREPARE 0/1 A"],
            ACTIVE_0,
        ),
        step(
            "A commits by certificate, its durable mark before B's PREPARE",
            certificate_input(2, certificate(Phase::Commit, 0, &a)),
            &["journal committed A", "commit 1 A", "check B Fresh"],
            ACTIVE_1,
        ),
        step(
            "B is prepared",
            checked(&b, Verdict::Valid),
            &["journal PREPARE 0/2 B", "all PREPARE 0/2 B"],
            ACTIVE_1,
        ),
    ]);
}

/// Trace F1 of the model: COMMITs that skip a height make a fork.
#[test]
fn commits_go_out_in_height_order_for_the_parents_id() {
    let mut table = Table::new(1, 3);
    let a = table.block("A1", &genesis(), 0);
    let b = table.block("A2", &a.header, 0);
    let c = table.block("A3", &b.header, 0);
    for block in [&a, &b, &c] {
        table.take(pre_prepare(0, 0, block));
        table.take(checked(block, Verdict::Valid));
    }
    for block in [&b, &c] {
        table.take(prepare(0, 0, block));
    }
    table.run(vec![
        step("2 is prepared, 1 is not: no COMMIT", prepare(2, 0, &b), &["journal prepared 0/2 A2"], ACTIVE_0),
        step(
            "3 is prepared, 2 is not sent: no COMMIT",
            prepare(2, 0, &c),
            &["journal prepared 0/3 A3"],
            ACTIVE_0,
        ),
        step("1 lacks one", prepare(0, 0, &a), &[], ACTIVE_0),
        step(
            "1 is prepared: all go out, lowest first",
            prepare(2, 0, &a),
            &[
                "journal prepared 0/1 A1",
                "journal COMMIT 0/1 A1",
                "all COMMIT 0/1 A1",
                "journal COMMIT 0/2 A2",
                "all COMMIT 0/2 A2",
                "journal COMMIT 0/3 A3",
                "all COMMIT 0/3 A3",
            ],
            ACTIVE_0,
        ),
    ]);
}

#[test]
fn certified_block_that_was_never_seen_is_fetched() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.run(vec![
        step(
            "a certificate alone",
            certificate_input(2, certificate(Phase::Commit, 0, &a)),
            &["catch up to A"],
            ACTIVE_0,
        ),
        step("the block comes", caught_up(&a, 0), &["journal committed A"], ACTIVE_1),
        step("once", caught_up(&a, 0), &[], ACTIVE_1),
    ]);
}

/// Two histories are certified. Asking for the block again and again would bring the same one.
#[test]
fn certified_block_on_a_foreign_parent_stops_the_replica() {
    let mut table = Table::new(1, 2);
    let a = table.block("A", &genesis(), 0);
    let other = table.block("B", &genesis(), 0);
    let child = table.block("C", &a.header, 0);
    table.take(pre_prepare(0, 0, &a));
    table.take(pre_prepare(0, 0, &child));
    table.take(certificate_input(2, certificate(Phase::Commit, 0, &child)));
    let said = table.take(caught_up(&other, 0));
    assert_eq!(said.last().map(String::as_str), Some("fatal 2 C on A"), "{said:?}");
    assert_eq!(table.state(), "view 0 stopped, committed 1");
    assert!(table.wait(Span::MINUTE).is_empty(), "nothing follows");
}

#[test]
fn fetched_block_is_not_committed_by_the_certificate_of_another() {
    let mut table = Table::new(1, 1);
    let (a, b) = (table.block("A", &genesis(), 0), table.block("B", &genesis(), 0));
    let above = table.block("above", &a.header, 0);
    let fetched = |certified| Input::CaughtUp {
        header: a.header.clone(),
        certificate: crate::table::verified(certificate(Phase::Commit, 0, certified)),
    };
    table.run(vec![
        step("of its height", fetched(&b), &[], ACTIVE_0),
        step("of the height above", fetched(&above), &[], ACTIVE_0),
        step("its own", fetched(&a), &["journal committed A"], ACTIVE_1),
    ]);
}

#[test]
fn prepare_certificate_commits_nothing() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.run(vec![
        step("as a certificate", certificate_input(2, certificate(Phase::Prepare, 0, &a)), &[], ACTIVE_0),
        step(
            "as catch-up",
            Input::CaughtUp {
                header: a.header.clone(),
                certificate: crate::table::verified(certificate(Phase::Prepare, 0, &a)),
            },
            &[],
            ACTIVE_0,
        ),
    ]);
}

#[test]
fn late_votes_and_heads_are_answered_with_the_certificate() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &a.header, 0);
    table.take(caught_up(&a, 0));
    table.take(caught_up(&b, 0));
    let committed = "view 0 active, committed 2";
    table.run(vec![
        step("below", prepare(2, 0, &a), &["to 2 CERTIFICATE commit A"], committed),
        step("the last few votes come late by nature", commit(3, 0, &b), &[], committed),
        step("who repeats one has not heard", commit(3, 0, &b), &["to 3 CERTIFICATE commit B"], committed),
        step("a head below", head(0, 0, 1), &["to 0 CERTIFICATE commit B"], committed),
        step("but not twice at once", head(0, 0, 1), &[], committed),
    ]);
}
