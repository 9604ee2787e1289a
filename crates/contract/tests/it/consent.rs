//! `request`, `grant`, `deny`, `revoke`.

use carechain_contract::limits::{GRANT_START_AHEAD_MAX, GRANT_WINDOW_MAX};
use carechain_crypto::{AccessRequestId, DepartmentId, EhrId, KeyId, PersonId};
use carechain_types::limits::TOMBSTONE_LIFE;
use carechain_types::{
    AccessKind, AccessPurpose, BoundedVec, CountsValue, DenyPart, EhrValue, GrantPart, GrantValue, PartHead,
    PartKind, Party, PersonCounts, PublicPart, ReasonCode, Refusal, RequestPart, RequestSelection,
    RequestStatus, RequestValue, RevokeEffect, Role, Span, StateKey, StateValue, Time, Visibility, grant_id,
};

use crate::world::{
    Person, World, address_head, check, created_grant, created_request, padded_head, refusal,
};

struct Cast {
    world: World,
    doctor: Person,
    patient: Person,
    other: Person,
    department: DepartmentId,
    department_key: KeyId,
    ehr_id: EhrId,
    hidden: EhrId,
    others: EhrId,
}

fn cast() -> Cast {
    let mut world = World::new();
    let (department, department_key) = world.enrol_department(0);
    let doctor = world.enrol_in(0, Role::Doctor, Some(department));
    let patient = world.enrol(0, Role::Patient);
    let other = world.enrol(1, Role::Patient);
    let ehr_id = world.publish(&doctor, 0, &patient);
    let hidden = world.publish(&doctor, 0, &patient);
    let key = StateKey::ehr(&hidden);
    let value: EhrValue = world.value(&key).unwrap();
    world.state.values.insert(key, EhrValue { visibility: Visibility::PatientOnly, ..value }.to_bytes());
    let others = world.publish(&other, 1, &other);
    Cast { world, doctor, patient, other, department, department_key, ehr_id, hidden, others }
}

fn ids(list: &[EhrId]) -> RequestSelection {
    RequestSelection { ehr_ids: BoundedVec::new(list.to_vec()).unwrap(), ..RequestSelection::default() }
}

fn request_cases(cast: &Cast) -> Vec<(&'static str, RequestPart, Option<Refusal>)> {
    let Cast { world, doctor, patient, other, ehr_id, hidden, others, .. } = cast;
    let sound = world.request_part(doctor, patient, &[*ehr_id]);
    let selecting = |selection| RequestPart { selection, ..sound.clone() };
    let with_grantee = |grantee| RequestPart { grantee, ..sound.clone() };
    let with_patient = |patient| RequestPart { patient, selection: ids(&[]), ..sound.clone() };
    let filter = RequestSelection { hospital: Some(world.hospitals[0].id), ..RequestSelection::default() };
    let window = |from, until| RequestSelection { from: Some(from), until: Some(until), ..filter.clone() };
    let (early, late) = (Time::from_micros(1), Time::from_micros(2));
    let both = RequestSelection { ehr_ids: ids(&[*ehr_id]).ehr_ids, ..filter.clone() };
    let not_found = Some(Refusal::NotFound);
    let contradiction = Some(Refusal::Contradiction);
    let not_permitted = Some(Refusal::NotPermitted);
    vec![
        ("by id", sound.clone(), None),
        ("by filter", selecting(filter.clone()), None),
        ("by time", selecting(window(early, late)), None),
        ("everything", selecting(ids(&[])), None),
        ("for the department", with_grantee(Party::Department(cast.department)), None),
        ("id and filter", selecting(both), contradiction),
        ("empty time", selecting(window(late, late)), contradiction),
        ("id twice", selecting(ids(&[*ehr_id, *ehr_id])), contradiction),
        ("unknown id", selecting(ids(&[EhrId::ZERO])), not_found),
        ("hidden id", selecting(ids(&[*hidden])), not_found),
        ("another patient's id", selecting(ids(&[*others])), not_found),
        ("unknown patient", with_patient(PersonId::ZERO), not_found),
        ("no patient", with_patient(world.clone().enrol(0, Role::Nurse).id), not_found),
        ("of oneself", with_patient(doctor.id), contradiction),
        ("for another person", with_grantee(other.party()), not_permitted),
        ("for another department", with_grantee(Party::Department(DepartmentId::ZERO)), not_permitted),
        ("for the hospital", with_grantee(Party::Hospital(world.hospitals[0].id)), not_permitted),
    ]
}

#[test]
fn a_request_names_patient_grantee_and_records() {
    let cast = cast();
    for (name, part, expected) in request_cases(&cast) {
        let execution = cast.world.attempt(&cast.doctor.sender, &PublicPart::Request(part), &[]);
        check(name, &execution, expected);
        assert!(execution.changes.writes.len() <= 3);
    }
    let part = PublicPart::Request(cast.world.request_part(&cast.doctor, &cast.patient, &[]));
    let reason = padded_head(PartKind::Reason);
    let cases = [
        ("with reason", vec![reason], None),
        ("two reasons", vec![reason, reason], Some(Refusal::WrongPart)),
        ("address", vec![address_head()], Some(Refusal::WrongPart)),
    ];
    for (name, heads, expected) in cases {
        check(name, &cast.world.attempt(&cast.doctor.sender, &part, &heads), expected);
    }
}

#[test]
fn requests_and_grants_of_a_patient_form_whole_lists() {
    let mut cast = cast();
    let (doctor, patient) = (cast.doctor.clone(), cast.patient.clone());
    let requests: Vec<_> = (0..3).map(|_| cast.world.request(&doctor, &patient, &[])).collect();
    let grants: Vec<_> = (0..3).map(|_| cast.world.grant(&patient, &doctor, &[cast.ehr_id])).collect();
    let counts: CountsValue<PersonCounts> = cast.world.value(&StateKey::counts(patient.id.get())).unwrap();
    let mut walked = Vec::new();
    let mut next = counts.counts.newest_request;
    while let Some(id) = next {
        walked.insert(0, id);
        next = cast.world.value::<RequestValue>(&StateKey::request(&id)).unwrap().previous;
    }
    assert_eq!(walked, requests);
    let mut walked = Vec::new();
    let mut next = counts.counts.newest_grant;
    while let Some(id) = next {
        walked.insert(0, id);
        next = cast.world.value::<GrantValue>(&StateKey::grant(&id)).unwrap().previous;
    }
    assert_eq!(walked, grants);
}

fn grant_cases(cast: &Cast) -> Vec<(&'static str, GrantPart, Option<Refusal>)> {
    let Cast { world, doctor, patient, other, ehr_id, hidden, others, .. } = cast;
    let sound = world.grant_part(patient, doctor, &[*ehr_id]).0;
    let of = |ehr_ids: &[EhrId]| world.grant_part(patient, doctor, ehr_ids).0;
    let next = world.context().time;
    let from = |from| GrantPart { from, ..sound.clone() };
    let lasting = |duration| GrantPart { duration, ..sound.clone() };
    let department = GrantPart {
        grantee: Party::Department(cast.department),
        grantee_key_id: cast.department_key,
        ..sound.clone()
    };
    let to_self = GrantPart { grantee: patient.party(), grantee_key_id: patient.key_id(), ..sound.clone() };
    let contradiction = Some(Refusal::Contradiction);
    let out_of_bounds = Some(Refusal::OutOfBounds);
    vec![
        ("one record", sound.clone(), None),
        ("two records, one hidden", of(&[*ehr_id, *hidden]), None),
        ("to a department", department, None),
        ("no record", of(&[]), contradiction),
        ("a record twice", of(&[*ehr_id, *ehr_id]), contradiction),
        ("an unknown record", of(&[*ehr_id, EhrId::ZERO]), Some(Refusal::NotFound)),
        ("another patient's record", of(&[*ehr_id, *others]), Some(Refusal::NotFound)),
        ("to oneself", to_self, contradiction),
        (
            "for another patient",
            GrantPart { patient: other.id, ..sound.clone() },
            Some(Refusal::NotPermitted),
        ),
        (
            "unknown key",
            GrantPart { grantee_key_id: KeyId::ZERO, ..sound.clone() },
            Some(Refusal::KeyNotInForce),
        ),
        (
            "recovery key",
            GrantPart { grantee_key_id: doctor.recovery, ..sound.clone() },
            Some(Refusal::KeyNotInForce),
        ),
        ("no time", lasting(Span::ZERO), out_of_bounds),
        ("longest", lasting(GRANT_WINDOW_MAX), None),
        ("too long", lasting(GRANT_WINDOW_MAX.times(2)), out_of_bounds),
        ("latest start", from(next.after(GRANT_START_AHEAD_MAX)), None),
        ("too late", from(next.after(GRANT_START_AHEAD_MAX).after(Span::SECOND)), out_of_bounds),
        ("started before", from(next.before(Span::HOUR)), None),
        ("over before it starts", from(next.before(Span::DAY)), out_of_bounds),
    ]
}

#[test]
fn a_grant_is_the_patients_over_their_records_for_a_time() {
    let cast = cast();
    for (name, part, expected) in grant_cases(&cast) {
        let heads = vec![address_head(); part.lines.len()];
        let execution = cast.world.attempt(&cast.patient.sender, &PublicPart::Grant(part), &heads);
        check(name, &execution, expected);
        assert!(execution.changes.writes.len() <= 3);
    }
}

#[test]
fn each_line_of_a_grant_has_its_own_address() {
    let cast = cast();
    let (part, heads) = cast.world.grant_part(&cast.patient, &cast.doctor, &[cast.ehr_id, cast.hidden]);
    let mut shared = part.lines.to_vec();
    shared[1].part = 0;
    let shared = GrantPart { lines: BoundedVec::new(shared).unwrap(), ..part.clone() };
    let short = PartHead { bytes: 100, ..address_head() };
    let cases = [
        ("one each", part.clone(), heads.clone(), None),
        ("shared", shared, heads.clone(), Some(Refusal::WrongPart)),
        ("missing", part.clone(), vec![heads[0]], Some(Refusal::WrongPart)),
        ("too many", part.clone(), vec![heads[0]; 3], Some(Refusal::WrongPart)),
        ("short", part.clone(), vec![heads[0], short], Some(Refusal::WrongPart)),
        ("reason", part, vec![heads[0], padded_head(PartKind::Reason)], Some(Refusal::WrongPart)),
    ];
    for (name, part, heads, expected) in cases {
        check(name, &cast.world.attempt(&cast.patient.sender, &PublicPart::Grant(part), &heads), expected);
    }
}

#[test]
fn a_purged_record_is_not_granted() {
    let mut cast = cast();
    let key = StateKey::ehr(&cast.ehr_id);
    let value: EhrValue = cast.world.value(&key).unwrap();
    cast.world.state.values.insert(key, EhrValue { purged: 1, ..value }.to_bytes());
    let (part, heads) = cast.world.grant_part(&cast.patient, &cast.doctor, &[cast.ehr_id]);
    let execution = cast.world.attempt(&cast.patient.sender, &PublicPart::Grant(part), &heads);
    check("purged", &execution, Some(Refusal::Superseded));
}

#[test]
fn a_grant_answers_one_open_request_with_what_it_asked_or_less() {
    let mut cast = cast();
    let (doctor, patient) = (cast.doctor.clone(), cast.patient.clone());
    let asked = RequestPart {
        access: AccessKind::ReadAmend,
        ..cast.world.request_part(&doctor, &patient, &[cast.ehr_id])
    };
    let request = created_request(&cast.world.submit(&doctor.sender, &PublicPart::Request(asked), &[]));
    let to_read = cast.world.request(&doctor, &patient, &[cast.ehr_id]);
    let to_other = cast.world.request(&doctor, &cast.other.clone(), &[]);
    let (sound, heads) = cast.world.grant_part(&patient, &doctor, &[cast.ehr_id]);
    let answering = |request| GrantPart { request: Some(request), ..sound.clone() };
    let amending = |request| GrantPart { access: AccessKind::ReadAmend, ..answering(request) };
    let department = GrantPart {
        grantee: Party::Department(cast.department),
        grantee_key_id: cast.department_key,
        ..answering(request)
    };
    let contradiction = Some(Refusal::Contradiction);
    let cases = [
        ("as asked", amending(request), None),
        ("less than asked", answering(request), None),
        ("more than asked", amending(to_read), contradiction),
        ("to somebody else", department, contradiction),
        (
            "for another purpose",
            GrantPart { purpose: AccessPurpose::Research, ..answering(request) },
            contradiction,
        ),
        ("unknown request", answering(AccessRequestId::ZERO), Some(Refusal::NotFound)),
        ("another patient's request", answering(to_other), Some(Refusal::NotFound)),
    ];
    for (name, part, expected) in cases {
        check(name, &cast.world.attempt(&patient.sender, &PublicPart::Grant(part), &heads), expected);
    }
    let before: RequestValue = cast.world.value(&StateKey::request(&request)).unwrap();
    let part = PublicPart::Grant(answering(request));
    let grant = created_grant(&cast.world.submit(&patient.sender, &part, &heads));
    let after: RequestValue = cast.world.value(&StateKey::request(&request)).unwrap();
    assert_eq!(after, RequestValue { status: RequestStatus::Granted, grant: Some(grant), ..before });
    check("twice", &cast.world.attempt(&patient.sender, &part, &heads), Some(Refusal::Answered));
    let deny = PublicPart::Deny(DenyPart { request, code: ReasonCode::NotNeeded });
    check("denied after", &cast.world.attempt(&patient.sender, &deny, &[]), Some(Refusal::Answered));
}

#[test]
fn a_denied_request_is_answered() {
    let mut cast = cast();
    let (doctor, patient) = (cast.doctor.clone(), cast.patient.clone());
    let request = cast.world.request(&doctor, &patient, &[]);
    let deny = |request| PublicPart::Deny(DenyPart { request, code: ReasonCode::NotNeeded });
    let by_other = cast.world.attempt(&cast.other.sender, &deny(request), &[]);
    check("another patient", &by_other, Some(Refusal::NotFound));
    let unknown = cast.world.attempt(&patient.sender, &deny(AccessRequestId::ZERO), &[]);
    check("unknown", &unknown, Some(Refusal::NotFound));
    check("deny", &cast.world.submit(&patient.sender, &deny(request), &[]), None);
    let value: RequestValue = cast.world.value(&StateKey::request(&request)).unwrap();
    assert_eq!((value.status, value.grant), (RequestStatus::Denied, None));
    let (part, heads) = cast.world.grant_part(&patient, &doctor, &[cast.ehr_id]);
    let part = PublicPart::Grant(GrantPart { request: Some(request), ..part });
    check("grant after", &cast.world.attempt(&patient.sender, &part, &heads), Some(Refusal::Answered));
}

#[test]
fn a_revocation_ends_all_lines_or_one_and_keeps_the_grants_own_transaction() {
    let mut cast = cast();
    let (doctor, patient) = (cast.doctor.clone(), cast.patient.clone());
    let grant = cast.world.grant(&patient, &doctor, &[cast.ehr_id, cast.hidden]);
    let key = StateKey::grant(&grant);
    let before: GrantValue = cast.world.value(&key).unwrap();
    let revoked = |world: &World| {
        let value: GrantValue = world.value(&key).unwrap();
        assert_eq!(value.stamp, before.stamp);
        value.lines.iter().map(|line| line.revoked).collect::<Vec<_>>()
    };
    let ended = RevokeEffect::Ended.byte();
    assert_eq!(cast.world.revoke(&patient, grant, Some(cast.hidden)), ended);
    assert_eq!(revoked(&cast.world), [0, 1]);
    assert_eq!(cast.world.revoke(&patient, grant, None), ended);
    assert_eq!(revoked(&cast.world), [1, 1]);
    assert_eq!(cast.world.revoke(&patient, grant, None), ended);
}

#[test]
fn another_patients_grant_looks_like_an_unknown_one() {
    let mut cast = cast();
    let (doctor, patient, other) = (cast.doctor.clone(), cast.patient.clone(), cast.other.clone());
    let grant = cast.world.grant(&patient, &doctor, &[cast.ehr_id]);
    let before: GrantValue = cast.world.value(&StateKey::grant(&grant)).unwrap();
    let remembered = RevokeEffect::Remembered.byte();
    assert_eq!(cast.world.revoke(&other, grant, None), remembered);
    assert_eq!(cast.world.revoke(&other, carechain_crypto::GrantId::ZERO, None), remembered);
    assert_eq!(cast.world.value::<GrantValue>(&StateKey::grant(&grant)), Some(before));
}

#[test]
fn a_revocation_that_overtakes_its_grant_still_holds_for_ten_minutes_and_its_signer() {
    let mut cast = cast();
    let (doctor, patient, other) = (cast.doctor.clone(), cast.patient.clone(), cast.other.clone());
    let (part, heads) = cast.world.grant_part(&patient, &doctor, &[cast.ehr_id]);
    let mut body = cast.world.draft(&patient.sender, &PublicPart::Grant(part), &heads);
    body.expiry_time = cast.world.now.after(TOMBSTONE_LIFE);
    let id = grant_id(&body.id(&cast.world.chain_id));
    let transaction = cast.world.sign(&patient.sender, body);
    let mut by_other = cast.world.clone();
    by_other.revoke(&other, id, None);
    assert_eq!(refusal(&by_other.execute(&transaction)), None);
    cast.world.revoke(&patient, id, None);
    let execution = cast.world.clone().execute(&transaction);
    check("overtaken", &execution, Some(Refusal::RevokedBefore));
    // Ten minutes later the tombstone reads as absent; the transaction has expired by then, a later one has another id.
    cast.world.wait(TOMBSTONE_LIFE);
    assert!(cast.world.includable(&transaction).is_err());
    let key = StateKey::tombstone(&id, &patient.party());
    let stone: carechain_types::TombstoneValue = cast.world.value(&key).unwrap();
    assert!(stone.until < cast.world.context().time);
}
