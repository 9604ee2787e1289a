//! Each finding: when it is drawn, when it is not, and whom it names.

use carechain_api::CertificateTerm;
use carechain_consensus::{Phase, Status};
use carechain_schema::{FindingCode, Severity};
use carechain_types::{Height, Quorum, ReplicaId, Span, Time, View};

use super::{Finding, findings, undecidable};
use crate::heard::Awake;
use crate::status::inputs::{Inputs, Member, Reserves, Storage};

const SECOND: i64 = 1_000_000;

/// When all tests look: this node has run for a while.
const NOW: Time = Time::from_micros(1_000 * SECOND.unsigned_abs());

fn ago(span: Span) -> Time {
    NOW.before(span)
}

fn replica(number: u16) -> ReplicaId {
    ReplicaId::new(number)
}

/// Hospitals A to D, this node is A's, and all is well.
fn well() -> Inputs {
    let member = |name: &str| Member {
        name: name.to_owned(),
        linked: true,
        bulk_linked: true,
        heard: Some(ago(Span::SECOND)),
        clock_offset: Some(-SECOND / 100),
        height: Some(Height::new(7)),
        view: Some(View::new(3)),
    };
    Inputs {
        now: NOW,
        awake: Awake::Started(Time::from_micros(0)),
        members: ["A", "B", "C", "D"].map(member).into(),
        own: replica(0),
        quorum: Quorum::new(4).unwrap(),
        replica: Some(Status {
            view: View::new(3),
            primary: replica(3),
            committed: Height::new(7),
            phase: Phase::Idle,
        }),
        silent: None,
        waiting: 0,
        standing: Span::from_micros(0),
        storage: Ok(Storage {
            write_failure: None,
            free_percent: Some(50),
            quota_left: 1 << 30,
            chunks_missing: 0,
            files_below_policy: None,
            files_lost: 0,
        }),
        folder_trouble: None,
        reserves: Reserves { files: 10, transactions: 5, votes: 2 },
        certificate: Some(CertificateTerm::Good { left: Span::DAY.times(90) }),
    }
}

fn found(change: impl FnOnce(&mut Inputs)) -> Vec<Finding> {
    let mut inputs = well();
    change(&mut inputs);
    findings(&inputs)
}

/// The one finding that a change leads to.
#[track_caller]
fn only(code: FindingCode, change: impl FnOnce(&mut Inputs)) -> String {
    let found = found(change);
    assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), [code], "{found:?}");
    assert!(!found[0].advice.is_empty());
    found[0].sentence.clone()
}

/// The codes that a change leads to.
fn codes(change: impl FnOnce(&mut Inputs)) -> Vec<FindingCode> {
    found(change).iter().map(|finding| finding.code).collect()
}

#[track_caller]
fn nothing(change: impl FnOnce(&mut Inputs)) {
    assert_eq!(found(change), []);
}

fn away(inputs: &mut Inputs, members: &[usize]) {
    members.iter().for_each(|index| inputs.members[*index].linked = false);
}

fn replica_of(inputs: &mut Inputs) -> &mut Status {
    inputs.replica.as_mut().unwrap()
}

fn storage_of(inputs: &mut Inputs) -> &mut Storage {
    inputs.storage.as_mut().unwrap()
}

#[test]
fn a_node_that_is_well_has_no_findings() {
    nothing(|_| ());
}

#[test]
fn too_few_hospitals_are_named() {
    let two = found(|inputs| away(inputs, &[1, 2]));
    let sentences: Vec<_> = two.iter().map(|finding| finding.sentence.as_str()).collect();
    assert_eq!(
        sentences,
        [
            "nothing can be decided: 3 of 4 hospitals must take part, and besides this node only D is heard; B and C are away",
            "B is away",
            "C is away",
        ]
    );
    let sentence = &found(|inputs| away(inputs, &[1, 2, 3]))[0].sentence;
    assert!(sentence.ends_with("no other is heard; B, C and D are away"), "{sentence}");
}

#[test]
fn each_hospital_is_away_since_it_was_last_heard_and_the_quorum_since_the_last_that_mattered() {
    let found = found(|inputs| {
        away(inputs, &[1, 2, 3]);
        for (member, seconds) in inputs.members[1..].iter_mut().zip([90, 30, 60]) {
            member.heard = Some(ago(Span::SECOND.times(seconds)));
        }
    });
    let ages: Vec<_> = found.iter().map(|finding| (finding.about.as_str(), finding.age.unwrap())).collect();
    let seconds = |count| Span::SECOND.times(count);
    assert_eq!(ages, [("", seconds(60)), ("B", seconds(90)), ("D", seconds(60)), ("C", seconds(30))]);
}

#[test]
fn a_node_that_has_just_started_connects_and_blames_nobody() {
    let awake = |awake: fn(Time) -> Awake, seconds| {
        move |inputs: &mut Inputs| {
            inputs.awake = awake(ago(Span::SECOND.times(seconds)));
            inputs.members[1..].iter_mut().for_each(|one| (one.linked, one.heard) = (false, None));
        }
    };
    let sentence = only(FindingCode::Starting, awake(Awake::Started, 2));
    assert_eq!(
        sentence,
        "this node started 2.0 s ago and is connecting: 3 of 4 hospitals must take part, and besides it no other is heard so far"
    );
    assert_eq!(codes(awake(Awake::Started, 7))[0], FindingCode::NoQuorum);
    assert!(
        undecidable(&{
            let mut inputs = well();
            awake(Awake::Started, 2)(&mut inputs);
            inputs
        })
        .is_some_and(|finding| finding.code == FindingCode::Starting)
    );
    let sentence = only(FindingCode::Starting, awake(Awake::WentOn, 1));
    assert!(sentence.starts_with("this node stood still and went on 1.0 s ago"), "{sentence}");
    let lost = codes(|inputs| {
        awake(Awake::Started, 3)(inputs);
        inputs.members[1..].iter_mut().for_each(|one| one.heard = Some(ago(Span::SECOND.times(2))));
    });
    assert_eq!(lost[0], FindingCode::NoQuorum, "what was connected once and is not any more is away");
}

#[test]
fn what_was_heard_before_a_node_stood_still_is_as_if_heard_when_it_went_on() {
    let went_on = |seconds| {
        move |inputs: &mut Inputs| {
            inputs.awake = Awake::WentOn(ago(Span::SECOND.times(seconds)));
            inputs.members.iter_mut().for_each(|one| one.heard = Some(ago(Span::MINUTE)));
        }
    };
    nothing(went_on(0));
    nothing(went_on(4));
    assert_eq!(codes(went_on(7))[0], FindingCode::NoQuorum);
}

#[test]
fn a_connection_that_stands_is_no_quorum_while_nothing_comes_through_it() {
    let silent = |seconds| {
        move |inputs: &mut Inputs| {
            for member in &mut inputs.members[1..3] {
                member.heard = Some(ago(Span::SECOND.times(seconds)));
            }
        }
    };
    nothing(silent(4));
    assert_eq!(codes(silent(5))[0], FindingCode::NoQuorum);
    let never = |inputs: &mut Inputs| inputs.members[1..].iter_mut().for_each(|one| one.heard = None);
    assert_eq!(codes(never)[0], FindingCode::NoQuorum);
}

#[test]
fn one_hospital_that_is_away_does_not_block() {
    let sentence = only(FindingCode::MembersAway, |inputs| away(inputs, &[2]));
    assert_eq!(sentence, "C is away; the ledger goes on without, one more, and nothing can be decided");
    assert_eq!(FindingCode::MembersAway.severity(), Severity::Warning);
}

#[test]
fn a_hospital_alone_is_its_own_quorum() {
    nothing(|inputs| {
        inputs.members.truncate(1);
        inputs.quorum = Quorum::new(1).unwrap();
    });
}

#[test]
fn the_clock_that_differs_from_most_is_the_wrong_one() {
    let offsets = |all: [i64; 3]| {
        move |inputs: &mut Inputs| {
            for (member, seconds) in inputs.members[1..].iter_mut().zip(all) {
                member.clock_offset = Some(seconds * SECOND);
            }
        }
    };
    nothing(offsets([2, -2, 0]));
    let sentence = only(FindingCode::ClockOff, offsets([-600, -600, -600]));
    assert_eq!(sentence, "the clock of this node is 600.0 s ahead of those of B, C and D");
    let sentence = only(FindingCode::ClockOff, offsets([40, 40, 40]));
    assert_eq!(sentence, "the clock of this node is 40.0 s behind those of B, C and D");
    let sentence = only(FindingCode::MemberClockOff, offsets([600, 0, 0]));
    assert_eq!(sentence, "the clock of B is 600.0 s ahead of this node's");
    // Hundredths are rounded: a clock that is 600 s ahead and 20 ms away is 600 s ahead.
    let sentence = only(FindingCode::MemberClockOff, |inputs| {
        inputs.members[1].clock_offset = Some(-599_980_000);
    });
    assert_eq!(sentence, "the clock of B is 600.0 s behind this node's");
    let off = [FindingCode::MemberClockOff; 2];
    assert_eq!(codes(offsets([1, 3, 3])), off, "whose proposals are old for two is in time for the third");
}

#[test]
fn clocks_by_which_no_proposal_finds_a_quorum_block() {
    let offsets = |all: [Option<i64>; 3]| {
        move |inputs: &mut Inputs| {
            for (member, seconds) in inputs.members[1..].iter_mut().zip(all) {
                member.clock_offset = seconds.map(|seconds| seconds * SECOND);
            }
        }
    };
    let two_and_two = found(offsets([Some(5), Some(5), Some(0)]));
    assert_eq!(two_and_two[0].code, FindingCode::ClocksApart);
    assert_eq!(
        two_and_two[0].sentence,
        "nothing can be decided: 3 of 4 hospitals must agree on the time, and only 2 do; seen from this node's clock, B is 5.0 s \
         ahead and C is 5.0 s ahead"
    );
    let about: Vec<_> = two_and_two[1..].iter().map(|finding| finding.about.as_str()).collect();
    assert_eq!(about, ["B", "C"]);
    assert_eq!(codes(offsets([Some(5), Some(-5), Some(0)]))[0], FindingCode::ClocksApart);
    let own = codes(offsets([Some(600), Some(600), Some(600)]));
    assert_eq!(own, [FindingCode::ClockOff], "the others go on");
    // One that says no time yet may agree with anybody.
    let unknown = codes(offsets([Some(5), Some(5), None]));
    assert!(!unknown.contains(&FindingCode::ClocksApart), "{unknown:?}");
    let refused = undecidable(&{
        let mut inputs = well();
        offsets([Some(5), Some(-5), Some(0)])(&mut inputs);
        inputs
    });
    assert_eq!(refused.unwrap().code, FindingCode::ClocksApart, "nothing is taken that cannot be decided");
}

#[test]
fn a_member_alone_cannot_make_a_node_doubt_its_height() {
    nothing(|inputs| inputs.members[1].height = Some(Height::new(1_000_000)));
    nothing(|inputs| inputs.members[1..].iter_mut().for_each(|one| one.height = Some(Height::new(8))));
    let sentence = only(FindingCode::CatchingUp, |inputs| {
        inputs.members[1..3].iter_mut().for_each(|one| one.height = Some(Height::new(9)));
    });
    assert_eq!(sentence, "this node is at height 7 and the others are at 9: it lacks 2 blocks");
    only(FindingCode::CatchingUp, |inputs| {
        replica_of(inputs).phase = Phase::CatchingUp { certified: Height::new(9) };
    });
}

#[test]
fn a_node_in_a_view_of_its_own_does_not_vote() {
    let below = |count: usize| {
        move |inputs: &mut Inputs| {
            replica_of(inputs).view = View::new(4);
            inputs.members[1 + count..].iter_mut().for_each(|one| one.view = Some(View::new(4)));
        }
    };
    let sentence = only(FindingCode::NotVoting, below(3));
    assert_eq!(
        sentence,
        "this node alone wants view 4 and does not vote; B, C and D are in view 3 and go on without it"
    );
    nothing(below(2));
    let sentence = only(FindingCode::NotVoting, |inputs| {
        replica_of(inputs).phase = Phase::Following { view: View::new(2) };
    });
    assert_eq!(
        sentence,
        "this node left view 2 alone and does not vote; the others go on in it without this node"
    );
}

#[test]
fn transactions_that_wait_long_name_whose_votes_are_missing() {
    let standing = |seconds| {
        move |inputs: &mut Inputs| {
            inputs.waiting = 2;
            inputs.standing = Span::SECOND.times(seconds);
            replica_of(inputs).phase =
                Phase::Committing { height: Height::new(8), missing: vec![replica(1), replica(2)] };
        }
    };
    nothing(standing(9));
    let sentence = only(FindingCode::Stalled, standing(12));
    assert_eq!(
        sentence,
        "2 transactions wait, and nothing was committed for 12.0 s: block 8 lacks the COMMITs of B and C"
    );
}

#[test]
fn votes_withheld_another_state_and_a_silent_thread_are_told() {
    let sentence = only(FindingCode::VotesWithheld, |inputs| {
        replica_of(inputs).phase = Phase::Withholding;
    });
    assert!(sentence.contains("50 % of it is free, 2 % are kept"), "{sentence}");
    only(FindingCode::StateDiffers, |inputs| replica_of(inputs).phase = Phase::Stopped);
    let sentence = only(FindingCode::ConsensusSilent, |inputs| inputs.silent = Some(Span::SECOND));
    assert!(sentence.contains("1.0 s"), "{sentence}");
    only(FindingCode::ConsensusSilent, |inputs| {
        (inputs.replica, inputs.silent) = (None, Some(Span::SECOND));
    });
}

#[test]
fn a_disk_that_fills_refuses_files_then_transactions() {
    let free = |percent| move |inputs: &mut Inputs| storage_of(inputs).free_percent = Some(percent);
    nothing(free(10));
    let sentence = only(FindingCode::FilesRefused, free(9));
    assert!(sentence.contains("9 % of the disk is free, 10 % are kept"), "{sentence}");
    let codes: Vec<_> = found(free(4)).iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [FindingCode::FilesRefused, FindingCode::TransactionsRefused]);
    only(FindingCode::FilesRefused, |inputs| storage_of(inputs).quota_left = 1_000);
    let sentence = only(FindingCode::FilesNotWritten, |inputs| {
        inputs.storage = Err("cannot look at its folder: No such file or directory".to_owned());
    });
    assert_eq!(sentence, "the chunk store cannot look at its folder: No such file or directory");
    let sentence = only(FindingCode::FilesNotWritten, |inputs| {
        storage_of(inputs).write_failure = Some("pack 3: EIO".to_owned());
    });
    assert_eq!(sentence, "the chunk store does not write: pack 3: EIO");
}

#[test]
fn a_data_folder_that_changed_under_the_node_blocks() {
    let trouble = "data/journal is not there any more; what this node writes there is lost when it ends";
    let sentence =
        only(FindingCode::DataFolderChanged, |inputs| inputs.folder_trouble = Some(trouble.to_owned()));
    assert_eq!(sentence, trouble);
}

#[test]
fn missing_copies_and_chunks_are_counted_and_unknown_is_not_none() {
    nothing(|inputs| storage_of(inputs).files_below_policy = Some(0));
    let sentence = only(FindingCode::CopiesBelowPolicy, |inputs| {
        storage_of(inputs).files_below_policy = Some(2);
    });
    assert!(sentence.starts_with("2 files"), "{sentence}");
    let sentence = only(FindingCode::CopiesBelowPolicy, |inputs| {
        storage_of(inputs).files_below_policy = Some(2);
        storage_of(inputs).files_lost = 1;
    });
    assert!(sentence.contains("of 1 of them no copy is left anywhere"), "{sentence}");
    let sentence = only(FindingCode::ChunksMissing, |inputs| storage_of(inputs).chunks_missing = 1);
    assert!(sentence.starts_with("1 chunk "), "{sentence}");
}

#[test]
fn a_hospital_that_votes_but_takes_no_files_is_named() {
    let sentence = only(FindingCode::FilesUnreachable, |inputs| inputs.members[3].bulk_linked = false);
    assert_eq!(sentence, "record files cannot be exchanged with D");
}

#[test]
fn a_certificate_is_found_when_it_ends_soon_and_when_no_client_accepts_it() {
    let sentence = only(FindingCode::CertificateEnding, |inputs| {
        inputs.certificate = Some(CertificateTerm::Good { left: Span::DAY.times(12) });
    });
    assert!(sentence.contains("ends in 12 days"), "{sentence}");
    let sentence = only(FindingCode::CertificateRefused, |inputs| {
        inputs.certificate = Some(CertificateTerm::Ended { ago: Span::DAY.times(3) });
    });
    assert!(sentence.contains("ended 3 days ago: no client accepts it"), "{sentence}");
    nothing(|inputs| inputs.certificate = None);
}

#[test]
fn the_worst_comes_first() {
    let found = found(|inputs| {
        away(inputs, &[1, 2]);
        inputs.silent = Some(Span::SECOND);
        inputs.members[3].bulk_linked = false;
        storage_of(inputs).free_percent = Some(1);
    });
    let codes: Vec<_> = found.iter().map(|finding| finding.code).collect();
    assert!(codes.is_sorted() && codes.len() == 7, "{codes:?}");
    assert_eq!(codes[0], FindingCode::ConsensusSilent);
}
