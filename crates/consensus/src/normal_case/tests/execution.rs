//! Who is asked for a block's bodies, and what a verdict of execution leads to.

use carechain_crypto::{Digest, StateRoot};
use carechain_types::{BoundedVec, Phase, ReplicaId};

use crate::cluster::genesis;
use crate::input::{Input, Verdict};
use crate::message::{Leaves, VerifiedMessage};
use crate::output::Output;
use crate::table::{
    AT_ONCE, Named, Table, caught_up, certificate, certificate_input, checked, new_view, pre_prepare, step,
    view_change, view_change_body,
};

/// Whom the engine is told to ask for the bodies of a block.
fn holders(table: &mut Table, input: Input) -> Vec<u16> {
    let holders = table.outputs(input).into_iter().find_map(|output| match output {
        Output::Check { holders, .. } => Some(holders),
        _ => None,
    });
    holders.expect("a block is to be checked").into_iter().map(ReplicaId::get).collect()
}

/// A replica in view 1, which re-proposes a block that it knows by its header alone.
fn view_one_with(own: u16, a: &Named) -> Table {
    let mut table = Table::new(own, 1);
    let with_a = view_change_body(2, 1, None, &[(a, 0)]);
    let bodies = [view_change_body(0, 1, None, &[]), view_change_body(1, 1, None, &[]), with_a];
    for body in bodies.iter().filter(|body| body.member.get() != own) {
        table.take(view_change(body));
    }
    if own != 1 {
        table.take(new_view(1, &bodies.iter().collect::<Vec<_>>(), &[a]));
    }
    table.take(certificate_input(2, certificate(Phase::Prepare, 0, a)));
    assert_eq!(table.state(), "view 1 active, committed 0");
    table
}

fn leaves(block: &Named, leaves: Leaves) -> Input {
    let message = VerifiedMessage::Leaves { block_id: block.id(), leaves };
    Input::Message { from: ReplicaId::new(2), arrived: AT_ONCE, message }
}

fn named_a() -> Named {
    Table::new(3, 1).block("A", &genesis(), 0)
}

#[test]
fn bodies_are_asked_of_the_primary_then_of_those_that_prepared_the_block() {
    let a = named_a();
    assert_eq!(holders(&mut Table::new(1, 1), pre_prepare(0, 0, &a)), [0]);
    let its_own = || leaves(&a, a.leaves.clone());
    assert_eq!(holders(&mut view_one_with(3, &a), its_own()), [1, 2], "never of itself");
    assert_eq!(holders(&mut view_one_with(1, &a), its_own()), [2, 3], "not even as primary");
}

/// The primary of this view had no choice: another one would propose the same block again.
#[test]
fn re_proposed_block_that_fails_makes_nobody_suspect_its_primary() {
    let a = named_a();
    let mut table = view_one_with(3, &a);
    table.take(leaves(&a, a.leaves.clone()));
    let differs = Verdict::StateDiffers { own: StateRoot::ZERO };
    assert_eq!(table.take(checked(&a, differs)), Vec::<String>::new());
    assert_eq!(table.state(), "view 1 active, committed 0");
}

#[test]
fn verdict_on_a_block_that_is_committed_meanwhile_makes_nobody_suspect() {
    let mut table = Table::new(1, 1);
    let a = table.block("A", &genesis(), 0);
    table.take(pre_prepare(0, 0, &a));
    table.take(caught_up(&a, 0));
    let differs = Verdict::StateDiffers { own: StateRoot::ZERO };
    assert_eq!(table.take(checked(&a, differs)), Vec::<String>::new());
    assert_eq!(table.state(), "view 0 active, committed 1");
}

#[test]
fn leaves_are_taken_only_where_the_header_has_their_root() {
    let a = named_a();
    let mut table = view_one_with(3, &a);
    let other = |count| BoundedVec::new(vec![Digest::ZERO; count]).unwrap();
    let active = "view 1 active, committed 0";
    table.run(vec![
        step("others", leaves(&a, other(1)), &[], active),
        step("more of them", leaves(&a, other(2)), &[], active),
        step("its own", leaves(&a, a.leaves.clone()), &["check ? Reproposed"], active),
        step("nothing is asked twice", leaves(&a, a.leaves.clone()), &[], active),
    ]);
}
