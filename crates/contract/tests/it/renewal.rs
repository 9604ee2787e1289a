//! `person` for somebody who is there already: roles and department, never keys.

use carechain_crypto::PersonId;
use carechain_types::{
    BoundedVec, DecisionReason, PartKind, PersonPart, PersonValue, PublicPart, Refusal, Role, RoleTerm, Span,
    StateKey, Time,
};

use crate::world::{Person, Sender, World, check, created, padded_head, refusal};

fn terms(world: &World, roles: &[Role]) -> BoundedVec<RoleTerm, 8> {
    let until = world.now.after(Span::DAY.times(300));
    BoundedVec::new(roles.iter().map(|&role| RoleTerm { role, until }).collect()).unwrap()
}

fn renewal(world: &World, hospital: usize, person: PersonId, roles: &[Role]) -> PersonPart {
    PersonPart {
        person: Some(person),
        enroller: carechain_types::Party::Hospital(world.hospitals[hospital].id),
        department: None,
        roles: terms(world, roles),
        signing_keys: BoundedVec::empty(),
        sealing_keys: BoundedVec::empty(),
        possession: BoundedVec::empty(),
    }
}

#[track_caller]
fn renew(world: &mut World, person: &Person, roles: &[Role]) {
    let part = PublicPart::Person(renewal(world, 0, person.id, roles));
    let registrar = world.hospitals[0].registrar.clone();
    let execution = world.submit(&registrar, &part, &[]);
    assert_eq!(created(&execution), *person.id.get());
    assert_eq!(execution.changes.writes.len(), 1);
}

#[test]
fn a_renewed_role_permits_again_and_everything_else_stays() {
    let mut world = World::new();
    let patient = world.enrol(0, Role::Patient);
    let doctor = world.enrol(0, Role::Doctor);
    let ehr_id = world.publish(&doctor, 0, &patient);
    let before: PersonValue = world.value(&StateKey::person(&patient.id)).unwrap();
    world.wait(Span::DAY.times(31));
    let (part, heads) = world.grant_part(&patient, &doctor, &[ehr_id]);
    let part = PublicPart::Grant(part);
    check("lapsed", &world.attempt(&patient.sender, &part, &heads), Some(Refusal::NotPermitted));
    renew(&mut world, &patient, &[Role::Patient]);
    check("renewed", &world.attempt(&patient.sender, &part, &heads), None);
    let after: PersonValue = world.value(&StateKey::person(&patient.id)).unwrap();
    let roles = after.roles.clone();
    assert!(roles[0].until > world.now);
    assert_eq!(after, PersonValue { roles, ..before });
}

#[test]
fn a_person_follows_roles_and_department_into_and_out_of_grants() {
    let mut world = World::new();
    let patient = world.enrol(0, Role::Patient);
    let doctor = world.enrol(0, Role::Doctor);
    let ehr_id = world.publish(&doctor, 0, &patient);
    let grant = world.grant(&patient, &doctor, &[ehr_id]);
    assert_eq!(world.reason(&doctor, ehr_id, Some(grant)), DecisionReason::Granted);
    renew(&mut world, &doctor, &[Role::Operator]);
    assert_eq!(world.reason(&doctor, ehr_id, Some(grant)), DecisionReason::Role);
    let (department, _) = world.enrol_department(0);
    let part = PersonPart { department: Some(department), ..renewal(&world, 0, doctor.id, &[Role::Nurse]) };
    let registrar = world.hospitals[0].registrar.clone();
    assert_eq!(refusal(&world.submit(&registrar, &PublicPart::Person(part), &[])), None);
    let value: PersonValue = world.value(&StateKey::person(&doctor.id)).unwrap();
    assert_eq!(value.department, Some(department));
}

#[test]
fn only_the_enrolling_hospital_renews_and_only_roles() {
    let mut world = World::new();
    let patient = world.enrol(0, Role::Patient);
    let doctor = world.enrol(0, Role::Doctor);
    let gone = world.enrol(0, Role::Doctor);
    world.suspend(0, &gone);
    let (elsewhere, _) = world.enrol_department(1);
    let key_holder = world.hand();
    let sound = renewal(&world, 0, doctor.id, &[Role::Doctor]);
    let with = |change: &dyn Fn(&mut PersonPart)| {
        let mut part = sound.clone();
        change(&mut part);
        part
    };
    let signing = BoundedVec::new(vec![key_holder.public()]).unwrap();
    let sealing = BoundedVec::new(vec![key_holder.sealing.clone()]).unwrap();
    let registrar: Sender = world.hospitals[0].registrar.clone();
    let other: Sender = world.hospitals[1].registrar.clone();
    let cases = [
        ("sound", &registrar, sound.clone(), None),
        ("unknown", &registrar, with(&|part| part.person = Some(PersonId::ZERO)), Some(Refusal::NotFound)),
        (
            "another hospital's",
            &other,
            renewal(&world, 1, doctor.id, &[Role::Doctor]),
            Some(Refusal::NotFound),
        ),
        ("in another's name", &other, sound.clone(), Some(Refusal::NotPermitted)),
        ("suspended", &registrar, renewal(&world, 0, gone.id, &[Role::Doctor]), Some(Refusal::Suspended)),
        (
            "signing key",
            &registrar,
            with(&|part| part.signing_keys = signing.clone()),
            Some(Refusal::Contradiction),
        ),
        (
            "sealing key",
            &registrar,
            with(&|part| part.sealing_keys = sealing.clone()),
            Some(Refusal::Contradiction),
        ),
        ("department", &registrar, with(&|part| part.department = Some(elsewhere)), Some(Refusal::NotFound)),
        (
            "no roles",
            &registrar,
            with(&|part| part.roles = BoundedVec::empty()),
            Some(Refusal::Contradiction),
        ),
        (
            "ended role",
            &registrar,
            with(&|part| {
                part.roles =
                    BoundedVec::new(vec![RoleTerm { role: Role::Doctor, until: Time::ZERO }]).unwrap();
            }),
            Some(Refusal::OutOfBounds),
        ),
        (
            "a patient no longer",
            &registrar,
            renewal(&world, 0, patient.id, &[Role::Doctor]),
            Some(Refusal::Contradiction),
        ),
        ("also a patient", &registrar, renewal(&world, 0, patient.id, &[Role::Doctor, Role::Patient]), None),
        ("a person's own", &doctor.sender, sound.clone(), Some(Refusal::NotPermitted)),
    ];
    for (name, sender, part, expected) in cases {
        check(name, &world.attempt(sender, &PublicPart::Person(part), &[]), expected);
    }
}

#[test]
fn a_renewal_carries_no_profile() {
    let mut world = World::new();
    let doctor = world.enrol(0, Role::Doctor);
    let part = PublicPart::Person(renewal(&world, 0, doctor.id, &[Role::Doctor]));
    let registrar = world.hospitals[0].registrar.clone();
    let execution = world.attempt(&registrar, &part, &[padded_head(PartKind::Profile)]);
    check("with a profile", &execution, Some(Refusal::WrongPart));
}

#[test]
fn a_registrar_who_is_a_person_renews_no_registrar() {
    let mut world = World::new();
    let registrar = world.enrol(0, Role::Registrar);
    let part = PublicPart::Person(renewal(&world, 0, registrar.id, &[Role::Registrar]));
    check("own", &world.attempt(&registrar.sender, &part, &[]), Some(Refusal::NotPermitted));
    let hospital = world.hospitals[0].registrar.clone();
    check("by the hospital's key", &world.attempt(&hospital, &part, &[]), None);
}
