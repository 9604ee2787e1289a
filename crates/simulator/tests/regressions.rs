//! Every bug that the simulator found keeps the seed that showed it, under the name of what went wrong.
#![allow(clippy::unwrap_used)]

use carechain_simulator::{Simulator, Size};

#[track_caller]
fn check(seed: u64) {
    let outcome = Simulator::new().unwrap().run(seed, Size::of_seed(seed));
    assert_eq!(outcome.violation, None, "seed {seed}, trace {:016x}", outcome.trace);
}

/// A member caught up, wrote its next PREPARE, and lost its power before the sync: the vote survived in the journal, the
/// blocks below it, whose bodies are in the ledger only, did not.
#[test]
fn a_vote_never_survives_the_fetched_blocks_it_rests_on() {
    for seed in [7, 279, 744, 1581] {
        check(seed);
    }
}

/// A block was certified, all that had voted for it restarted before they applied it, and a new view began above it. Each
/// had its body and waited for somebody who had applied it.
#[test]
fn a_certified_block_that_nobody_has_applied_is_applied_from_the_journal() {
    check(998);
}

/// What a client gave to one node got lost on its way to all others, and the node alone left the view for one that it led
/// itself: it passed the transaction to itself for ever.
#[test]
fn a_transaction_whose_messages_were_lost_is_said_again() {
    for seed in [107, 682, 1801, 3768] {
        check(seed);
    }
}
