//! Many worlds by seed: `swarm --seeds 2000 --start 0 [--nodes 4|7] [--threads 2]`. Prints the rate, the coverage and
//! the first violation.

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use carechain_simulator::{Coverage, Outcome, Simulator, Size};

struct Arguments {
    seeds: u64,
    start: u64,
    size: Option<Size>,
    threads: u64,
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut arguments = Arguments { seeds: 2_000, start: 0, size: None, threads: 2 };
    let mut words = std::env::args().skip(1);
    while let Some(option) = words.next() {
        let value: u64 = words.next().ok_or_else(|| format!("{option} needs a number"))?.parse()?;
        match (option.as_str(), value) {
            ("--seeds", seeds) => arguments.seeds = seeds,
            ("--start", start) => arguments.start = start,
            ("--nodes", 4) => arguments.size = Some(Size::Four),
            ("--nodes", 7) => arguments.size = Some(Size::Seven),
            ("--threads", threads @ 1..) => arguments.threads = threads,
            _ => return Err(format!("{option} {value}: see the head of this file").into()),
        }
    }
    Ok(arguments)
}

#[expect(clippy::disallowed_methods, reason = "the rate is measured, nothing depends on it")]
fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Arguments { seeds, start, size, threads } = arguments()?;
    let simulator = Simulator::new()?;
    let began = Instant::now();
    let run = |thread: u64| {
        let (mut coverage, mut slowest, mut violations) = (Coverage::default(), (0, 0), Vec::new());
        for seed in (start..start + seeds).filter(|seed| seed % threads == thread) {
            let outcome = simulator.run(seed, size.unwrap_or_else(|| Size::of_seed(seed)));
            coverage.add(&outcome.coverage);
            slowest = slowest.max((outcome.settled_after.map_or(0, |span| span.as_micros() / 1_000), seed));
            if outcome.violation.is_some() {
                violations.push(outcome);
            }
        }
        (coverage, slowest, violations)
    };
    let (mut coverage, mut slowest, mut violations) = (Coverage::default(), (0, 0), Vec::<Outcome>::new());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(move || run(thread))).collect();
        for thread in threads {
            let (more, slower, others) = thread.join().expect("a world does not panic");
            coverage.add(&more);
            slowest = slowest.max(slower);
            violations.extend(others);
        }
    });
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{seeds} seeds in {seconds:.1} s on {threads} threads: {:.0} a minute",
        seeds as f64 * 60.0 / seconds
    );
    println!("slowest to settle: {} ms, seed {}\n{coverage}", slowest.0, slowest.1);
    violations.sort_by_key(|outcome| outcome.seed);
    for outcome in violations.iter().take(10) {
        let Outcome { seed, trace, simulated, .. } = outcome;
        let violation = outcome.violation.as_ref().expect("only those are kept");
        println!("seed {seed}, trace {trace:016x}, after {} ms: {violation}", simulated.as_micros() / 1_000);
    }
    println!("{} violations", violations.len());
    Ok(if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
