//! A list is whole only with its counter, every entry, and heads: whatever is cut out, nobody calls the rest whole.

use carechain_crypto::{
    AccessRequestId, Commitment, EhrId, GrantId, HospitalId, PersonId, RequestDigest, SigningPublicKey,
};
use carechain_types::{
    AccessEntry, AccessKind, AccessPurpose, AccessValue, AttemptCounts, BoundedVec, CountsValue, Decision,
    DecisionReason, EhrByPatientValue, EhrKind, EhrValue, EntryShape, GrantValue, Height, ListGap, ListKind,
    ListName, Party, PersonCounts, Proof, RecordCounts, RequestStatus, RequestValue, Span, Stamp, StateKey,
    StateValue, Time, VerifiedProof, Visibility, check_lists,
};

use crate::chain::{CREATED, Chain, chain, chain_with};
use crate::fixture;

const RECORD: EhrId = EhrId::new([0xE1; 20]);
const OTHER_RECORD: EhrId = EhrId::new([0xE2; 20]);
const PATIENT: PersonId = PersonId::new([0x12; 20]);
const READER: PersonId = PersonId::new([0x11; 20]);
const REQUESTS: [AccessRequestId; 2] = [AccessRequestId::new([0x51; 20]), AccessRequestId::new([0x52; 20])];
const GRANTS: [GrantId; 2] = [GrantId::new([0x61; 20]), GrantId::new([0x62; 20])];
const ENTRIES: u64 = 6;

const AUDIT: ListName = ListName { kind: ListKind::Audit, subject: *RECORD.get() };

fn of(kind: ListKind, person: PersonId) -> ListName {
    ListName { kind, subject: *person.get() }
}

/// The writer is a transaction of the block where a body beside the claim is to be shown.
fn stamp() -> Stamp {
    let plain = chain();
    let transaction = &plain.block.transactions[0];
    Stamp::new(transaction.body.id(&plain.genesis.chain_id()), Height::new(1))
}

fn entry(index: u64, gateway: HospitalId) -> AccessEntry {
    let (decision, reason) = match index {
        0 => (Decision::Allowed, DecisionReason::Owner),
        1 => (Decision::Allowed, DecisionReason::Granted),
        4 => (Decision::Refused, DecisionReason::Expired),
        _ => (Decision::Refused, DecisionReason::NoGrant),
    };
    let is_aggregate = index == ENTRIES - 1;
    let first = CREATED.after(Span::MINUTE.times(index));
    let last = if is_aggregate { first.after(Span::MINUTE) } else { first };
    AccessEntry {
        reader: if index == 0 { PATIENT } else { READER },
        reader_key: SigningPublicKey::new([1; 32]),
        on_behalf_of: None,
        patient: Some(PATIENT),
        ehr_id: RECORD,
        grant: (index == 1).then_some(GRANTS[0]),
        gateway,
        purpose: AccessPurpose::Treatment,
        decision,
        reason,
        shape: if is_aggregate { EntryShape::Aggregate } else { EntryShape::Single },
        count: if is_aggregate { 12 } else { 1 },
        first,
        last,
        request_digest: RequestDigest::new([0xD1; 32]),
        height: Height::new(1),
        time: last,
    }
}

fn record() -> EhrValue {
    EhrValue {
        stamp: stamp(),
        author: Party::Person(READER),
        patient: PATIENT,
        hospital: chain().genesis.hospitals[0].id,
        commitment: Commitment::new([0xC0; 32]),
        length: 65_536,
        kind: EhrKind::Study,
        visibility: Visibility::Searchable,
        amends: None,
        amended_by: None,
        purged: 0,
    }
}

fn request(index: usize, previous: Option<AccessRequestId>) -> (StateKey, Vec<u8>) {
    let value = RequestValue {
        stamp: stamp(),
        patient: PATIENT,
        grantee: Party::Person(READER),
        access: AccessKind::Read,
        purpose: AccessPurpose::Treatment,
        status: RequestStatus::Open,
        grant: None,
        previous,
    };
    (StateKey::request(&REQUESTS[index]), value.to_bytes())
}

fn grant(index: usize, previous: Option<GrantId>) -> (StateKey, Vec<u8>) {
    let value = GrantValue {
        stamp: stamp(),
        patient: PATIENT,
        grantee: Party::Person(READER),
        access: AccessKind::Read,
        purpose: AccessPurpose::Treatment,
        from: CREATED,
        until: CREATED.after(Span::DAY),
        lines: BoundedVec::empty(),
        previous,
    };
    (StateKey::grant(&GRANTS[index]), value.to_bytes())
}

fn counts<C: serde::Serialize + serde::de::DeserializeOwned>(counts: C) -> Vec<u8> {
    CountsValue { stamp: stamp(), counts }.to_bytes()
}

fn audited() -> Vec<(StateKey, Vec<u8>)> {
    let gateway = chain().genesis.hospitals[1].id;
    let mut state = vec![
        (AUDIT.counter(), counts(RecordCounts { access_entries: ENTRIES })),
        (StateKey::ehr(&RECORD), record().to_bytes()),
    ];
    for index in 0..ENTRIES {
        let value = AccessValue { stamp: stamp(), entry: entry(index, gateway) };
        state.push((StateKey::access(&RECORD, index), value.to_bytes()));
    }
    state
}

/// The lists of a person: two records, requests, grants and attempts.
fn listed() -> Vec<(StateKey, Vec<u8>)> {
    let person =
        PersonCounts { records: 2, newest_request: Some(REQUESTS[1]), newest_grant: Some(GRANTS[1]) };
    let mut state = vec![
        (StateKey::counts(PATIENT.get()), counts(person)),
        (
            StateKey::attempt_counts(&PATIENT),
            counts(AttemptCounts { attempts: 2, ..AttemptCounts::default() }),
        ),
        request(0, None),
        request(1, Some(REQUESTS[0])),
        grant(0, None),
        grant(1, Some(GRANTS[0])),
    ];
    for (index, ehr_id) in (0..).zip([RECORD, OTHER_RECORD]) {
        state.push((StateKey::ehr(&ehr_id), record().to_bytes()));
        let value = EhrByPatientValue { stamp: stamp(), ehr_id };
        state.push((StateKey::ehr_by_patient(&PATIENT, index), value.to_bytes()));
        let attempt = AccessEntry { patient: None, ..entry(2, chain().genesis.hospitals[1].id) };
        let value = AccessValue { stamp: stamp(), entry: attempt };
        state.push((StateKey::attempt(&PATIENT, index), value.to_bytes()));
    }
    state
}

fn keys(state: &[(StateKey, Vec<u8>)]) -> Vec<StateKey> {
    state.iter().map(|(key, _)| *key).collect()
}

fn verified(chain: &Chain, proof: &Proof) -> VerifiedProof {
    proof.verify(&chain.genesis).expect("holds")
}

fn shown(chain: &Chain, keys: &[StateKey]) -> VerifiedProof {
    verified(chain, &chain.state_proof(keys, 1))
}

/// What the proofs say about one list: the number of its entries and the time, or the gap; none = they do not claim it.
fn says(proofs: &[VerifiedProof], name: ListName) -> Option<Result<(usize, Time), ListGap>> {
    let check = check_lists(proofs).into_iter().find(|check| check.name == name)?;
    Some(check.whole.map(|whole| (whole.entries.len(), whole.complete_as_of)))
}

const AS_OF: Time = CREATED.after(Span::SECOND.times(2));

#[test]
fn files_with_lists_are_frozen() {
    let chain = chain_with(audited());
    fixture("proof_audit.json", &chain.state_proof(&keys(&audited()), 1).to_file());
    let chain = chain_with(listed());
    fixture("proof_lists.json", &chain.state_proof(&keys(&listed()), 1).to_file());
}

#[test]
fn an_audit_is_whole_with_its_counter_and_every_entry_and_with_no_subset_of_them() {
    let (chain, all) = (chain_with(audited()), keys(&audited()));
    let proof = shown(&chain, &all);
    let needed = all.iter().filter(|key| **key != StateKey::ehr(&RECORD)).count();
    for subset in 0_u32..1 << all.len() {
        let mut part = proof.clone();
        let mut index = 0..;
        part.claims.retain(|_| subset >> index.next().expect("endless") & 1 == 1);
        let is_whole =
            part.claims.iter().filter(|claim| claim.key != StateKey::ehr(&RECORD)).count() == needed;
        match says(&[part], AUDIT) {
            Some(Ok(whole)) => assert!(is_whole && whole == (6, AS_OF), "subset {subset:b}"),
            Some(Err(_)) => assert!(!is_whole, "subset {subset:b}"),
            None => assert_eq!(subset & !0b10, 0, "subset {subset:b} shows an entry or the counter"),
        }
    }
}

#[test]
fn a_gap_names_what_is_missing() {
    let (chain, all) = (chain_with(audited()), keys(&audited()));
    let without = |key: StateKey| {
        let rest: Vec<_> = all.iter().copied().filter(|other| *other != key).collect();
        says(&[shown(&chain, &rest)], AUDIT).expect("claimed").expect_err("cut").to_string()
    };
    assert_eq!(
        without(StateKey::access(&RECORD, 2)),
        format!("the access entries of {RECORD}: access entry 2 of {RECORD} is missing")
    );
    assert_eq!(
        without(AUDIT.counter()),
        format!("the access entries of {RECORD}: the counter that says how many there are is missing")
    );
}

#[test]
fn a_persons_list_is_whole_until_any_claim_of_it_is_cut() {
    let (chain, all) = (chain_with(listed()), keys(&listed()));
    let kinds = [ListKind::Records, ListKind::Requests, ListKind::Grants, ListKind::Attempts];
    let of_list = |kind: ListKind, key: &StateKey| {
        use carechain_types::StateTag::{Attempt, AttemptCounts, Counts, Ehr, EhrByPatient, Grant, Request};
        match kind {
            ListKind::Records => matches!(key.tag, Counts | EhrByPatient | Ehr),
            ListKind::Requests => matches!(key.tag, Counts | Request),
            ListKind::Grants => matches!(key.tag, Counts | Grant),
            ListKind::Attempts => matches!(key.tag, AttemptCounts | Attempt),
            ListKind::Audit => false,
        }
    };
    for cut in &all {
        let rest: Vec<_> = all.iter().copied().filter(|key| key != cut).collect();
        let proof = [shown(&chain, &rest)];
        for kind in kinds {
            let whole = says(&proof, of(kind, PATIENT)).expect("claimed");
            assert_eq!(whole.is_ok(), !of_list(kind, cut), "{kind:?} without {cut}");
        }
    }
}

#[test]
fn the_only_entry_cut_out_leaves_no_whole_list() {
    let newest = PersonCounts { newest_request: Some(REQUESTS[0]), ..PersonCounts::default() };
    let state = vec![(StateKey::counts(PATIENT.get()), counts(newest)), request(0, None)];
    let chain = chain_with(state.clone());
    let name = of(ListKind::Requests, PATIENT);
    assert_eq!(says(&[shown(&chain, &keys(&state))], name), Some(Ok((1, AS_OF))));
    let cut = shown(&chain, &[state[0].0]);
    assert!(matches!(says(&[cut], name), Some(Err(ListGap::Missing { .. }))));
}

#[test]
fn a_list_without_entries_is_whole_by_its_absent_counter() {
    let chain = chain_with(vec![(StateKey::ehr(&RECORD), record().to_bytes())]);
    let proof = shown(&chain, &[AUDIT.counter(), StateKey::ehr(&RECORD)]);
    assert_eq!(says(&[proof], AUDIT), Some(Ok((0, AS_OF))));
    let proof = shown(&chain, &[StateKey::counts(PATIENT.get())]);
    assert_eq!(says(&[proof], of(ListKind::Grants, PATIENT)), Some(Ok((0, AS_OF))));
}

#[test]
fn a_proof_without_heads_or_with_one_that_voted_on_shows_no_whole_list() {
    let (chain, all) = (chain_with(audited()), keys(&audited()));
    let hidden = chain.state_proof(&all, 2);
    let headless = Proof { heads: None, ..hidden.clone() };
    for proof in [hidden, headless] {
        let says = says(&[verified(&chain, &proof)], AUDIT);
        assert_eq!(says, Some(Err(ListGap::NoTime { list: AUDIT })));
    }
}

#[test]
fn pages_show_a_list_whole_together_in_any_order_and_none_of_them_alone() {
    let (chain, all) = (chain_with(audited()), keys(&audited()));
    let (newest, oldest) = (shown(&chain, &all[..5]), shown(&chain, &[&all[..2], &all[5..]].concat()));
    for page in [&newest, &oldest] {
        assert!(matches!(says(std::slice::from_ref(page), AUDIT), Some(Err(ListGap::Missing { .. }))));
    }
    assert_eq!(says(&[newest.clone(), oldest.clone()], AUDIT), Some(Ok((6, AS_OF))));
    assert_eq!(says(&[oldest.clone(), newest.clone()], AUDIT), Some(Ok((6, AS_OF))));
    let headless = VerifiedProof { current_as_of: None, ..oldest.clone() };
    assert_eq!(says(&[newest.clone(), headless], AUDIT), Some(Err(ListGap::NoTime { list: AUDIT })));
    let older = VerifiedProof { current_as_of: Some(CREATED), ..oldest };
    assert_eq!(says(&[newest, older], AUDIT), Some(Ok((6, CREATED))), "the earliest time counts");
}

#[test]
fn an_entry_shown_twice_does_not_stand_for_another() {
    let (chain, mut all) = (chain_with(audited()), keys(&audited()));
    all[7] = all[6];
    assert!(matches!(says(&[shown(&chain, &all)], AUDIT), Some(Err(ListGap::Missing { .. }))));
}

#[test]
fn an_older_proof_that_shows_an_entry_absent_is_named() {
    let (chain, all) = (chain_with(audited()), keys(&audited()));
    let newest = shown(&chain, &all[..7]);
    let before = shown(&chain_with(Vec::new()), &all[7..]);
    let gap = ListGap::Absent { list: AUDIT, entry: all[7] };
    assert_eq!(says(&[newest, before], AUDIT), Some(Err(gap)));
}

#[test]
fn linked_entries_that_lead_in_a_circle_end_the_walk() {
    let newest = PersonCounts { newest_request: Some(REQUESTS[1]), ..PersonCounts::default() };
    let state = vec![
        (StateKey::counts(PATIENT.get()), counts(newest)),
        request(0, Some(REQUESTS[1])),
        request(1, Some(REQUESTS[0])),
    ];
    let chain = chain_with(state.clone());
    let says = says(&[shown(&chain, &keys(&state))], of(ListKind::Requests, PATIENT));
    assert!(matches!(says, Some(Err(ListGap::Circle { .. }))));
}
