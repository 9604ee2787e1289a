//! Memory is bounded, whatever the length of the chain and whatever one member signs.

use carechain_types::View;

use crate::cluster::genesis;
use crate::input::Verdict;
use crate::table::{
    Named, Table, checked, commit, head, new_view, pre_prepare, prepare, view_change, view_change_body,
};

const HEIGHTS: u64 = 10_000;
/// The window is 1: a few blocks, each with votes of four members, and a few messages of each member.
const ENTRIES_MAX: usize = 120;

/// Everything that a replica keeps under a key.
fn entries(table: &Table) -> usize {
    let replica = &table.replica;
    let votes = [
        replica.prepares.count(),
        replica.commits.count(),
        replica.own.prepares.len(),
        replica.own.commits.len(),
        replica.commit_votes.len(),
    ];
    let blocks = [
        replica.certified.len(),
        replica.slots.len(),
        replica.blocks.count(),
        replica.proposed.len(),
        replica.prepared.len(),
        replica.certificates.len(),
    ];
    let of_members = [
        replica.view_changes.len(),
        replica.new_views.len(),
        replica.claims.len(),
        replica.heads.len(),
        replica.asked.len(),
    ];
    votes.into_iter().chain(blocks).chain(of_members).sum()
}

/// What member 3 may sign at any time: all of it for views and heights of its choice.
fn flood(table: &mut Table, block: &Named, number: u64) {
    let led_by_it = 4 * number + 3;
    let mut future = block.clone();
    future.header.view = View::new(led_by_it);
    future.header.primary = table.config.membership.primary(future.header.view);
    let bodies: Vec<_> =
        (0..3).map(|member| view_change_body(member, led_by_it, None, &[(block, number)])).collect();
    for input in [
        prepare(3, led_by_it, &future),
        commit(3, led_by_it, &future),
        head(3, led_by_it, number),
        pre_prepare(3, led_by_it, &future),
        view_change(&view_change_body(3, led_by_it + 1, None, &[(&future, led_by_it)])),
        new_view(led_by_it, &bodies.iter().collect::<Vec<_>>(), &[]),
    ] {
        table.take(input);
    }
}

#[test]
fn ten_thousand_heights_under_the_flood_of_one_member_fill_no_memory_slow() {
    let mut table = Table::new(1, 1);
    let mut parent = genesis();
    for number in 0..HEIGHTS {
        let block = table.block("block", &parent, 0);
        table.now = block.header.time;
        flood(&mut table, &block, number);
        for input in [
            pre_prepare(0, 0, &block),
            checked(&block, Verdict::Valid),
            prepare(0, 0, &block),
            prepare(2, 0, &block),
            commit(0, 0, &block),
            commit(2, 0, &block),
        ] {
            table.take(input);
        }
        table.journal.clear();
        parent = block.header;
        let entries = entries(&table);
        assert!(entries <= ENTRIES_MAX, "{entries} entries after {number} blocks");
    }
    assert_eq!(table.state(), format!("view 0 active, committed {HEIGHTS}"));
}
