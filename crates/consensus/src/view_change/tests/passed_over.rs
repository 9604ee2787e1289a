//! Blocks and votes of a view that the next view knew nothing of: they are neither forgotten nor hidden.

use carechain_types::Phase;

use crate::cluster::genesis;
use crate::input::{Input, Verdict};
use crate::message::Wanted;
use crate::table::{
    Named, Table, checked, fetch, head, key, new_view, pre_prepare, prepare, view_change, view_change_body,
};

/// A block is prepared in view 0; view 1 starts from members that know nothing of it, as a correct quorum may.
fn prepared_block_that_a_view_passed_over() -> (Table, Named) {
    let mut table = Table::new(3, 1);
    let a = table.block("A", &genesis(), 0);
    for input in [pre_prepare(0, 0, &a), checked(&a, Verdict::Valid), prepare(0, 0, &a), prepare(1, 0, &a)] {
        table.take(input);
    }
    let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, 1, None, &[])).collect();
    for body in &bodies {
        table.take(view_change(body));
    }
    let entered = table.take(new_view(1, &bodies.iter().collect::<Vec<_>>(), &[]));
    assert_eq!(entered, ["journal entered 1 by NEW-VIEW", "entered 1"], "A is kept, with its leaves");
    (table, a)
}

/// Some other quorum may have committed it in view 0: what one view passed over, the next one must hear of all the same.
#[test]
fn view_change_names_blocks_prepared_in_earlier_views() {
    let (mut table, _) = prepared_block_that_a_view_passed_over();
    table.take(head(0, 2, 0));
    let left = table.take(head(2, 2, 0));
    assert_eq!(left[..2], ["suspected OthersLeft", "journal VIEW-CHANGE 2 on G [A@0]"]);
}

#[test]
fn prepared_block_is_served_after_a_view_that_passed_over_it() {
    let (mut table, a) = prepared_block_that_a_view_passed_over();
    let wanted = Wanted::Certificate(key(Phase::Prepare, 0, &a));
    assert_eq!(table.take(fetch(2, wanted)), ["to 2 CERTIFICATE prepare A"]);
    assert_eq!(table.take(fetch(2, Wanted::Leaves(a.id()))), ["to 2 LEAVES A"]);
}

/// Readers take a HEAD for the proof that its member has no part in anything higher.
#[test]
fn head_shows_the_own_commit_until_a_new_view_drops_it() {
    let mut table = Table::new(3, 1);
    let shown = |table: &Table| table.replica.sign_head().body.voted.get();
    let a = table.block("A", &genesis(), 0);
    table.take(pre_prepare(0, 0, &a));
    table.take(checked(&a, Verdict::Valid));
    table.take(prepare(0, 0, &a));
    assert_eq!(shown(&table), 0, "a PREPARE is no COMMIT");
    table.take(prepare(1, 0, &a));
    assert_eq!(shown(&table), 1);
    let bodies: Vec<_> = (0..3).map(|member| view_change_body(member, 1, None, &[])).collect();
    for body in &bodies {
        table.take(view_change(body));
    }
    assert_eq!((table.state().as_str(), shown(&table)), ("view 1 waiting, committed 0", 1));
    table.restart(None);
    table.take(Input::Start);
    assert_eq!((table.state().as_str(), shown(&table)), ("view 1 waiting, committed 0", 1));
    for body in &bodies {
        table.take(view_change(body));
    }
    table.take(new_view(1, &bodies.iter().collect::<Vec<_>>(), &[]));
    assert_eq!((table.state().as_str(), shown(&table)), ("view 1 active, committed 0", 0));
}
