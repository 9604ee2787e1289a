//! Shares of places.

use std::sync::Arc;

use carechain_crypto::HospitalId;

use super::Guests;

fn hospital(number: u8) -> HospitalId {
    HospitalId::new([number; 20])
}

#[test]
fn one_member_takes_half_of_the_common_places_and_no_more() {
    let guests = Arc::new(Guests::new(2, 64));
    let taken: Vec<_> = std::iter::from_fn(|| guests.enter(hospital(1))).collect();
    assert_eq!(taken.len(), 2 + 32);
    assert!(guests.enter(hospital(2)).is_some());
    drop(taken);
    assert!(guests.enter(hospital(1)).is_some());
}

#[test]
fn greedy_members_leave_each_other_what_is_its_own() {
    let guests = Arc::new(Guests::new(2, 64));
    let mut taken = Vec::new();
    for number in 1..=16 {
        taken.extend(std::iter::from_fn(|| guests.enter(hospital(number))));
    }
    assert!(taken.len() <= 64 + 2 * 16);
    let late: Vec<_> = std::iter::from_fn(|| guests.enter(hospital(17))).collect();
    assert_eq!(late.len(), 2);
}
