//! A seed decides everything.
#![allow(clippy::unwrap_used)]

use carechain_simulator::{Simulator, Size};

#[test]
fn the_same_seed_gives_the_same_trace_twice() {
    for seed in 0..40 {
        let size = Size::of_seed(seed);
        let first = Simulator::new().unwrap().run(seed, size);
        let second = Simulator::new().unwrap().run(seed, size);
        assert_eq!((first.trace, first.events), (second.trace, second.events), "seed {seed}");
        assert_eq!(first.coverage, second.coverage, "seed {seed}");
    }
}

#[test]
fn another_seed_gives_another_trace() {
    let simulator = Simulator::new().unwrap();
    let mut traces: Vec<_> = (0..20).map(|seed| simulator.run(seed, Size::Four).trace).collect();
    traces.sort_unstable();
    traces.dedup();
    assert_eq!(traces.len(), 20);
}
