//! Two thousand worlds keep every promise, and met every fault on the way.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::thread;
use std::time::Instant;

use carechain_simulator::{Coverage, Outcome, Simulator, Size};

const SEEDS: u64 = 2_000;
const THREADS: u64 = 2;

/// What a run of this size must have met.
fn required(coverage: &Coverage) -> Vec<(&'static str, u64)> {
    vec![
        ("view changes", coverage.view_changes),
        ("crashes between vote and send", coverage.crashes_between_vote_and_send),
        ("crashes that lost ledger batches", coverage.crashes_losing_blocks),
        ("crashes during recovery", coverage.crashes_in_recovery),
        ("re-proposals of a prepared block", coverage.reproposals),
        ("bodies and parts asked for", coverage.bodies_asked),
        ("messages withheld", coverage.withheld),
        ("disk errors", coverage.disk_errors),
        ("restarts", coverage.restarts),
        ("blocks replayed from the journal", coverage.replayed),
        ("journals shortened", coverage.rotations),
        ("blocks caught up", coverage.catch_ups),
        ("questions at the worst moment", coverage.asked_early),
        ("ambushes", coverage.ambushes),
        ("second NEW-VIEWs of one view", coverage.second_new_views),
        ("VIEW-CHANGEs that left something out", coverage.false_view_changes),
        ("acts of lying primaries", coverage.false_proposals),
        ("blocks under the certificate of another", coverage.false_blocks),
        ("acts of usurpers", coverage.usurped),
        ("worlds with colluders", coverage.colluding),
        ("equivocations seen", coverage.equivocations),
        ("other sins seen", coverage.other_evidence),
        ("messages refused at the border", coverage.rejected),
        ("partitions", coverage.cuts),
        ("transactions that expired", coverage.expired),
        ("members frozen", coverage.freezes),
        ("clocks set wrong", coverage.clocks_off),
        ("members told to withhold their votes", coverage.silences),
        ("worlds with everybody down for long", coverage.blackouts),
        ("worlds with real signatures", coverage.real_signatures),
    ]
}

fn run_share(simulator: &Simulator, thread: u64) -> (Coverage, Vec<Outcome>) {
    let mut coverage = Coverage::default();
    let mut broken = Vec::new();
    for seed in (0..SEEDS).filter(|seed| seed % THREADS == thread) {
        let outcome = simulator.run(seed, Size::of_seed(seed));
        coverage.add(&outcome.coverage);
        if outcome.violation.is_some() {
            broken.push(outcome);
        }
    }
    (coverage, broken)
}

#[test]
fn two_thousand_seeds_break_no_invariant_and_cover_every_fault() {
    let simulator = Simulator::new().unwrap();
    let began = Instant::now();
    let (mut coverage, mut broken) = (Coverage::default(), Vec::new());
    thread::scope(|scope| {
        let simulator = &simulator;
        let threads: Vec<_> =
            (0..THREADS).map(|thread| scope.spawn(move || run_share(simulator, thread))).collect();
        for thread in threads {
            let (more, others) = thread.join().unwrap();
            coverage.add(&more);
            broken.extend(others);
        }
    });
    let seconds = began.elapsed().as_secs_f64();
    println!("{SEEDS} seeds on {THREADS} threads: {:.0} a minute\n{coverage}", SEEDS as f64 * 60.0 / seconds);
    for Outcome { seed, trace, violation, .. } in &broken {
        println!("seed {seed}, trace {trace:016x}: {}", violation.as_ref().unwrap());
    }
    assert!(broken.is_empty(), "{} seeds break an invariant", broken.len());
    for (what, count) in required(&coverage) {
        assert!(count > 0, "{what}: none in {SEEDS} seeds");
    }
}
