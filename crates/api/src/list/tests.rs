//! Pages of lists over a state in a map.

use std::collections::BTreeMap;

use carechain_crypto::{EhrId, GrantId, PersonId, TransactionId};
use carechain_types::{
    AccessKind, AccessPurpose, CountsValue, EhrByPatientValue, Freshness, GrantValue, Height, ListKind,
    ListQuery, ListStart, Party, PersonCounts, Stamp, StateKey, StateValue, Time,
};

use super::{ListError, list_keys};

const PATIENT: PersonId = PersonId::new([1; 20]);
const STAMP: Stamp = Stamp::new(TransactionId::new([9; 32]), Height::new(3));

fn query(kind: ListKind, start: ListStart, count_max: u16) -> ListQuery {
    ListQuery { kind, subject: *PATIENT.get(), start, count_max, freshness: Freshness::default() }
}

fn grant(previous: Option<GrantId>) -> GrantValue {
    GrantValue {
        stamp: STAMP,
        patient: PATIENT,
        grantee: Party::Person(PersonId::new([2; 20])),
        access: AccessKind::Read,
        purpose: AccessPurpose::Treatment,
        from: Time::ZERO,
        until: Time::ZERO,
        lines: Default::default(),
        previous,
    }
}

fn state() -> BTreeMap<StateKey, Vec<u8>> {
    let mut state = BTreeMap::new();
    let counts =
        PersonCounts { records: 3, newest_grant: Some(GrantId::new([52; 20])), ..PersonCounts::default() };
    state.insert(StateKey::counts(PATIENT.get()), CountsValue { stamp: STAMP, counts }.to_bytes());
    for index in 0..3u8 {
        let value = EhrByPatientValue { stamp: STAMP, ehr_id: EhrId::new([40 + index; 20]) };
        state.insert(StateKey::ehr_by_patient(&PATIENT, u64::from(index)), value.to_bytes());
    }
    for index in 50..53u8 {
        let previous = (index > 50).then(|| GrantId::new([index - 1; 20]));
        state.insert(StateKey::grant(&GrantId::new([index; 20])), grant(previous).to_bytes());
    }
    state
}

#[track_caller]
fn check(query: ListQuery, expected: &[StateKey]) {
    let state = state();
    assert_eq!(list_keys(&query, |key| Ok::<_, ()>(state.get(key).cloned())).unwrap(), expected);
}

#[test]
fn records_run_from_the_newest_down_with_their_abstracts() {
    let counts = StateKey::counts(PATIENT.get());
    let newest = [StateKey::ehr_by_patient(&PATIENT, 2), StateKey::ehr(&EhrId::new([42; 20]))];
    check(query(ListKind::Records, ListStart::Newest, 1), &[counts, newest[0], newest[1]]);
    let oldest = [StateKey::ehr_by_patient(&PATIENT, 0), StateKey::ehr(&EhrId::new([40; 20]))];
    check(query(ListKind::Records, ListStart::Below(1), 9), &[counts, oldest[0], oldest[1]]);
}

#[test]
fn grants_follow_previous_from_any_start() {
    let counts = StateKey::counts(PATIENT.get());
    let key = |byte: u8| StateKey::grant(&GrantId::new([byte; 20]));
    check(query(ListKind::Grants, ListStart::Newest, 2), &[counts, key(52), key(51)]);
    check(query(ListKind::Grants, ListStart::At([51; 20]), 9), &[counts, key(51), key(50)]);
}

#[test]
fn an_empty_list_is_its_absent_counters() {
    let query = ListQuery { subject: [8; 20], ..query(ListKind::Audit, ListStart::Newest, 9) };
    let keys = list_keys(&query, |_| Ok::<_, ()>(None)).unwrap();
    assert_eq!(keys, [StateKey::counts(&[8; 20]), StateKey::ehr(&EhrId::new([8; 20]))]);
}

#[test]
fn a_start_of_the_other_sort_is_refused() {
    assert_eq!(
        list_keys(&query(ListKind::Records, ListStart::At([0; 20]), 9), |_| Ok::<_, ()>(None)),
        Err(ListError::Start)
    );
    assert_eq!(
        list_keys(&query(ListKind::Grants, ListStart::Below(1), 9), |_| Ok::<_, ()>(None)),
        Err(ListError::Start)
    );
}

/// A counter that cannot be read is not zero: the page would be proven short.
#[test]
fn a_state_that_cannot_be_read_gives_no_list() {
    for kind in [ListKind::Records, ListKind::Audit, ListKind::Attempts, ListKind::Requests, ListKind::Grants]
    {
        let keys = list_keys(&query(kind, ListStart::Newest, 9), |_| Err("disk"));
        assert_eq!(keys, Err(ListError::Unreadable("disk")), "{kind:?}");
    }
}

#[test]
fn a_subject_of_another_sort_has_no_such_list_and_damage_is_not_taken_for_one() {
    let state = state();
    let read = |key: &StateKey| Ok::<_, ()>(state.get(key).cloned());
    let audit = query(ListKind::Audit, ListStart::Newest, 5);
    assert_eq!(list_keys(&audit, read), Err(ListError::Kind), "the subject is a person");
    let damaged = list_keys(&audit, |_| Ok::<_, ()>(Some(vec![7; 5])));
    assert!(matches!(damaged, Err(ListError::Value(_))), "{damaged:?}");
}
