//! Tests of repair: completion of copies, corrupt chunks, failures that do not hold up others.

use std::collections::BTreeSet;

use carechain_crypto::{Commitment, HospitalId, UploadId};
use carechain_types::{Span, Time};

use super::{
    BelowPolicy, HeldFile, Lacking, OtherCopies, Repair, RepairInput, RepairOutput, RepairSettings, Retry,
};
use crate::placement::{Candidate, holders};

fn hospital(number: u8) -> HospitalId {
    HospitalId::new([number; 20])
}

fn members() -> Vec<Candidate> {
    (1..=5).map(|number| Candidate { hospital: hospital(number), weight: 1 }).collect()
}

fn at(seconds: u64) -> Time {
    Time::ZERO.after(Span::SECOND.times(seconds))
}

/// Files published by hospital 1 that hospital 2 must hold, or must not.
fn files(mine: Option<()>) -> Vec<HeldFile> {
    let all = (0..200_u8).map(|number| HeldFile {
        commitment: Commitment::new([number; 32]),
        upload: UploadId::new([number; 16]),
        publishing_hospital: hospital(1),
        length: 5 << 20,
    });
    all.filter(|file| {
        let named = holders(&file.upload, &hospital(1), &members(), 3).contains(&hospital(2));
        named == mine.is_some()
    })
    .collect()
}

fn repair() -> Repair {
    let mut repair = Repair::new(hospital(2), RepairSettings::default());
    step(&mut repair, at(0), RepairInput::Members { candidates: members() });
    repair
}

fn failed(commitment: Commitment) -> RepairInput {
    RepairInput::FetchFailed { commitment, others: OtherCopies::Unknown }
}

fn step(repair: &mut Repair, now: Time, input: RepairInput) -> Vec<RepairOutput> {
    let mut outputs = Vec::new();
    repair.step(now, input, &mut outputs);
    outputs
}

#[track_caller]
fn fetch_of(outputs: &[RepairOutput]) -> (HeldFile, Lacking, Vec<HospitalId>) {
    let [RepairOutput::Fetch { file, lacking, sources }] = outputs else {
        panic!("{outputs:?}");
    };
    (*file, lacking.clone(), sources.clone())
}

#[test]
fn a_copy_that_did_not_come_within_the_grace_is_fetched_from_any_other() {
    let file = files(Some(()))[0];
    let mut repair = repair();
    assert_eq!(step(&mut repair, at(0), RepairInput::Published { file }), []);
    assert_eq!(step(&mut repair, at(29), RepairInput::Tick), []);
    assert_eq!(step(&mut repair, at(30), RepairInput::Tick), [RepairOutput::Check { file }]);
    let outputs = step(&mut repair, at(31), RepairInput::Lacking { file, lacking: Lacking::File });
    let (fetched, lacking, sources) = fetch_of(&outputs);
    assert_eq!((fetched, lacking), (file, Lacking::File));
    assert_eq!(sources[0], hospital(1));
    assert_eq!(sources.len(), 4);
    assert!(!sources.contains(&hospital(2)));
    step(&mut repair, at(40), RepairInput::Fetched { commitment: file.commitment });
    assert_eq!(repair.pending(), 0);
}

#[test]
fn a_copy_that_came_is_forgotten_and_a_file_of_others_never_noted() {
    let mut repair = repair();
    let file = files(Some(()))[0];
    step(&mut repair, at(0), RepairInput::Published { file });
    step(&mut repair, at(30), RepairInput::Tick);
    assert_eq!(step(&mut repair, at(30), RepairInput::Held { commitment: file.commitment }), []);
    assert_eq!(repair.pending(), 0);
    let foreign = files(None)[0];
    step(&mut repair, at(30), RepairInput::Published { file: foreign });
    step(&mut repair, at(30), RepairInput::Lacking { file: foreign, lacking: Lacking::File });
    assert_eq!(repair.pending(), 0);
}

#[test]
fn corrupt_chunks_are_fetched_at_once() {
    let file = files(Some(()))[0];
    let lacking = Lacking::Chunks(BTreeSet::from([3]));
    let outputs = step(&mut repair(), at(7), RepairInput::Lacking { file, lacking: lacking.clone() });
    assert_eq!(fetch_of(&outputs).1, lacking);
}

#[test]
fn failures_wait_longer_each_time_and_survive_a_restart() {
    let file = files(Some(()))[0];
    let commitment = file.commitment;
    let mut repair = repair();
    let mut now = at(0);
    let mut waits = Vec::new();
    for failures in 1..=9 {
        let outputs = step(&mut repair, now, RepairInput::Lacking { file, lacking: Lacking::File });
        assert_eq!(outputs.len(), 1, "{outputs:?}");
        let outputs = step(&mut repair, now, failed(commitment));
        let [RepairOutput::Save { retry, .. }] = outputs[..] else { panic!("{outputs:?}") };
        assert_eq!(retry.failures, failures);
        waits.push(retry.due.since(now).as_micros() / 60_000_000);
        assert_eq!(step(&mut repair, retry.due.before(Span::from_micros(1)), RepairInput::Tick), []);
        now = retry.due;
        assert_eq!(step(&mut repair, now, RepairInput::Tick), [RepairOutput::Check { file }]);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 64, 64]);
    assert_eq!(
        step(&mut repair, now, RepairInput::Held { commitment }),
        [RepairOutput::Forget { commitment }]
    );
    let mut restarted = self::repair();
    let retry = Retry { failures: 9, due: now, lacking_since: Some(at(0)) };
    assert_eq!(step(&mut restarted, at(0), RepairInput::Restored { file, retry }), []);
    assert_eq!(step(&mut restarted, now, RepairInput::Tick), [RepairOutput::Check { file }]);
}

#[test]
fn copies_below_policy_are_counted_from_the_first_look_on_until_they_are_whole() {
    let mine = files(Some(()));
    let mut repair = repair();
    step(&mut repair, at(1), RepairInput::Published { file: mine[0] });
    assert_eq!(repair.below_policy(), BelowPolicy::default(), "its publisher may still be sending it");
    let lacking = |file| RepairInput::Lacking { file, lacking: Lacking::File };
    step(&mut repair, at(40), lacking(mine[0]));
    step(&mut repair, at(50), lacking(mine[1]));
    let failed = failed(mine[0].commitment);
    step(&mut repair, at(60), failed);
    assert_eq!(repair.below_policy(), BelowPolicy { files: 2, lost: 0, since: Some(at(40)) });
    step(&mut repair, at(70), RepairInput::Held { commitment: mine[0].commitment });
    assert_eq!(repair.below_policy(), BelowPolicy { files: 1, lost: 0, since: Some(at(50)) });
    step(&mut repair, at(70), RepairInput::Fetched { commitment: mine[1].commitment });
    assert_eq!(repair.below_policy(), BelowPolicy::default());
}

#[test]
fn failures_of_a_file_that_is_no_longer_for_this_hospital_are_forgotten() {
    let mut repair = repair();
    let (file, retry) = (files(None)[0], Retry { failures: 3, ..Retry::default() });
    step(&mut repair, at(1), RepairInput::Restored { file, retry });
    let outputs = step(&mut repair, at(2), RepairInput::Lacking { file, lacking: Lacking::File });
    assert_eq!(outputs, [RepairOutput::Forget { commitment: file.commitment }]);
}

#[test]
fn a_failing_file_does_not_hold_up_another_and_fetches_are_few() {
    let mine = files(Some(()));
    let mut repair = repair();
    let mut started = Vec::new();
    for file in &mine[..5] {
        started.extend(step(
            &mut repair,
            at(1),
            RepairInput::Lacking { file: *file, lacking: Lacking::File },
        ));
    }
    assert_eq!(started.len(), 2);
    let failed = failed(mine[0].commitment);
    let outputs = step(&mut repair, at(2), failed);
    assert!(
        matches!(outputs[..], [RepairOutput::Save { .. }, RepairOutput::Fetch { file, .. }] if file == mine[2])
    );
    let outputs = step(&mut repair, at(2), RepairInput::Erased { commitment: mine[1].commitment });
    assert!(matches!(outputs[..], [RepairOutput::Fetch { file, .. }] if file == mine[3]));
    assert_eq!(repair.pending(), 4);
}

#[test]
fn file_that_nobody_gives_is_pending_and_not_untried() {
    let mut repair = repair();
    let file = files(Some(()))[0];
    step(&mut repair, at(0), RepairInput::Published { file });
    assert_eq!((repair.pending(), repair.untried()), (1, 1));
    step(&mut repair, at(31), RepairInput::Tick);
    step(&mut repair, at(31), RepairInput::Lacking { file, lacking: Lacking::File });
    step(&mut repair, at(32), failed(file.commitment));
    assert_eq!((repair.pending(), repair.untried()), (1, 0));
}

#[test]
fn a_due_time_saved_under_a_wrong_clock_holds_up_no_file() {
    let file = files(Some(()))[0];
    let mut repair = repair();
    let far = at(1_000_000_000);
    let retry = Retry { failures: 3, due: far, lacking_since: Some(far) };
    step(&mut repair, at(10), RepairInput::Restored { file, retry });
    let at_last = at(10).after(crate::limits::REPAIR_RETRY_MAX);
    assert_eq!(step(&mut repair, at_last.before(Span::SECOND), RepairInput::Tick), []);
    assert!(matches!(step(&mut repair, at_last, RepairInput::Tick)[..], [RepairOutput::Check { .. }]));
    assert_eq!(repair.below_policy().since, Some(at(10)));
}

/// Nothing is left out without a word, and what failed least lately is not what makes way.
#[test]
fn file_that_finds_no_room_makes_the_one_that_is_due_last_give_way_and_is_said() {
    let mine = files(Some(()));
    let settings = RepairSettings { pending_max: 4, ..RepairSettings::default() };
    let mut repair = Repair::new(hospital(2), settings);
    step(&mut repair, at(0), RepairInput::Members { candidates: members() });
    for file in &mine[..4] {
        step(&mut repair, at(1), RepairInput::Lacking { file: *file, lacking: Lacking::File });
    }
    assert!(!repair.has_room());
    let outputs = step(&mut repair, at(2), failed(mine[0].commitment));
    assert!(
        !outputs.contains(&RepairOutput::Dropped { commitment: mine[0].commitment }),
        "it keeps its place"
    );
    let outputs = step(&mut repair, at(3), RepairInput::Published { file: mine[4] });
    let of_first = mine[0].commitment;
    let made_way =
        [RepairOutput::Forget { commitment: of_first }, RepairOutput::Dropped { commitment: of_first }];
    assert_eq!(outputs, made_way, "its next try is a minute away, and it would be restored by a restart");
    assert_eq!((repair.pending(), repair.below_policy().files), (4, 3));
    for file in &mine[1..3] {
        step(&mut repair, at(4), RepairInput::Fetched { commitment: file.commitment });
    }
    assert!(repair.has_room());
    assert_eq!(step(&mut repair, at(5), RepairInput::Published { file: mine[0] }), []);
    assert_eq!(repair.pending(), 3);
}

#[test]
fn file_of_which_no_copy_is_left_is_counted_apart_until_somebody_may_have_it_again() {
    let file = files(Some(()))[0];
    let commitment = file.commitment;
    let mut repair = repair();
    let lacking = || RepairInput::Lacking { file, lacking: Lacking::File };
    step(&mut repair, at(1), lacking());
    let none_left = RepairInput::FetchFailed { commitment, others: OtherCopies::NoneLeft };
    step(&mut repair, at(2), none_left);
    assert_eq!(repair.below_policy(), BelowPolicy { files: 1, lost: 1, since: Some(at(1)) });
    step(&mut repair, at(62), RepairInput::Tick);
    step(&mut repair, at(62), lacking());
    assert_eq!(repair.below_policy().lost, 1, "asking again makes no copy");
    step(&mut repair, at(63), failed(commitment));
    assert_eq!(repair.below_policy(), BelowPolicy { files: 1, lost: 0, since: Some(at(1)) });
}
