//! Tests of fetching: what single inputs do, and any order of arrivals and failures.

use std::collections::{BTreeMap, BTreeSet};

use carechain_crypto::HospitalId;
use carechain_types::{Span, Time};
use proptest::prelude::{ProptestConfig, any};
use proptest::proptest;

use super::{DropReason, Fetch, FetchError, FetchInput, FetchOutput, FetchPlan, FetchSettings, Verdict};
use crate::file_shape::FileShape;

const MEBIBYTE: u64 = 1 << 20;

fn hospital(number: u8) -> HospitalId {
    HospitalId::new([number; 20])
}

fn at(millis: u64) -> Time {
    Time::from_micros(millis * 1_000)
}

fn settings(window: u64, ahead: u64, run: u32) -> FetchSettings {
    FetchSettings {
        window_bytes: window * MEBIBYTE,
        ahead_bytes: ahead * MEBIBYTE,
        run_chunks: run,
        hedge_after_min: Span::from_millis(200),
        silence_max: Span::from_millis(5_000),
    }
}

fn fetch(chunks: u32, holders: u8, settings: FetchSettings) -> Fetch {
    let plan = FetchPlan {
        shape: FileShape::new(u64::from(chunks) * MEBIBYTE - 5).unwrap(),
        chunks: 0..chunks,
        holders: (1..=holders).map(hospital).collect(),
    };
    Fetch::new(plan, settings, at(0)).unwrap()
}

#[track_caller]
fn check(fetch: &mut Fetch, now: Time, input: FetchInput, expected: &[FetchOutput]) {
    let mut outputs = Vec::new();
    fetch.step(now, input, &mut outputs);
    assert_eq!(outputs, expected);
}

fn request(holder: u8, chunks: core::ops::Range<u32>) -> FetchOutput {
    FetchOutput::Request { holder: hospital(holder), chunks }
}

fn chunk(holder: u8, index: u32, verdict: Verdict) -> FetchInput {
    FetchInput::Chunk { holder: hospital(holder), index, verdict }
}

#[test]
fn chunks_are_shared_out_in_runs_and_delivered_in_order() {
    let mut fetch = fetch(6, 2, settings(4, 100, 2));
    check(&mut fetch, at(0), FetchInput::Start, &[request(1, 0..2), request(2, 2..4), request(1, 4..6)]);
    check(&mut fetch, at(1), chunk(2, 2, Verdict::Intact), &[]);
    check(&mut fetch, at(1), chunk(1, 1, Verdict::Intact), &[]);
    let deliver = |index| FetchOutput::Deliver { index };
    check(&mut fetch, at(1), chunk(1, 0, Verdict::Intact), &[deliver(0), deliver(1), deliver(2)]);
    check(&mut fetch, at(1), chunk(1, 5, Verdict::Intact), &[]);
    check(&mut fetch, at(1), chunk(2, 3, Verdict::Intact), &[deliver(3)]);
    check(&mut fetch, at(1), chunk(1, 4, Verdict::Intact), &[deliver(4), deliver(5), FetchOutput::Done]);
    let late = FetchOutput::Discard { holder: hospital(2), index: 3 };
    check(&mut fetch, at(2), chunk(2, 3, Verdict::Intact), &[late]);
}

#[test]
fn wrong_chunk_drops_its_sender_for_good_and_its_chunks_go_to_another() {
    let mut fetch = fetch(4, 2, settings(2, 100, 1));
    let requests = [request(1, 0..1), request(2, 1..2), request(1, 2..3), request(2, 3..4)];
    check(&mut fetch, at(0), FetchInput::Start, &requests);
    check(
        &mut fetch,
        at(1),
        chunk(1, 0, Verdict::Wrong),
        &[
            FetchOutput::Discard { holder: hospital(1), index: 0 },
            FetchOutput::Drop { holder: hospital(1), reason: DropReason::Wrong },
        ],
    );
    check(&mut fetch, at(2), FetchInput::HolderJoined { holder: hospital(1) }, &[]);
    check(&mut fetch, at(3), chunk(2, 1, Verdict::Intact), &[request(2, 0..1)]);
    assert_eq!(fetch.counts().wrong, 1);
}

#[test]
fn late_chunk_is_asked_of_a_second_holder_and_the_slower_is_cancelled() {
    let mut fetch = fetch(2, 2, settings(2, 100, 1));
    check(&mut fetch, at(0), FetchInput::Start, &[request(1, 0..1), request(2, 1..2)]);
    check(&mut fetch, at(10), chunk(2, 1, Verdict::Intact), &[]);
    check(&mut fetch, at(199), FetchInput::Tick, &[]);
    check(&mut fetch, at(200), FetchInput::Tick, &[request(2, 0..1)]);
    check(&mut fetch, at(400), FetchInput::Tick, &[]);
    check(
        &mut fetch,
        at(401),
        chunk(2, 0, Verdict::Intact),
        &[
            FetchOutput::Cancel { holder: hospital(1), index: 0 },
            FetchOutput::Deliver { index: 0 },
            FetchOutput::Deliver { index: 1 },
            FetchOutput::Done,
        ],
    );
    assert_eq!(fetch.counts().hedged, 1);
}

#[test]
fn silent_holder_is_dropped_and_may_come_back() {
    let mut fetch = fetch(1, 1, settings(2, 100, 1));
    check(&mut fetch, at(0), FetchInput::Start, &[request(1, 0..1)]);
    check(&mut fetch, at(1), FetchInput::HolderJoined { holder: hospital(2) }, &[]);
    check(&mut fetch, at(300), FetchInput::Tick, &[request(2, 0..1)]);
    check(
        &mut fetch,
        at(5_000),
        FetchInput::Tick,
        &[FetchOutput::Drop { holder: hospital(1), reason: DropReason::Silent }],
    );
    check(&mut fetch, at(5_001), FetchInput::HolderJoined { holder: hospital(1) }, &[request(1, 0..1)]);
}

/// It keeps a chunk from the reader and repeats another one, which verifies. The chunk is asked of one more holder; two that do
/// so together would hold up a read for as long as they like.
#[test]
fn holder_that_repeats_what_it_does_not_owe_is_silent_all_the_same() {
    let mut fetch = fetch(2, 1, settings(2, 100, 1));
    check(&mut fetch, at(0), FetchInput::Start, &[request(1, 0..1), request(1, 1..2)]);
    check(&mut fetch, at(1), chunk(1, 0, Verdict::Intact), &[FetchOutput::Deliver { index: 0 }]);
    let repeated = [FetchOutput::Discard { holder: hospital(1), index: 0 }];
    for second in 1..5 {
        check(&mut fetch, at(second * 1_000), chunk(1, 0, Verdict::Intact), &repeated);
    }
    let mut outputs = Vec::new();
    fetch.step(at(5_001), FetchInput::Tick, &mut outputs);
    assert_eq!(outputs[0], FetchOutput::Drop { holder: hospital(1), reason: DropReason::Silent });
}

#[test]
fn fetch_without_holders_fails_with_the_counts() {
    let mut fetch = fetch(3, 2, settings(2, 100, 1));
    fetch.step(at(0), FetchInput::Start, &mut Vec::new());
    fetch.step(at(1), chunk(1, 0, Verdict::Wrong), &mut Vec::new());
    let error = FetchError::NoHolderLeft { next: 0, wrong: 1, silent: 0, failed: 1 };
    check(
        &mut fetch,
        at(2),
        FetchInput::HolderFailed { holder: hospital(2) },
        &[
            FetchOutput::Drop { holder: hospital(2), reason: DropReason::Failed },
            FetchOutput::Failed { error },
        ],
    );
    assert!(fetch.is_ended());
}

#[test]
fn nothing_is_asked_further_ahead_than_the_reader_allows() {
    let mut fetch = fetch(10, 1, settings(8, 2, 4));
    check(&mut fetch, at(0), FetchInput::Start, &[request(1, 0..2)]);
    check(&mut fetch, at(1), chunk(1, 0, Verdict::Intact), &[FetchOutput::Deliver { index: 0 }]);
    check(&mut fetch, at(2), FetchInput::Taken { index: 0 }, &[request(1, 2..3)]);
    let unasked = FetchOutput::Discard { holder: hospital(1), index: 7 };
    check(&mut fetch, at(3), chunk(1, 7, Verdict::Intact), &[unasked]);
}

#[test]
fn range_outside_the_file_is_refused() {
    let shape = FileShape::new(MEBIBYTE).unwrap();
    for (start, end) in [(0, 0), (0, 2), (1, 1), (1, 2)] {
        let plan = FetchPlan { shape, chunks: start..end, holders: vec![hospital(1)] };
        let refused = Fetch::new(plan, FetchSettings::default(), at(0)).map(drop);
        assert_eq!(refused, Err(FetchError::Range { start, end, chunks: 1 }));
    }
}

/// A small world: holders with chunks on their way, a reader that takes, a die.
struct World {
    fetch: Fetch,
    window_bytes: u64,
    ahead: u32,
    owed: BTreeMap<HospitalId, BTreeSet<u32>>,
    delivered: Vec<u32>,
    taken: u32,
    ended: Option<FetchOutput>,
    dice: u64,
}

const GOOD: u8 = 1;
const HOLDERS: u8 = 4;

impl World {
    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % sides
    }

    fn step(&mut self, now: Time, input: FetchInput) {
        let mut outputs = Vec::new();
        self.fetch.step(now, input, &mut outputs);
        if let FetchInput::Chunk { holder, index, .. } = input
            && self.delivered.contains(&index)
        {
            assert!(outputs.contains(&FetchOutput::Discard { holder, index }), "{index} was kept twice");
        }
        for output in outputs {
            let late = matches!(output, FetchOutput::Discard { .. });
            assert!(late || self.ended.is_none(), "{output:?} after the end");
            match output {
                FetchOutput::Request { holder, chunks } => {
                    let shape = self.fetch.shape;
                    let owed = self.owed.entry(holder).or_default();
                    for index in chunks {
                        assert!(owed.insert(index), "{index} asked twice of one holder");
                        assert!(index < self.taken + self.ahead, "{index} is too far ahead");
                    }
                    let bytes: u64 = owed.iter().map(|index| shape.chunk_bytes(*index)).sum();
                    assert!(bytes <= self.window_bytes, "{bytes} above the window");
                }
                FetchOutput::Cancel { holder, index } => {
                    self.owed.entry(holder).or_default().remove(&index);
                }
                FetchOutput::Deliver { index } => self.delivered.push(index),
                FetchOutput::Drop { holder, .. } => {
                    self.owed.remove(&holder);
                }
                FetchOutput::Discard { .. } => {}
                FetchOutput::Done | FetchOutput::Failed { .. } => self.ended = Some(output),
            }
        }
        for index in self.owed.values().flatten() {
            let holders = self.owed.values().filter(|owed| owed.contains(index)).count();
            assert!(holders <= 2, "{index} asked of {holders}");
        }
    }

    /// Something random happens; the good holder only ever sends right chunks.
    fn event(&mut self, now: Time) {
        let holder = hospital(u8::try_from(self.roll(u64::from(HOLDERS))).unwrap() + 1);
        let owed: Vec<_> = self.owed.get(&holder).into_iter().flatten().copied().collect();
        let good = holder == hospital(GOOD);
        match self.roll(20) {
            0 if !good => self.step(now, FetchInput::HolderFailed { holder }),
            1 => self.step(now, FetchInput::HolderJoined { holder }),
            2 => {
                // Something nobody asked for: anything at first, later only what is of no use.
                let limit = if now < at(300) { 60 } else { self.delivered.len() as u64 + 1 };
                let index = u32::try_from(self.roll(limit)).unwrap();
                if now < at(300) || self.delivered.contains(&index) {
                    self.owed.entry(holder).or_default().remove(&index);
                    self.step(now, FetchInput::Chunk { holder, index, verdict: Verdict::Intact });
                }
            }
            3..=5 => self.step(now, FetchInput::Tick),
            6..=9 => {
                if let Some(last) = self.delivered.last().copied() {
                    self.taken = last + 1;
                    self.step(now, FetchInput::Taken { index: last });
                }
            }
            kind if !owed.is_empty() => {
                let index = owed[usize::try_from(self.roll(owed.len() as u64)).unwrap()];
                self.owed.entry(holder).or_default().remove(&index);
                let verdict = if kind == 10 && !good { Verdict::Wrong } else { Verdict::Intact };
                self.step(now, FetchInput::Chunk { holder, index, verdict });
            }
            _ => {}
        }
    }
}

fn world(seed: u64, chunks: u32) -> World {
    let mut dice = World {
        fetch: fetch(1, 1, settings(1, 1, 1)),
        window_bytes: 0,
        ahead: 0,
        owed: BTreeMap::new(),
        delivered: Vec::new(),
        taken: 0,
        ended: None,
        dice: seed,
    };
    let window = dice.roll(6) + 1;
    let ahead = dice.roll(12) + 1;
    let run = u32::try_from(dice.roll(5) + 1).unwrap();
    let mut settings = settings(window, ahead, run);
    // The good holder is slow, but never silent for so long.
    settings.silence_max = Span::HOUR;
    dice.fetch = fetch(chunks, HOLDERS, settings);
    dice.window_bytes = window * MEBIBYTE;
    dice.ahead = u32::try_from(ahead).unwrap();
    dice
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_arrivals_and_failures_delivers_each_chunk_once_in_order(seed in any::<u64>(), chunks in 1..50_u32) {
        let mut world = world(seed, chunks);
        world.step(at(0), FetchInput::Start);
        let mut millis = 0;
        for _ in 0..200_000 {
            if world.ended.is_some() {
                break;
            }
            millis += world.roll(50);
            world.event(at(millis));
        }
        assert_eq!(world.ended, Some(FetchOutput::Done));
        assert_eq!(world.delivered, (0..chunks).collect::<Vec<_>>());
    }

    #[test]
    fn the_same_inputs_give_the_same_outputs(seed in any::<u64>()) {
        let run = |seed| {
            let mut world = world(seed, 20);
            world.step(at(0), FetchInput::Start);
            for millis in 0..500 {
                world.event(at(millis));
            }
            (world.delivered, world.owed, world.ended, world.fetch.counts())
        };
        assert_eq!(run(seed), run(seed));
    }
}
