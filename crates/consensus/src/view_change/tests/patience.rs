//! How long a replica waits before it goes one view further.

use carechain_types::Span;

use crate::cluster::genesis;
use crate::input::{Input, PendingTransaction};
use crate::table::{Table, caught_up, head, view_change, view_change_body};

/// All others wait for each view that the replica waits for, and no NEW-VIEW ever comes; how long it waits in each.
fn patiences(table: &mut Table, views: u64) -> Vec<u64> {
    let mut patiences = Vec::new();
    for _ in 0..views {
        let view = table.replica.view().get();
        let own = table.config.own.get();
        for member in (0..4).filter(|member| *member != own) {
            table.take(view_change(&view_change_body(member, view, None, &[])));
        }
        let since = table.now;
        while table.replica.view().get() == view {
            table.now = table.now.after(Span::from_millis(10));
            table.take(Input::Tick);
            assert!(table.now < since.after(Span::MINUTE), "it waits for ever in view {view}");
        }
        patiences.push(table.now.since(since).as_micros() / 1_000);
    }
    patiences
}

#[test]
fn patience_doubles_with_each_view_without_a_commit_up_to_its_cap() {
    let waiting =
        |table: &Table| Input::Pending(Some(PendingTransaction { since: table.now, passed_over: 0 }));
    let mut table = Table::new(3, 1);
    let input = waiting(&table);
    table.take(input);
    table.take(head(0, 1, 0));
    table.take(head(1, 1, 0));
    assert_eq!(table.state(), "view 1 waiting, committed 0");
    // Members 1, 2 and 0 would lead; view 3 is its own to lead, which it does.
    assert_eq!(patiences(&mut table, 2), [500, 1_000]);
    let mut table = Table::new(3, 1);
    let input = waiting(&table);
    table.take(input);
    for member in [0, 1] {
        table.take(head(member, 4, 0));
    }
    assert_eq!(patiences(&mut table, 3), [4_000, 8_000, 8_000]);
}

#[test]
fn commit_in_a_late_view_makes_patience_short_again() {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 4);
    table.take(caught_up(&a, 4));
    assert_eq!(table.state(), "view 4 active, committed 1");
    table.take(Input::Pending(Some(PendingTransaction { since: table.now, passed_over: 0 })));
    let waited = table.wait(Span::from_millis(510));
    assert!(waited.contains(&"suspected NothingCommits".to_owned()), "{waited:?}");
}

/// Passing over counts from the sixteenth block on, and only for a backup.
#[test]
fn primary_that_passes_over_a_transaction_is_suspected_and_no_other() {
    let passed_over = |own: u16, passed_over: u32| {
        let mut table = Table::new(own, 1);
        let mut parent = genesis();
        let mut said = Vec::new();
        table.take(Input::Pending(Some(PendingTransaction { since: table.now, passed_over })));
        // Blocks keep coming, so that nothing else makes the primary suspect.
        for _ in 0..6 {
            let block = table.block("block", &parent, 0);
            said.extend(table.take(caught_up(&block, 0)));
            said.extend(table.wait(Span::from_millis(100)));
            parent = block.header;
        }
        said.contains(&"suspected PassedOver".to_owned())
    };
    let max = Table::new(1, 1).config.timeouts.passed_over_max;
    assert!(passed_over(1, max), "sixteen blocks went ahead of it");
    assert!(!passed_over(1, max - 1), "fifteen may");
    assert!(!passed_over(0, max), "nobody suspects itself");
}
