//! Tests of placement: the logarithm, proportion, movement, order.

use std::collections::BTreeMap;

use carechain_crypto::{HospitalId, UploadId};
use proptest::prelude::{ProptestConfig, any};
use proptest::{collection, prop_assert, prop_assert_eq, proptest};

use super::logarithm::{FRACTION_BITS, negative_log2};
use super::{Candidate, holders, ranking, responsible};

fn hospital(number: u8) -> HospitalId {
    HospitalId::new([number; 20])
}

fn upload(number: u64) -> UploadId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    UploadId::new(bytes)
}

fn weighted(weights: &[u32]) -> Vec<Candidate> {
    (1..)
        .zip(weights)
        .map(|(number, weight)| Candidate { hospital: hospital(number), weight: *weight })
        .collect()
}

#[test]
fn logarithm_of_powers_of_two_is_exact() {
    for exponent in 0..64_u32 {
        let expected = u64::from(64 - exponent) << FRACTION_BITS;
        assert_eq!(negative_log2((1_u64 << exponent) - 1), expected);
    }
    assert_eq!(negative_log2(u64::MAX), 0);
}

#[test]
fn logarithm_agrees_with_floating_point() {
    for draw in [2, 3, 10, 12_345, u64::MAX / 3, u64::MAX / 2 + 12_345, u64::MAX - (1 << 40)] {
        let expected = 64.0 - ((draw as f64) + 1.0).log2();
        let found = negative_log2(draw) as f64 / (1_u64 << FRACTION_BITS) as f64;
        assert!((expected - found).abs() < 1e-9, "{draw}: {expected} {found}");
    }
}

#[test]
fn order_is_pinned() {
    // Changing any of this moves files between hospitals: a golden vector.
    let members = weighted(&[1, 1, 1, 1, 1]);
    let order = |number| -> Vec<u8> {
        ranking(&upload(number), &hospital(1), &members).iter().map(|hospital| hospital.get()[0]).collect()
    };
    assert_eq!([order(0), order(1), order(2)], PINNED);
}

const PINNED: [[u8; 5]; 3] = [[1, 3, 2, 5, 4], [1, 5, 2, 3, 4], [1, 3, 4, 5, 2]];

#[test]
fn share_is_proportional_to_weight() {
    let weights = [1_u32, 2, 3, 4];
    let members = weighted(&weights);
    let publisher = hospital(99);
    let mut first = BTreeMap::<u8, u32>::new();
    let uploads = 40_000;
    for number in 0..uploads {
        let ranked = ranking(&upload(number), &publisher, &members);
        *first.entry(ranked[1].get()[0]).or_default() += 1;
    }
    for (number, weight) in (1..).zip(weights) {
        let expected = f64::from(weight) / 10.0 * uploads as f64;
        let found = f64::from(first[&number]);
        assert!((found - expected).abs() < expected * 0.05, "hospital {number}: {found} of {expected}");
    }
}

#[test]
fn weight_zero_holds_only_what_it_publishes() {
    let members = weighted(&[0, 1, 1]);
    for number in 0..100 {
        assert!(!holders(&upload(number), &hospital(2), &members, 3).contains(&hospital(1)));
        assert_eq!(holders(&upload(number), &hospital(1), &members, 3)[0], hospital(1));
    }
}

#[test]
fn small_consortium_gives_the_copies_it_has() {
    assert_eq!(holders(&upload(1), &hospital(1), &weighted(&[1]), 3), [hospital(1)]);
    assert_eq!(holders(&upload(1), &hospital(1), &weighted(&[1, 1]), 3), [hospital(1), hospital(2)]);
}

#[test]
fn old_and_new_holders_are_responsible_together() {
    let after = weighted(&[1, 1, 1, 1, 1, 1]);
    for number in 0..200 {
        let (upload, publisher) = (upload(number), hospital(1));
        let both = responsible(&upload, &publisher, (&after[..4], &after), 3);
        for hospital in holders(&upload, &publisher, &after[..4], 3) {
            assert!(both.contains(&hospital));
        }
        assert_eq!(both[..3], holders(&upload, &publisher, &after, 3));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn logarithm_is_monotonous(one in any::<u64>(), other in any::<u64>()) {
        prop_assert_eq!(one.cmp(&other) == core::cmp::Ordering::Less, negative_log2(one) > negative_log2(other)
            || (one < other && negative_log2(one) == negative_log2(other)));
    }

    #[test]
    fn order_of_the_candidates_does_not_matter(number in any::<u64>(), weights in collection::vec(0..5_u32, 1..12), cut in 0..12_usize) {
        let members = weighted(&weights);
        let mut turned = members.clone();
        turned.rotate_left(cut % weights.len());
        prop_assert_eq!(
            ranking(&upload(number), &hospital(1), &members),
            ranking(&upload(number), &hospital(1), &turned)
        );
    }

    #[test]
    fn a_hospital_that_leaves_moves_only_its_own_files(number in any::<u64>(), weights in collection::vec(1..5_u32, 4..12), leaver in 1..12_usize) {
        let members = weighted(&weights);
        let leaver = leaver % (weights.len() - 1) + 1;
        let mut fewer = members.clone();
        fewer.remove(leaver);
        let before = holders(&upload(number), &hospital(1), &members, 3);
        let after = holders(&upload(number), &hospital(1), &fewer, 3);
        let left = members[leaver].hospital;
        if before.contains(&left) {
            // All others stay and one takes its place.
            prop_assert!(before.iter().filter(|hospital| **hospital != left).all(|hospital| after.contains(hospital)));
        } else {
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn holders_are_distinct_and_the_publisher_is_first(number in any::<u64>(), weights in collection::vec(0..5_u32, 1..12), copies in 0..6_usize) {
        let members = weighted(&weights);
        let found = holders(&upload(number), &hospital(1), &members, copies);
        let distinct: std::collections::BTreeSet<_> = found.iter().collect();
        prop_assert_eq!(distinct.len(), found.len());
        prop_assert_eq!(found[0], hospital(1));
        prop_assert!(found.len() <= copies.max(1));
    }
}
