//! Agreement under faults, progress after they stop.

use carechain_types::Span;

use super::world::{Coverage, Faults, Violation, World};
use crate::planted_bug::PlantedBug;

const CALM: Faults = Faults { loss_percent: 0, crash_percent: 0, slow_percent: 0 };

/// Faults for a while, then calm: everything submitted must be committed everywhere.
fn run(
    seed: u64,
    members: u16,
    window: u16,
    twin: bool,
    bug: Option<PlantedBug>,
) -> Result<Coverage, Violation> {
    let mut world = World::new(seed, members, window, twin, bug);
    world.start()?;
    let rough = [(0, 0, 0), (5, 20, 2), (20, 60, 5), (2, 100, 20), (40, 20, 20)];
    let (loss_percent, crash_percent, slow_percent) = rough[usize::try_from(seed % 5).unwrap()];
    world.set_faults(Faults { loss_percent, crash_percent, slow_percent });
    for number in 0..20 {
        world.submit(number);
        world.run(Span::from_millis(100))?;
    }
    world.heal()?;
    world.set_faults(CALM);
    world.run(Span::from_millis(15_000))?;
    let before = world.height_min();
    for number in 20..23 {
        world.submit(number);
        world.run(Span::from_millis(300))?;
    }
    world.run(Span::from_millis(15_000))?;
    if world.height_min() <= before {
        let standings: Vec<_> = world.nodes.iter().map(|node| node.replica.status().to_string()).collect();
        return Err(format!("no progress above {before}: {standings:#?}"));
    }
    Ok(world.coverage)
}

#[track_caller]
fn check(seeds: core::ops::Range<u64>, members: u16, window: u16, twin: bool) {
    let mut sum = Coverage::default();
    for seed in seeds {
        match run(seed, members, window, twin, None) {
            Ok(coverage) => {
                sum.views += coverage.views;
                sum.crashes += coverage.crashes;
                sum.crashes_before_send += coverage.crashes_before_send;
                sum.committed += coverage.committed;
            }
            Err(violation) => panic!("seed {seed}, {members} members: {violation}"),
        }
    }
    println!("{members} members, window {window}: {sum:?}");
    assert!(sum.crashes > 0 && sum.crashes_before_send > 0 && sum.views > 0 && sum.committed > 0);
}

#[test]
fn one_member_commits_alone() {
    let coverage = run(0, 1, 1, false, None).unwrap();
    assert!(coverage.committed > 0);
}

#[test]
fn four_members_agree_and_go_on_after_faults() {
    check(0..24, 4, 1, false);
}

#[test]
fn seven_members_agree_and_go_on_after_faults() {
    check(100..108, 7, 1, false);
}

#[test]
fn an_equivocating_member_splits_nobody() {
    check(200..224, 4, 1, true);
}

#[test]
fn a_wider_window_agrees_too() {
    check(300..316, 4, 3, false);
}

/// The first seed below `seeds` that finds a planted bug.
#[cfg(feature = "planted-bugs")]
#[track_caller]
fn finds(bug: PlantedBug, seeds: u64) {
    let found = (0..seeds).find_map(|seed| Some((seed, run(seed, 4, 1, seed % 2 == 1, Some(bug)).err()?)));
    let Some((seed, violation)) = found else { panic!("{bug:?} was not found in {seeds} seeds") };
    println!("{bug:?}: seed {seed}: {violation}");
}

#[cfg(feature = "planted-bugs")]
#[test]
fn planted_bugs_are_found() {
    // This cluster has no engines, no bodies and no HEADs, and its schedules are few: the simulator's tests have all bugs.
    for bug in [
        PlantedBug::VoteNotDurable,
        PlantedBug::QuorumOffByOne,
        PlantedBug::CommittedNotDurable,
        PlantedBug::VotesBelowViewChange,
    ] {
        finds(bug, 100);
    }
}
