//! Tests of uploads: the normal course, failing holders, and random worlds.

use std::collections::{BTreeMap, BTreeSet};

use carechain_crypto::{Commitment, HospitalId, PersonId, Signature, SigningPublicKey, UploadId};
use carechain_types::{BoundedVec, Epoch, Party, RECEIPT_VERSION, Receipt, ReceiptLeaf, Span, Time};
use proptest::prelude::{ProptestConfig, any};
use proptest::proptest;

use super::{Upload, UploadInput, UploadOutput, UploadPhase, UploadPlan, UploadSettings};
use crate::file_shape::FileShape;
use crate::receipts::{ReceiptExpectation, ReceiptRefusal};

const MEBIBYTE: u64 = 1 << 20;
const EXPIRY: Time = Time::from_micros(1_000_000_000);

fn hospital(number: u8) -> HospitalId {
    HospitalId::new([number; 20])
}

fn at(millis: u64) -> Time {
    Time::from_micros(millis * 1_000)
}

fn upload(chunks: u32, members: u8) -> Upload {
    let plan = UploadPlan {
        shape: FileShape::new(u64::from(chunks) * MEBIBYTE).unwrap(),
        ranking: (1..=members).map(hospital).collect(),
        receipts_required: 2,
        expiry: EXPIRY,
    };
    let settings = UploadSettings { window_bytes: 2 * MEBIBYTE, ..UploadSettings::default() };
    Upload::new(plan, settings, at(0))
}

fn expectation(members: u8) -> Box<ReceiptExpectation> {
    Box::new(ReceiptExpectation {
        epoch: Epoch::ZERO,
        members: (1..=members).map(|number| (hospital(number), SigningPublicKey::ZERO)).collect(),
        upload: UploadId::ZERO,
        commitment: Commitment::ZERO,
        length: 5,
        author: Party::Person(PersonId::ZERO),
        publishing_hospital: hospital(1),
        patient: PersonId::ZERO,
        expiry: EXPIRY,
    })
}

fn receipt(hospital: HospitalId) -> Box<Receipt> {
    Box::new(Receipt {
        leaf: ReceiptLeaf {
            version: RECEIPT_VERSION,
            epoch: Epoch::ZERO,
            hospital,
            upload_id: UploadId::ZERO,
            commitment: Commitment::ZERO,
            length: 5,
            author: Party::Person(PersonId::ZERO),
            publishing_hospital: self::hospital(1),
            patient: PersonId::ZERO,
            expiry: EXPIRY,
            node_key: SigningPublicKey::ZERO,
        },
        leaf_index: 0,
        leaf_count: 1,
        path: BoundedVec::empty(),
        signature: Signature::ZERO,
    })
}

fn step(upload: &mut Upload, millis: u64, input: UploadInput) -> Vec<UploadOutput> {
    let mut outputs = Vec::new();
    upload.step(at(millis), input, &mut outputs);
    outputs
}

fn open(number: u8) -> UploadOutput {
    UploadOutput::Open { holder: hospital(number) }
}

fn send(number: u8, index: u32) -> UploadOutput {
    UploadOutput::Send { holder: hospital(number), index }
}

fn start() -> UploadInput {
    UploadInput::Start { present: Vec::new() }
}

fn opened(number: u8, present: &[bool]) -> UploadInput {
    UploadInput::HolderOpened { holder: hospital(number), present: present.to_vec() }
}

fn acknowledged(number: u8, index: u32) -> UploadInput {
    UploadInput::ChunkAcknowledged { holder: hospital(number), index }
}

fn arrived(number: u8) -> UploadInput {
    UploadInput::ReceiptArrived { receipt: receipt(hospital(number)) }
}

fn completed(members: u8) -> UploadInput {
    UploadInput::Completed { expectation: expectation(members) }
}

fn complete(number: u8) -> UploadOutput {
    UploadOutput::Complete { holder: hospital(number) }
}

#[test]
fn chunks_are_forwarded_while_they_arrive_and_the_last_copy_follows_the_abstract() {
    let mut upload = upload(3, 4);
    assert_eq!(step(&mut upload, 0, start()), [open(2)]);
    assert_eq!(step(&mut upload, 1, opened(2, &[false; 3])), []);
    assert_eq!(step(&mut upload, 1, UploadInput::ChunkStored { index: 0 }), [send(2, 0)]);
    assert_eq!(step(&mut upload, 2, UploadInput::ChunkStored { index: 1 }), [send(2, 1)]);
    // The window of two chunks is full.
    assert_eq!(step(&mut upload, 3, UploadInput::ChunkStored { index: 2 }), []);
    assert_eq!(step(&mut upload, 3, acknowledged(2, 0)), [send(2, 2)]);
    assert_eq!(step(&mut upload, 4, completed(4)), [UploadOutput::SignOwn]);
    assert_eq!(step(&mut upload, 5, acknowledged(2, 1)), []);
    assert_eq!(step(&mut upload, 5, acknowledged(2, 2)), [complete(2)]);
    assert_eq!(step(&mut upload, 5, arrived(1)), []);
    let outputs = step(&mut upload, 6, arrived(2));
    assert_eq!(
        outputs,
        [UploadOutput::Receipts { receipts: vec![*receipt(hospital(1)), *receipt(hospital(2))] }]
    );
    assert_eq!(step(&mut upload, 7, UploadInput::Published), [open(3)]);
    // It has the first chunk from before a restart.
    assert_eq!(step(&mut upload, 8, opened(3, &[true, false, false])), [send(3, 1), send(3, 2)]);
    assert_eq!(step(&mut upload, 8, acknowledged(3, 1)), []);
    assert_eq!(step(&mut upload, 8, acknowledged(3, 2)), [complete(3)]);
    assert_eq!(step(&mut upload, 9, arrived(3)), [UploadOutput::AllCopies]);
    assert_eq!((upload.phase(), upload.copies()), (UploadPhase::Ended, 3));
}

#[test]
fn slow_holder_does_not_hold_up_the_next_copy() {
    let mut upload = upload(1, 4);
    assert_eq!(step(&mut upload, 0, start()), [open(2)]);
    assert_eq!(step(&mut upload, 1_999, UploadInput::Tick), []);
    assert_eq!(step(&mut upload, 2_000, UploadInput::Tick), [open(3)]);
    // Both are at work now; whichever is first gives the receipt.
    step(&mut upload, 2_001, completed(4));
    step(&mut upload, 2_001, arrived(1));
    assert_eq!(step(&mut upload, 2_002, opened(3, &[true])), [complete(3)]);
    let outputs = step(&mut upload, 2_003, arrived(3));
    assert!(matches!(outputs.as_slice(), [UploadOutput::Receipts { .. }]), "{outputs:?}");
}

#[test]
fn silent_holder_is_tried_again_and_then_the_next_in_rank_takes_its_place() {
    let mut upload = upload(1, 4);
    step(&mut upload, 0, start());
    assert_eq!(step(&mut upload, 0, UploadInput::Published), [open(3)]);
    step(&mut upload, 0, opened(3, &[true]));
    assert_eq!(step(&mut upload, 9_999, UploadInput::Tick), []);
    assert_eq!(step(&mut upload, 10_000, UploadInput::Tick), []);
    assert_eq!(step(&mut upload, 10_500, UploadInput::Tick), [open(2)]);
    let failed = || UploadInput::HolderFailed { holder: hospital(2) };
    assert_eq!(step(&mut upload, 10_501, failed()), []);
    assert_eq!(step(&mut upload, 11_501, UploadInput::Tick), [open(2)]);
    let outputs = step(&mut upload, 11_502, failed());
    assert_eq!(outputs, [UploadOutput::GiveUp { holder: hospital(2) }, open(4)]);
}

#[test]
fn without_a_reserve_a_failing_holder_is_tried_for_ever() {
    let mut upload = upload(1, 2);
    let mut millis = 0;
    step(&mut upload, 0, start());
    for _ in 0..20 {
        assert_eq!(step(&mut upload, millis, UploadInput::HolderFailed { holder: hospital(2) }), []);
        millis += 30_000;
        assert_eq!(step(&mut upload, millis, UploadInput::Tick), [open(2)]);
    }
}

#[test]
fn upload_expires_by_block_time_unless_published() {
    let head = |micros| UploadInput::Head { time: Time::from_micros(micros) };
    let mut unpublished = upload(1, 4);
    step(&mut unpublished, 0, start());
    assert_eq!(step(&mut unpublished, 1, head(EXPIRY.as_micros())), []);
    assert_eq!(step(&mut unpublished, 1, head(EXPIRY.as_micros() + 1)), [UploadOutput::Expired]);
    assert_eq!(step(&mut unpublished, 2, UploadInput::Tick), []);
    let mut published = upload(1, 4);
    step(&mut published, 0, start());
    step(&mut published, 0, completed(4));
    step(&mut published, 0, UploadInput::Published);
    assert_eq!(step(&mut published, 1, head(EXPIRY.as_micros() + 1)), []);
}

#[test]
fn receipt_that_does_not_count_is_a_failure_of_its_holder() {
    let mut upload = upload(1, 4);
    step(&mut upload, 0, start());
    step(&mut upload, 0, completed(4));
    step(&mut upload, 0, opened(2, &[true]));
    let mut wrong = receipt(hospital(2));
    wrong.leaf.length = 6;
    let outputs = step(&mut upload, 0, UploadInput::ReceiptArrived { receipt: wrong });
    let reason = ReceiptRefusal::OtherFile;
    // The next in rank does not wait for it.
    assert_eq!(outputs, [UploadOutput::RefusedReceipt { holder: hospital(2), reason }, open(3)]);
    assert_eq!(step(&mut upload, 500, UploadInput::Published), [open(2)]);
}

/// Holders that lose messages, restart and lie dead, and a client that sends in its own order.
struct World {
    upload: Upload,
    dice: u64,
    millis: u64,
    to_store: Vec<u32>,
    completed: bool,
    dead: BTreeSet<HospitalId>,
    has: BTreeMap<HospitalId, BTreeSet<u32>>,
    on_the_way: BTreeMap<HospitalId, BTreeSet<u32>>,
    answers: Vec<UploadInput>,
    receipts: usize,
    all_copies: bool,
}

const CHUNKS: u32 = 12;
const MEMBERS: u8 = 6;

impl World {
    fn new(seed: u64) -> Self {
        let mut world = Self {
            upload: upload(CHUNKS, MEMBERS),
            dice: seed,
            millis: 0,
            to_store: (0..CHUNKS).collect(),
            completed: false,
            dead: BTreeSet::new(),
            has: BTreeMap::new(),
            on_the_way: BTreeMap::new(),
            answers: Vec::new(),
            receipts: 0,
            all_copies: false,
        };
        // At most three of five holders are dead: two remain for the copies.
        for _ in 0..world.roll(4) {
            let dead = u8::try_from(world.roll(u64::from(MEMBERS) - 1)).unwrap() + 2;
            world.dead.insert(hospital(dead));
        }
        world
    }

    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % sides
    }

    fn give(&mut self, input: UploadInput) {
        for output in step(&mut self.upload, self.millis, input) {
            match output {
                UploadOutput::Open { holder } => {
                    self.on_the_way.remove(&holder);
                    if !self.dead.contains(&holder) {
                        let has = self.has.entry(holder).or_default();
                        let present = (0..CHUNKS).map(|index| has.contains(&index)).collect();
                        self.answers.push(UploadInput::HolderOpened { holder, present });
                    }
                }
                UploadOutput::Send { holder, index } => {
                    assert!(!self.to_store.contains(&index), "{index} is not here yet");
                    let on_the_way = self.on_the_way.entry(holder).or_default();
                    assert!(on_the_way.insert(index), "{index} sent twice");
                    assert!(on_the_way.len() as u64 * MEBIBYTE <= 2 * MEBIBYTE, "above the window");
                    self.answers.push(UploadInput::ChunkAcknowledged { holder, index });
                }
                UploadOutput::Complete { holder } => {
                    assert_eq!(self.has[&holder].len(), CHUNKS as usize, "told to complete too early");
                    self.answers.push(UploadInput::ReceiptArrived { receipt: receipt(holder) });
                }
                UploadOutput::SignOwn => self.answers.push(arrived(1)),
                UploadOutput::Receipts { receipts } => {
                    assert!(receipts.len() >= 2);
                    self.receipts += 1;
                    self.answers.push(UploadInput::Published);
                }
                UploadOutput::AllCopies => self.all_copies = true,
                UploadOutput::GiveUp { holder } => {
                    self.on_the_way.remove(&holder);
                }
                UploadOutput::RefusedReceipt { .. } | UploadOutput::Expired => panic!("{output:?}"),
            }
        }
    }

    fn event(&mut self) {
        self.millis += self.roll(400);
        match self.roll(12) {
            0 => self.give(UploadInput::Tick),
            1 => {
                let holder = hospital(u8::try_from(self.roll(u64::from(MEMBERS) - 1)).unwrap() + 2);
                self.on_the_way.remove(&holder);
                self.give(UploadInput::HolderFailed { holder });
            }
            2..=4 if !self.to_store.is_empty() => {
                let chosen = usize::try_from(self.roll(self.to_store.len() as u64)).unwrap();
                let index = self.to_store.swap_remove(chosen);
                self.give(UploadInput::ChunkStored { index });
            }
            5 if self.to_store.is_empty() && !self.completed => {
                self.completed = true;
                self.give(completed(MEMBERS));
            }
            _ if !self.answers.is_empty() => {
                let chosen = usize::try_from(self.roll(self.answers.len() as u64)).unwrap();
                let answer = self.answers.swap_remove(chosen);
                self.answer(answer);
            }
            _ => self.give(UploadInput::Tick),
        }
    }

    /// One in ten answers of a holder is lost; an acknowledgement means that the chunk is there either way.
    fn answer(&mut self, answer: UploadInput) {
        if let UploadInput::ChunkAcknowledged { holder, index } = answer {
            let sent = self.on_the_way.get_mut(&holder).is_some_and(|on_the_way| on_the_way.remove(&index));
            if sent {
                self.has.entry(holder).or_default().insert(index);
            } else if !self.has.get(&holder).is_some_and(|has| has.contains(&index)) {
                return;
            }
        }
        let of_a_holder = !matches!(answer, UploadInput::Published)
            && !matches!(&answer, UploadInput::ReceiptArrived { receipt } if receipt.leaf.hospital == hospital(1));
        if !(of_a_holder && self.roll(10) == 0) {
            self.give(answer);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn all_copies_are_made_whatever_fails_while_enough_holders_live(seed in any::<u64>()) {
        let mut world = World::new(seed);
        world.give(start());
        for _ in 0..100_000 {
            if world.all_copies {
                break;
            }
            world.event();
        }
        assert!(world.all_copies, "{:?}", world.upload);
        assert_eq!(world.receipts, 1);
        assert!(world.upload.copies() >= 3);
        assert_eq!(Span::ZERO, Time::ZERO.since(at(world.millis)));
    }
}
