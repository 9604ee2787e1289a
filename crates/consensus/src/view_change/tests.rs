//! The view change, rule by rule: the choice as a pure function, then one replica against made messages.

mod backoff;
mod extremes;
mod late_members;
mod left_behind;
mod malformed;
mod new_views;
mod passed_over;
mod patience;

use carechain_types::{Header, Phase, Span, ViewChange};

use super::choice::choose;
use crate::cluster::genesis;
use crate::input::{Input, PendingTransaction, Verdict};
use crate::message::Wanted;
use crate::table::{
    Named, Table, caught_up, certificate, certificate_input, checked, commit, fetch, head, key, new_view,
    new_view_from, pre_prepare, prepare, step, view_change, view_change_body,
};

const ACTIVE_0: &str = "view 0 active, committed 0";

#[track_caller]
fn check_choice(view_changes: &[&ViewChange], start: u64, blocks: &[&Named]) {
    let choice = choose(genesis().id(), view_changes);
    assert_eq!(choice.start.map_or(0, |certificate| certificate.height.get()), start);
    let expected: Vec<&Header> = blocks.iter().map(|block| &block.header).collect();
    assert_eq!(choice.blocks, expected);
}

/// Each of these is a mutant of the model that forks when the choice gets it wrong.
#[test]
fn choice_is_chain_aware_and_takes_the_highest_view() {
    let mut table = Table::new(1, 3);
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &genesis(), 1);
    let a2 = table.block("A2", &a.header, 0);
    let b2 = table.block("B2", &b.header, 1);
    let a3 = table.block("A3", &a2.header, 0);
    let nothing = view_change_body(1, 4, None, &[]);
    let old = view_change_body(2, 4, None, &[(&a, 0), (&a2, 0), (&a3, 0)]);
    let new = view_change_body(3, 4, None, &[(&b, 1)]);
    check_choice(&[&nothing, &nothing, &nothing], 0, &[]);
    check_choice(&[&nothing, &old, &new], 0, &[&b]);
    let re_prepared = view_change_body(3, 4, None, &[(&a, 2)]);
    check_choice(&[&new, &old, &re_prepared], 0, &[&a, &a2, &a3]);
    let gap = view_change_body(2, 4, None, &[(&a, 0), (&a3, 0)]);
    check_choice(&[&nothing, &gap], 0, &[&a]);
    let orphan = view_change_body(2, 4, None, &[(&a, 0), (&b2, 3)]);
    check_choice(&[&nothing, &orphan], 0, &[&a]);
}

#[test]
fn choice_starts_at_the_highest_committed_block_not_at_a_prepared_one() {
    let mut table = Table::new(1, 3);
    let a = table.block("A", &genesis(), 0);
    let a2 = table.block("A2", &a.header, 0);
    let a3 = table.block("A3", &a2.header, 0);
    let low = view_change_body(1, 4, None, &[(&a, 0)]);
    let high = view_change_body(2, 4, Some((&a2, 0)), &[]);
    let prepared = view_change_body(3, 4, Some((&a, 0)), &[(&a2, 0), (&a3, 0)]);
    check_choice(&[&low, &high], 2, &[]);
    check_choice(&[&low, &high, &prepared], 2, &[&a3]);
    check_choice(&[&low, &prepared], 1, &[&a2, &a3]);
}

/// Trace F2 of the model: the journal brings back the committed height and everything prepared above it.
#[test]
fn restart_without_its_ledger_reports_what_its_votes_imply() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &a.header, 0);
    for block in [&a, &b] {
        table.take(pre_prepare(0, 0, block));
        table.take(checked(block, Verdict::Valid));
        table.take(prepare(0, 0, block));
        table.take(prepare(2, 0, block));
        if block.id() == a.id() {
            table.take(certificate_input(2, certificate(Phase::Commit, 0, &a)));
        }
    }
    table.restart(None);
    assert_eq!(table.state(), ACTIVE_0);
    let started = table.take(Input::Start);
    let latest =
        ["all PREPARE 0/1 A", "all PREPARE 0/2 B", "all COMMIT 0/1 A", "all COMMIT 0/2 B", "check A Fresh"];
    assert_eq!(started, latest);
    table.take(head(2, 1, 0));
    let outputs = table.take(head(3, 1, 0));
    assert_eq!(outputs[..2], ["suspected OthersLeft", "journal VIEW-CHANGE 1 on A [B@0]"]);
}

#[test]
fn no_vote_goes_out_below_an_own_view_change() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(pre_prepare(0, 0, &a));
    table.take(checked(&a, Verdict::Valid));
    let waiting = "view 1 waiting, committed 0";
    table.run(vec![
        step(
            "the primary itself leaves, whatever view it names: join at once",
            view_change(&view_change_body(0, 9, None, &[])),
            &["suspected PrimaryLeft", "journal VIEW-CHANGE 1 on G []", "all VIEW-CHANGE 1 on G []"],
            waiting,
        ),
        step("PREPAREs of the old view certify nothing here", prepare(0, 0, &a), &[], waiting),
        step("not even q of them", prepare(2, 0, &a), &[], waiting),
        step("COMMITs still commit", commit(0, 0, &a), &[], waiting),
        step("two", commit(2, 0, &a), &[], waiting),
        step(
            "three",
            commit(3, 0, &a),
            &["journal committed A", "commit 1 A"],
            "view 1 waiting, committed 1",
        ),
    ]);
}

#[test]
fn one_claim_moves_nobody_and_f_plus_one_move_to_the_lower() {
    let mut table = Table::new(3, 1);
    table.run(vec![
        step("a number of one member's choice", head(1, u64::MAX, 0), &[], ACTIVE_0),
        step(
            "two: to the (f+1)-th highest",
            head(2, 5, 0),
            &[
                "suspected OthersLeft",
                "journal VIEW-CHANGE 5 on G []",
                "all VIEW-CHANGE 5 on G []",
                "to 1 FETCH NEW-VIEW 5",
            ],
            "view 5 waiting, committed 0",
        ),
    ]);
}

#[test]
fn new_primary_counts_only_view_changes_whose_certificates_it_holds() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let with_a = view_change_body(2, 1, None, &[(&a, 0)]);
    let waiting = "view 1 waiting, committed 0";
    table.run(vec![
        step(
            "the primary leaves",
            view_change(&view_change_body(0, 1, None, &[])),
            &["suspected PrimaryLeft", "journal VIEW-CHANGE 1 on G []", "all VIEW-CHANGE 1 on G []"],
            waiting,
        ),
        step("the third names A", view_change(&with_a), &["to 2 FETCH prepare A"], waiting),
        step(
            "its certificate comes: the view starts on it",
            certificate_input(2, certificate(Phase::Prepare, 0, &a)),
            &["journal entered 1 by NEW-VIEW", "entered 1", "all NEW-VIEW 1 [A]", "to 2 FETCH leaves A"],
            "view 1 active, committed 0",
        ),
    ]);
    assert_eq!(table.replica.wants_proposal(), None, "no fresh proposal at a re-proposed height");
}

#[test]
fn unasked_certificates_are_not_kept() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(certificate_input(2, certificate(Phase::Prepare, 0, &a)));
    assert!(table.replica.certificates.is_empty());
}

#[test]
fn backup_recomputes_the_choice_with_everything_in_hand() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    let bodies = [
        view_change_body(0, 1, None, &[]),
        view_change_body(1, 1, None, &[]),
        view_change_body(2, 1, None, &[(&a, 0)]),
    ];
    let named: Vec<_> = bodies.iter().collect();
    table.take(pre_prepare(0, 0, &a));
    table.run(vec![
        step(
            "it lacks all it names",
            new_view(1, &named, &[&a]),
            &[
                "to 1 FETCH VIEW-CHANGE 1 of 0",
                "to 1 FETCH VIEW-CHANGE 1 of 1",
                "to 1 FETCH VIEW-CHANGE 1 of 2",
            ],
            ACTIVE_0,
        ),
        step("the new primary's", view_change(&bodies[1]), &[], ACTIVE_0),
        step(
            "the one with A",
            view_change(&bodies[2]),
            &[
                "suspected OthersLeft",
                "journal VIEW-CHANGE 1 on G []",
                "all VIEW-CHANGE 1 on G []",
                "to 1 FETCH prepare A",
            ],
            "view 1 waiting, committed 0",
        ),
        step(
            "the certificate",
            certificate_input(1, certificate(Phase::Prepare, 0, &a)),
            &[],
            "view 1 waiting, committed 0",
        ),
        step(
            "the last: accepted, re-proposed block checked",
            view_change(&bodies[0]),
            &["journal entered 1 by NEW-VIEW", "entered 1"],
            "view 1 active, committed 0",
        ),
        step(
            "and voted on in the new view",
            checked(&a, Verdict::Valid),
            &["journal PREPARE 1/1 A", "all PREPARE 1/1 A"],
            "view 1 active, committed 0",
        ),
    ]);
}

#[test]
fn false_new_view_is_refused_and_its_view_left_by_the_timer_alone() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    let bodies = [
        view_change_body(0, 1, None, &[]),
        view_change_body(1, 1, None, &[]),
        view_change_body(2, 1, None, &[(&a, 0)]),
    ];
    for body in &bodies {
        table.take(view_change(body));
    }
    let named: Vec<_> = bodies.iter().collect();
    table.run(vec![
        step(
            "it drops the prepared block",
            new_view(1, &named, &[]),
            &["to 1 FETCH prepare A"],
            "view 1 waiting, committed 0",
        ),
        step(
            "which shows once the certificate is here",
            certificate_input(1, certificate(Phase::Prepare, 0, &a)),
            &["evidence 1 FalseNewView"],
            "view 1 waiting, committed 0",
        ),
        step("said again", new_view(1, &named, &[]), &[], "view 1 waiting, committed 0"),
        step(
            "a true one takes no harm from it",
            new_view_from(2, 1, &named, &[&a]),
            &["evidence 1 TwoNewViews", "journal entered 1 by NEW-VIEW", "entered 1", "to 1 FETCH leaves A"],
            "view 1 active, committed 0",
        ),
    ]);
}

/// q VIEW-CHANGEs of distinct members share a correct one with every certificate; fewer members may all be faulty.
#[test]
fn new_view_that_repeats_a_member_or_names_another_number_than_a_quorum_is_refused() {
    let mut table = Table::new(3, 1);
    let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, 1, None, &[])).collect();
    for body in &bodies {
        table.take(view_change(body));
    }
    let own = view_change_body(3, 1, None, &[]);
    let [zero, one, two] = &bodies[..] else { panic!("three were made") };
    let evidence: &[&str] = &["evidence 1 FalseNewView"];
    let waiting = "view 1 waiting, committed 0";
    table.run(vec![
        step("one fewer", new_view(1, &[zero, one], &[]), evidence, waiting),
        step("nobody", new_view(1, &[], &[]), evidence, waiting),
        step("one member twice", new_view(1, &[zero, zero, one], &[]), evidence, waiting),
        step("a quorum, and one of them again", new_view(1, &[zero, one, two, two], &[]), evidence, waiting),
        step("one more", new_view(1, &[zero, one, two, &own], &[]), evidence, waiting),
        step(
            "a quorum",
            new_view(1, &[zero, one, two], &[]),
            &["journal entered 1 by NEW-VIEW", "entered 1"],
            "view 1 active, committed 0",
        ),
    ]);
}

#[test]
fn committed_block_that_is_re_proposed_is_voted_on_again() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(caught_up(&a, 0));
    let bodies = [
        view_change_body(0, 1, None, &[]),
        view_change_body(1, 1, None, &[]),
        view_change_body(2, 1, None, &[(&a, 0)]),
    ];
    for body in &bodies {
        table.take(view_change(body));
    }
    let named: Vec<_> = bodies.iter().collect();
    table.take(new_view(1, &named, &[&a]));
    let entered = "view 1 active, committed 1";
    table.run(vec![
        step(
            "PREPARE at its own committed height",
            certificate_input(1, certificate(Phase::Prepare, 0, &a)),
            &["journal entered 1 by NEW-VIEW", "entered 1", "journal PREPARE 1/1 A", "all PREPARE 1/1 A"],
            entered,
        ),
        step("one more", prepare(1, 1, &a), &[], entered),
        step("and COMMIT", prepare(2, 1, &a), &["journal COMMIT 1/1 A", "all COMMIT 1/1 A"], entered),
    ]);
}

#[test]
fn only_a_fresh_blocks_certificate_admits_to_its_view() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &a.header, 2);
    table.run(vec![
        step(
            "A re-proposed in view 2",
            caught_up(&a, 2),
            &["journal committed A"],
            "view 0 active, committed 1",
        ),
        step(
            "B first proposed in view 2",
            caught_up(&b, 2),
            &["journal committed B", "journal entered 2 by certificate", "entered 2"],
            "view 2 active, committed 2",
        ),
    ]);
}

#[test]
fn restarted_primary_abdicates_and_a_backup_goes_on() {
    let mut table = Table::new(0, 1);
    table.restart(None);
    assert_eq!(
        table.take(Input::Start),
        [
            "suspected Abdicated",
            "journal VIEW-CHANGE 1 on G []",
            "all VIEW-CHANGE 1 on G []",
            "to 1 FETCH NEW-VIEW 1"
        ]
    );
    let mut table = Table::new(2, 1);
    table.restart(None);
    assert!(table.take(Input::Start).is_empty());
    assert_eq!(table.state(), ACTIVE_0);
}

#[test]
fn restarted_backup_refuses_a_proposal_that_contradicts_its_journal() {
    let mut table = Table::new(1, 1);
    let (a, b) = (table.block("A", &genesis(), 0), table.block("B", &genesis(), 0));
    table.take(pre_prepare(0, 0, &a));
    table.take(checked(&a, Verdict::Valid));
    table.restart(None);
    assert_eq!(table.take(Input::Start), ["all PREPARE 0/1 A"]);
    table.run(vec![
        step("another block", pre_prepare(0, 0, &b), &[], ACTIVE_0),
        step("the same block", pre_prepare(0, 0, &a), &["check A Fresh"], ACTIVE_0),
        step("no second PREPARE", checked(&a, Verdict::Valid), &[], ACTIVE_0),
    ]);
}

#[test]
fn primary_is_suspected_only_while_something_should_commit() {
    let mut table = Table::new(1, 1);
    assert!(table.wait(Span::SECOND.times(20)).is_empty(), "an idle chain suspects nobody");
    let pending = PendingTransaction { since: table.now, passed_over: 0 };
    table.take(Input::Pending(Some(pending)));
    assert!(table.wait(Span::from_millis(490)).is_empty());
    table.take(Input::Pending(None));
    assert!(table.wait(Span::SECOND).is_empty(), "it was committed or expired");
    table.take(Input::Pending(Some(PendingTransaction { since: table.now, passed_over: 0 })));
    let outputs = table.wait(Span::from_millis(510));
    assert_eq!(outputs[..1], ["suspected NothingCommits"]);
}

#[test]
fn new_view_timer_runs_only_with_a_quorum_of_claims() {
    let mut table = Table::new(2, 1);
    table.take(Input::Pending(Some(PendingTransaction { since: table.now, passed_over: 0 })));
    table.wait(Span::from_millis(600));
    assert_eq!(table.state(), "view 1 waiting, committed 0");
    let outputs = table.wait(Span::SECOND.times(20));
    assert!(
        outputs.iter().all(|line| line.starts_with("all VIEW-CHANGE 1") || line.contains("FETCH")),
        "{outputs:?}"
    );
    table.take(view_change(&view_change_body(0, 1, None, &[])));
    table.take(view_change(&view_change_body(3, 1, None, &[])));
    let outputs = table.wait(Span::from_millis(520));
    assert!(outputs.contains(&"suspected NoNewView".to_owned()), "{outputs:?}");
    assert_eq!(table.state(), "view 2 waiting, committed 0");
}

#[test]
fn what_a_view_change_names_is_served() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(pre_prepare(0, 0, &a));
    table.take(checked(&a, Verdict::Valid));
    table.take(prepare(0, 0, &a));
    table.take(prepare(2, 0, &a));
    assert_eq!(table.take(head(2, 1, 0)), Vec::<String>::new());
    let outputs = table.take(head(3, 1, 0));
    assert_eq!(outputs[1], "journal VIEW-CHANGE 1 on G [A@0]");
    let wanted = Wanted::Certificate(key(Phase::Prepare, 0, &a));
    assert_eq!(table.take(fetch(2, wanted)), ["to 2 CERTIFICATE prepare A"]);
    assert_eq!(table.take(fetch(2, Wanted::Leaves(a.id()))), ["to 2 LEAVES A"]);
}

/// Every block leaves a prepared certificate; one that is settled serves nobody, and each is looked at for every block.
#[test]
fn certificates_of_a_thousand_settled_blocks_are_forgotten() {
    let mut table = Table::new(1, 1);
    let mut parent = genesis();
    for _ in 0..1_000 {
        let block = table.block("settled", &parent, 0);
        table.now = block.header.time;
        table.take(pre_prepare(0, 0, &block));
        table.take(checked(&block, Verdict::Valid));
        table.take(prepare(0, 0, &block));
        table.take(prepare(2, 0, &block));
        table.take(commit(0, 0, &block));
        table.take(commit(3, 0, &block));
        table.journal.clear();
        parent = block.header;
        assert!(table.replica.certificates.len() <= 1, "{} kept", table.replica.certificates.len());
    }
    assert_eq!(table.state(), "view 0 active, committed 1000");
    let open = table.block("open", &parent, 0);
    table.take(pre_prepare(0, 0, &open));
    table.take(checked(&open, Verdict::Valid));
    table.take(prepare(0, 0, &open));
    table.take(prepare(2, 0, &open));
    let left = table.wait(Span::from_millis(510));
    assert!(left.contains(&"all VIEW-CHANGE 1 on settled [open@0]".to_owned()), "{left:?}");
    let wanted = Wanted::Certificate(key(Phase::Prepare, 0, &open));
    assert_eq!(table.take(fetch(2, wanted)), ["to 2 CERTIFICATE prepare open"]);
    let committed = certificate(Phase::Commit, 0, &Named { header: parent, leaves: open.leaves.clone() });
    let empty =
        |member| ViewChange { committed: Some(committed.clone()), ..view_change_body(member, 1, None, &[]) };
    table.take(view_change(&empty(2)));
    let led = table.take(view_change(&empty(3)));
    assert!(led.contains(&"all NEW-VIEW 1 [open]".to_owned()), "{led:?}");
    assert_eq!(table.state(), "view 1 active, committed 1000");
}
