//! Tests of receipts: each reason for refusal, and when there are enough.

use carechain_crypto::{Commitment, HospitalId, PersonId, Signature, SigningPublicKey, UploadId};
use carechain_types::{BoundedVec, Epoch, Party, Quorum, RECEIPT_VERSION, Receipt, ReceiptLeaf, Time};

use super::{ReceiptExpectation, ReceiptProgress, ReceiptRefusal, receipts_required};

fn hospital(number: u8) -> HospitalId {
    HospitalId::new([number; 20])
}

fn expectation() -> ReceiptExpectation {
    ReceiptExpectation {
        epoch: Epoch::new(4),
        members: (1..=4).map(|number| (hospital(number), SigningPublicKey::new([number; 32]))).collect(),
        upload: UploadId::new([7; 16]),
        commitment: Commitment::new([8; 32]),
        length: 1_000,
        author: Party::Person(PersonId::new([9; 20])),
        publishing_hospital: hospital(1),
        patient: PersonId::new([10; 20]),
        expiry: Time::from_micros(500),
    }
}

fn receipt(number: u8) -> Receipt {
    let expected = expectation();
    Receipt {
        leaf: ReceiptLeaf {
            version: RECEIPT_VERSION,
            epoch: expected.epoch,
            hospital: hospital(number),
            upload_id: expected.upload,
            commitment: expected.commitment,
            length: expected.length,
            author: expected.author,
            publishing_hospital: expected.publishing_hospital,
            patient: expected.patient,
            expiry: expected.expiry,
            node_key: SigningPublicKey::new([number; 32]),
        },
        leaf_index: 0,
        leaf_count: 1,
        path: BoundedVec::empty(),
        signature: Signature::ZERO,
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut ReceiptLeaf), now: u64, expected: Result<(), ReceiptRefusal>) {
    let mut receipt = receipt(2);
    change(&mut receipt.leaf);
    let mut progress = ReceiptProgress::new(expectation(), 2);
    assert_eq!(progress.add(receipt, Time::from_micros(now)), expected);
    assert_eq!(progress.count(), usize::from(expected.is_ok()));
}

#[test]
fn receipt_counts_only_if_every_field_is_right() {
    check(|_| {}, 500, Ok(()));
    check(|leaf| leaf.epoch = Epoch::new(3), 0, Ok(()));
    let other = Err(ReceiptRefusal::OtherFile);
    check(|leaf| leaf.upload_id = UploadId::ZERO, 0, other);
    check(|leaf| leaf.commitment = Commitment::ZERO, 0, other);
    check(|leaf| leaf.length = 1_001, 0, other);
    check(|leaf| leaf.author = Party::Hospital(hospital(1)), 0, other);
    check(|leaf| leaf.publishing_hospital = hospital(2), 0, other);
    check(|leaf| leaf.patient = PersonId::ZERO, 0, other);
    check(|leaf| leaf.expiry = Time::from_micros(501), 0, other);
    check(|_| {}, 501, Err(ReceiptRefusal::Expired));
    check(|leaf| leaf.hospital = hospital(9), 0, Err(ReceiptRefusal::NotAMember));
    check(|leaf| leaf.hospital = hospital(3), 0, Err(ReceiptRefusal::NodeKey));
    for epoch in [2, 5] {
        let got = Epoch::new(epoch);
        check(|leaf| leaf.epoch = got, 0, Err(ReceiptRefusal::Epoch { got, now: Epoch::new(4) }));
    }
}

#[test]
fn distinct_hospitals_are_counted_and_one_must_not_be_the_publisher() {
    let mut progress = ReceiptProgress::new(expectation(), 2);
    let mut add = |number| {
        progress.add(receipt(number), Time::ZERO).unwrap();
        (progress.count(), progress.enough())
    };
    assert_eq!(add(1), (1, false));
    assert_eq!(add(1), (1, false));
    assert_eq!(add(3), (2, true));
    let mut alone = ReceiptProgress::new(expectation(), 1);
    alone.add(receipt(1), Time::ZERO).unwrap();
    assert!(!alone.enough());
    let mut other = ReceiptProgress::new(expectation(), 1);
    other.add(receipt(2), Time::ZERO).unwrap();
    assert!(other.enough());
}

#[test]
fn one_more_than_may_be_faulty_is_required_and_never_more_than_three() {
    let required = |replicas| receipts_required(Quorum::new(replicas).unwrap());
    assert_eq!([1, 3, 4, 6, 7, 10, 13, 50].map(required), [1, 1, 2, 2, 3, 3, 3, 3]);
}
