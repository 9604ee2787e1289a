//! After a restart, rule by rule.

mod refusals;
mod votes;

use carechain_types::{Phase, Span};

use super::RecoverError;
use crate::cluster::genesis;
use crate::input::{Input, Verdict};
use crate::journal_entry::JournalEntry;
use crate::table::{
    Table, caught_up, certificate, certificate_input, checked, commit, head, pre_prepare, prepare, step,
};

const ACTIVE_0: &str = "view 0 active, committed 0";

/// Bodies that were only in memory are gone: a COMMIT without them could certify a block that nobody can execute.
#[test]
fn restarted_backup_commits_only_to_a_block_it_holds_again() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(pre_prepare(0, 0, &a));
    table.take(checked(&a, Verdict::Valid));
    table.restart(None);
    assert_eq!(table.take(Input::Start), ["all PREPARE 0/1 A"]);
    table.run(vec![
        step("the proposal comes again", pre_prepare(0, 0, &a), &["check A Fresh"], ACTIVE_0),
        step("two PREPAREs", prepare(0, 0, &a), &[], ACTIVE_0),
        step("three, but its bodies are not here", prepare(2, 0, &a), &[], ACTIVE_0),
        step(
            "they came, it was executed",
            checked(&a, Verdict::Valid),
            &["journal prepared 0/1 A", "journal COMMIT 0/1 A", "all COMMIT 0/1 A"],
            ACTIVE_0,
        ),
    ]);
}

/// The entry into view 1 was torn off behind the certificate that opened it. Nobody sends that certificate again to a
/// replica whose ledger has its block.
#[test]
fn restart_enters_the_view_that_its_committed_head_admits_to() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 1);
    table.take(caught_up(&a, 1));
    assert!(matches!(table.journal.pop(), Some(JournalEntry::Entered { .. })));
    table.restart(Some((&a, certificate(Phase::Commit, 1, &a))));
    let started = table.take(Input::Start);
    assert_eq!(started, ["journal committed A", "journal entered 1 by certificate", "entered 1"]);
    assert_eq!(table.state(), "view 1 active, committed 1");
}

#[test]
fn restart_with_a_ledger_below_its_own_votes_is_refused() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    let b = table.block("B", &a.header, 0);
    table.take(caught_up(&a, 0));
    table.take(pre_prepare(0, 0, &b));
    table.take(checked(&b, Verdict::Valid));
    let whole = table.journal.clone();
    table.journal.retain(|entry| !matches!(entry, JournalEntry::Committed { .. }));
    let refused = table.try_restart(None);
    assert_eq!(refused, Err(RecoverError::BelowOwnVotes { height: 0, voted: 2, window: 1 }));
    table.journal = whole;
    assert_eq!(table.try_restart(None), Ok(()));
}

/// besu#1734: what arrived before the process looked at its clock must not be overruled by it.
#[test]
fn timers_wait_for_everything_that_arrived_in_their_turn() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(pre_prepare(0, 0, &a));
    table.take(checked(&a, Verdict::Valid));
    table.wait(Span::from_millis(490));
    table.now = table.now.after(Span::from_millis(20));
    assert_eq!(table.take(head(2, 0, 0)), Vec::<String>::new());
    let committed = certificate_input(2, certificate(Phase::Commit, 0, &a));
    assert_eq!(table.take(committed), ["journal committed A", "commit 1 A"]);
    assert_eq!(table.take(Input::Tick), Vec::<String>::new());
}

/// A process that was frozen, or whose clock was set ahead, cannot say that its primary did nothing.
#[test]
fn replica_that_overslept_gives_its_primary_new_patience() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(pre_prepare(0, 0, &a));
    table.take(checked(&a, Verdict::Valid));
    table.wait(Span::from_millis(300));
    table.now = table.now.after(Span::SECOND.times(30));
    assert_eq!(table.take(Input::Tick), ["all PREPARE 0/1 A"]);
    assert!(table.wait(Span::from_millis(240)).iter().all(|line| line.starts_with("all PREPARE")));
    assert!(table.wait(Span::from_millis(20)).contains(&"suspected NothingCommits".to_owned()));
}

/// What is committed here is voted on again only when a NEW-VIEW re-proposes it.
#[test]
fn fresh_block_that_is_committed_here_gets_no_votes() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(pre_prepare(0, 0, &a));
    assert_eq!(table.take(caught_up(&a, 0)), ["journal committed A"]);
    table.run(vec![
        step("A was checked meanwhile", checked(&a, Verdict::Valid), &[], "view 0 active, committed 1"),
        step("PREPAREs for it", prepare(0, 0, &a), &[], "view 0 active, committed 1"),
        step("a COMMIT", commit(0, 0, &a), &[], "view 0 active, committed 1"),
    ]);
}
