//! Why a read is allowed or refused, reason by reason.

use carechain_contract::{Answer, answer_to_reader};
use carechain_crypto::{EhrId, GrantId};
use carechain_types::{
    AccessPurpose, ByteRange, Decision, DecisionReason, EhrValue, GrantPart, GrantValue, Party, PersonValue,
    PublicPart, ReadPart, ReadRequest, Role, Span, StateKey, StateValue,
};

use crate::world::{Person, World, created_grant, read_result};

struct Cast {
    world: World,
    reader: Person,
    patient: Person,
    ehr_id: EhrId,
    grant: GrantId,
}

fn cast() -> Cast {
    let mut world = World::new();
    let doctor = world.enrol(0, Role::Doctor);
    let reader = world.enrol(1, Role::Doctor);
    let patient = world.enrol(0, Role::Patient);
    let ehr_id = world.publish(&doctor, 0, &patient);
    let grant = world.grant(&patient, &reader, &[ehr_id]);
    Cast { world, reader, patient, ehr_id, grant }
}

impl Cast {
    fn reason(&self) -> DecisionReason {
        self.world.reason(&self.reader, self.ehr_id, Some(self.grant))
    }

    /// The reason after one change of the read request.
    fn reason_with(&self, change: impl FnOnce(&mut ReadRequest)) -> DecisionReason {
        let mut world = self.world.clone();
        let mut request = world.read_request(&self.reader, 0, self.ehr_id, Some(self.grant));
        change(&mut request);
        world.read_with(&self.reader, request).reason
    }
}

#[test]
fn a_grant_in_force_allows_and_the_author_has_none_by_itself() {
    let mut cast = cast();
    assert_eq!(cast.reason(), DecisionReason::Granted);
    assert_eq!(cast.world.reason(&cast.patient, cast.ehr_id, None), DecisionReason::Owner);
    assert_eq!(cast.world.reason(&cast.reader, cast.ehr_id, None), DecisionReason::NoGrant);
    assert_eq!(cast.world.reason(&cast.reader, EhrId::ZERO, None), DecisionReason::UnknownRecord);
    let both = cast.world.enrol(2, Role::Patient);
    assert_eq!(cast.world.reason(&both, cast.ehr_id, None), DecisionReason::NoGrant);
    assert_eq!(cast.world.reason(&both, cast.ehr_id, Some(cast.grant)), DecisionReason::Role);
    let stranger = cast.world.enrol(2, Role::Nurse);
    assert_eq!(cast.world.reason(&stranger, cast.ehr_id, Some(cast.grant)), DecisionReason::NoGrant);
    assert_eq!(cast.world.reason(&cast.reader, cast.ehr_id, Some(GrantId::ZERO)), DecisionReason::NoGrant);
    assert_eq!(cast.world.reason(&cast.reader, EhrId::ZERO, Some(cast.grant)), DecisionReason::UnknownRecord);
}

#[test]
fn a_grant_covers_its_own_lines_and_patient_only() {
    let mut cast = cast();
    let patient = cast.patient.clone();
    let second = cast.world.publish(&patient, 0, &patient);
    assert_eq!(cast.world.reason(&cast.reader, second, Some(cast.grant)), DecisionReason::NoGrant);
    // A line that names another patient's record, which no rule writes, would still not open it.
    let other = cast.world.enrol(0, Role::Patient);
    let others = cast.world.publish(&other, 0, &other);
    let key = StateKey::grant(&cast.grant);
    let mut grant: GrantValue = cast.world.value(&key).unwrap();
    grant.lines.as_mut_slice()[0].ehr_id = others;
    cast.world.state.values.insert(key, grant.to_bytes());
    assert_eq!(cast.world.reason(&cast.reader, others, Some(cast.grant)), DecisionReason::NoGrant);
}

#[test]
fn the_window_is_closed_at_its_start_and_open_at_its_end() {
    let mut cast = cast();
    let value: GrantValue = cast.world.value(&StateKey::grant(&cast.grant)).unwrap();
    let at = |time: carechain_types::Time, cast: &Cast| {
        let mut world = cast.world.clone();
        world.now = time.before(Span::SECOND);
        world.reason(&cast.reader, cast.ehr_id, Some(cast.grant))
    };
    let tick = Span::from_micros(1);
    assert_eq!(at(value.from, &cast), DecisionReason::Granted);
    assert_eq!(at(value.until.before(tick), &cast), DecisionReason::Granted);
    assert_eq!(at(value.until, &cast), DecisionReason::Expired);
    let (part, heads) = cast.world.grant_part(&cast.patient, &cast.reader, &[cast.ehr_id]);
    let from = cast.world.now.after(Span::HOUR);
    let part = PublicPart::Grant(GrantPart { from, ..part });
    cast.grant = created_grant(&cast.world.submit(&cast.patient.sender.clone(), &part, &heads));
    assert_eq!(at(from.before(tick), &cast), DecisionReason::NotYetValid);
    assert_eq!(at(from, &cast), DecisionReason::Granted);
}

#[test]
fn a_revoked_line_is_closed_and_the_others_stay_open() {
    let mut cast = cast();
    let patient = cast.patient.clone();
    let second = cast.world.publish(&patient, 0, &patient);
    let grant = cast.world.grant(&patient, &cast.reader.clone(), &[cast.ehr_id, second]);
    cast.world.revoke(&patient, grant, Some(second));
    assert_eq!(cast.world.reason(&cast.reader, second, Some(grant)), DecisionReason::Revoked);
    assert_eq!(cast.world.reason(&cast.reader, cast.ehr_id, Some(grant)), DecisionReason::Granted);
    cast.world.revoke(&patient, grant, None);
    assert_eq!(cast.world.reason(&cast.reader, cast.ehr_id, Some(grant)), DecisionReason::Revoked);
    assert_eq!(cast.reason(), DecisionReason::Granted);
}

#[test]
fn suspension_ends_every_grant_to_and_of_a_person_at_once() {
    let mut cast = cast();
    let mut reader_gone = cast.world.clone();
    reader_gone.suspend(1, &cast.reader);
    let grant = Some(cast.grant);
    assert_eq!(reader_gone.reason(&cast.reader, cast.ehr_id, grant), DecisionReason::ReaderSuspended);
    let patient = cast.patient.clone();
    cast.world.suspend(0, &patient);
    assert_eq!(cast.reason(), DecisionReason::PatientSuspended);
    assert_eq!(cast.world.reason(&patient, cast.ehr_id, None), DecisionReason::ReaderSuspended);
}

#[test]
fn an_ended_key_and_a_lapsed_role_are_refused() {
    let mut cast = cast();
    let key = StateKey::person(&cast.reader.id);
    let value: PersonValue = cast.world.value(&key).unwrap();
    let mut ended = value.clone();
    ended.signing_keys.as_mut_slice()[0].until = cast.world.context().time;
    cast.world.state.values.insert(key, ended.to_bytes());
    assert_eq!(cast.reason(), DecisionReason::KeyEnded);
    let mut lapsed = value;
    lapsed.roles.as_mut_slice()[0].until = cast.world.context().time;
    cast.world.state.values.insert(key, lapsed.to_bytes());
    assert_eq!(cast.reason(), DecisionReason::Role);
}

#[test]
fn a_department_reads_while_the_reader_belongs_to_it() {
    let mut cast = cast();
    let (department, key_id) = cast.world.enrol_department(1);
    let member = cast.world.enrol_in(1, Role::Nurse, Some(department));
    let (part, heads) = cast.world.grant_part(&cast.patient, &cast.reader, &[cast.ehr_id]);
    let part = GrantPart { grantee: Party::Department(department), grantee_key_id: key_id, ..part };
    let execution = cast.world.submit(&cast.patient.sender.clone(), &PublicPart::Grant(part), &heads);
    let grant = created_grant(&execution);
    assert_eq!(cast.world.reason(&member, cast.ehr_id, Some(grant)), DecisionReason::Granted);
    assert_eq!(cast.world.reason(&cast.reader, cast.ehr_id, Some(grant)), DecisionReason::NoGrant);
    let key = StateKey::person(&member.id);
    let left = PersonValue { department: None, ..cast.world.value(&key).unwrap() };
    cast.world.state.values.insert(key, left.to_bytes());
    assert_eq!(cast.world.reason(&member, cast.ehr_id, Some(grant)), DecisionReason::NoGrant);
}

#[test]
fn purpose_range_address_and_mandate_must_fit() {
    let cast = cast();
    let range = |start, end| cast.reason_with(|request| request.range = ByteRange { start, end });
    assert_eq!(range(65_535, 65_536), DecisionReason::Granted);
    assert_eq!(range(0, 65_537), DecisionReason::Range);
    assert_eq!(range(5, 5), DecisionReason::Range);
    assert_eq!(range(6, 5), DecisionReason::Range);
    let purpose = cast.reason_with(|request| request.purpose = AccessPurpose::Research);
    assert_eq!(purpose, DecisionReason::Purpose);
    let patient = cast.patient.id;
    let mandate = cast.reason_with(|request| request.on_behalf_of = Some(patient));
    assert_eq!(mandate, DecisionReason::NoMandate);
    let mut world = cast.world.clone();
    let request = world.read_request(&cast.reader, 0, cast.ehr_id, Some(cast.grant));
    let PublicPart::Read(part) = world.wrap(request, &cast.reader.sender.hand) else { unreachable!() };
    let part = PublicPart::Read(ReadPart { address_matches: 0, ..part });
    let result = read_result(&world.submit(&world.hospitals[0].node.clone(), &part, &[]));
    assert_eq!((result.decision, result.reason), (Decision::Refused, DecisionReason::AddressMismatch));
}

#[test]
fn a_purged_record_is_refused_even_to_its_owner() {
    let mut cast = cast();
    let key = StateKey::ehr(&cast.ehr_id);
    let purged = EhrValue { purged: 1, ..cast.world.value(&key).unwrap() };
    cast.world.state.values.insert(key, purged.to_bytes());
    assert_eq!(cast.reason(), DecisionReason::Purged);
    assert_eq!(cast.world.reason(&cast.patient, cast.ehr_id, None), DecisionReason::Purged);
}

#[test]
fn a_stranger_learns_nothing_about_a_record() {
    let mut cast = cast();
    let stranger = cast.world.enrol(3, Role::Doctor);
    let key = StateKey::ehr(&cast.ehr_id);
    let value: EhrValue = cast.world.value(&key).unwrap();
    for ehr in [value.clone(), EhrValue { purged: 1, ..value }] {
        cast.world.state.values.insert(key, ehr.to_bytes());
        for (ehr_id, grant) in [
            (cast.ehr_id, Some(cast.grant)),
            (EhrId::ZERO, Some(cast.grant)),
            (cast.ehr_id, Some(GrantId::ZERO)),
            (cast.ehr_id, None),
            (EhrId::ZERO, None),
        ] {
            let reason = cast.world.reason(&stranger, ehr_id, grant);
            assert_eq!(answer_to_reader(reason), Answer::NotFound);
        }
    }
    assert_eq!(answer_to_reader(DecisionReason::Granted), Answer::Allowed);
}
