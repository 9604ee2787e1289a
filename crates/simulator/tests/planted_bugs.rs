//! The net catches fish: each known bug, planted in every replica, breaks an invariant within a few hundred seeds.
#![allow(clippy::unwrap_used)]

use carechain_consensus::PlantedBug;
use carechain_simulator::{Simulator, Size, Violation};

/// Seeds that are tried before a bug counts as not found.
const SEEDS: u64 = 4_000;

/// Runs seeds with a bug until one breaks an invariant; the same seed without the bug breaks none.
#[track_caller]
fn check(bug: PlantedBug, is_its: fn(&Violation) -> bool) {
    let simulator = Simulator::new().unwrap();
    for seed in 0..SEEDS {
        let size = Size::of_seed(seed);
        let outcome = simulator.run_altered(seed, size, &|config| config.planted_bug = Some(bug));
        let Some(violation) = outcome.violation else { continue };
        println!("{bug:?} is found by seed {seed}: {violation}");
        assert!(is_its(&violation), "{bug:?} shows itself otherwise than expected: {violation}");
        assert_eq!(simulator.run(seed, size).violation, None, "seed {seed} finds something without the bug");
        return;
    }
    panic!("{bug:?} is not found in {SEEDS} seeds");
}

/// Most forks show in two certificates before the second block is committed anywhere.
fn is_fork(violation: &Violation) -> bool {
    matches!(violation, Violation::Fork { .. } | Violation::StateFork { .. } | Violation::TwoCertified { .. })
}

#[test]
fn a_vote_that_is_not_durable_before_it_is_sent_is_found() {
    check(PlantedBug::VoteNotDurable, |violation| {
        matches!(violation, Violation::NotOnDisk { .. } | Violation::DoubleVote { .. })
    });
}

#[test]
fn the_wrong_choice_in_new_view_is_found() {
    check(PlantedBug::WrongChoice, |violation| {
        is_fork(violation) || matches!(violation, Violation::Stopped { .. })
    });
}

#[test]
fn a_quorum_off_by_one_is_found() {
    check(PlantedBug::QuorumOffByOne, |_| true);
}

#[test]
fn a_commit_certificate_lost_at_a_restart_after_the_next_prepare_is_found() {
    check(PlantedBug::CommittedNotDurable, |violation| {
        is_fork(violation) || matches!(violation, Violation::BelowOwnVotes { .. })
    });
}

#[test]
fn a_commit_without_the_body_on_disk_is_found() {
    check(PlantedBug::CommitWithoutBody, |violation| matches!(violation, Violation::NotOnDisk { .. }));
}

#[test]
fn votes_still_sent_below_an_own_view_change_are_found() {
    check(PlantedBug::VotesBelowViewChange, |violation| {
        matches!(violation, Violation::VoteBelowViewChange { .. } | Violation::DoubleVote { .. })
    });
}

#[test]
fn a_head_that_hides_an_own_commit_is_found() {
    check(PlantedBug::HeadHidesCommit, |violation| matches!(violation, Violation::HiddenCommit { .. }));
}

#[test]
fn a_view_change_that_leaves_out_blocks_of_earlier_views_is_found() {
    // A NEW-VIEW that drops a block with enough COMMITs makes HEADs hide them.
    check(PlantedBug::ReportsThisViewAlone, |violation| {
        is_fork(violation) || matches!(violation, Violation::HiddenCommit { .. })
    });
}

#[test]
fn a_block_served_ahead_of_the_sync_of_the_own_commit_in_it_is_found() {
    check(PlantedBug::ServedAheadOfSync, |violation| {
        is_fork(violation) || matches!(violation, Violation::NotOnDisk { .. })
    });
}

#[test]
fn a_new_view_of_fewer_members_than_a_quorum_is_found() {
    // A block that it leaves out and that others may have committed is hidden by their HEADs, before or after the fork.
    check(PlantedBug::NewViewOfFewer, |violation| {
        is_fork(violation) || matches!(violation, Violation::HiddenCommit { .. })
    });
}

#[test]
fn a_block_under_the_certificate_of_another_is_found() {
    // The ledger takes no block whose certificate is not for it: the member stops.
    check(PlantedBug::CertificateOfAnother, |violation| matches!(violation, Violation::Stopped { .. }));
}

#[test]
fn outcomes_that_nobody_compares_are_found() {
    check(PlantedBug::OutcomesRootIgnored, |violation| matches!(violation, Violation::FalseRoot { .. }));
}

#[test]
fn a_transaction_twice_in_a_block_is_found() {
    check(PlantedBug::TransactionTwice, |violation| matches!(violation, Violation::Twice { .. }));
}

#[test]
fn a_transaction_of_an_earlier_block_is_found() {
    check(PlantedBug::TransactionAgain, |violation| matches!(violation, Violation::Twice { .. }));
}
