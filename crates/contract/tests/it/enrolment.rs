//! `department`, `person`, `suspend`.

use carechain_crypto::{DepartmentId, PersonId, SealingPublicKey, Signature, SigningPublicKey};
use carechain_types::limits::ROLE_LIFE_MAX;
use carechain_types::{
    BoundedVec, DepartmentPart, DepartmentValue, KeyHolderValue, PartHead, PartKind, Party, PersonPart,
    PersonValue, PublicPart, ReasonCode, Refusal, Role, RoleTerm, SealingKey, Span, StateKey, SuspendPart,
    Time,
};

use crate::world::{Hand, Sender, World, address_head, check, created, padded_head, refusal};

fn roles(terms: &[(Role, Time)]) -> BoundedVec<RoleTerm, 8> {
    BoundedVec::new(terms.iter().map(|&(role, until)| RoleTerm { role, until }).collect()).unwrap()
}

type Case = (&'static str, PersonPart, Option<Refusal>);

/// One change of roles, department or enroller.
fn role_cases(world: &mut World, sound: &PersonPart) -> Vec<Case> {
    let other_hospital = Party::Hospital(world.hospitals[1].id);
    let (department, _) = world.enrol_department(0);
    let (elsewhere, _) = world.enrol_department(1);
    let next = world.context().time;
    let with_roles = |terms: &[(Role, Time)]| PersonPart { roles: roles(terms), ..sound.clone() };
    let of_department = |id| PersonPart { department: Some(id), ..sound.clone() };
    let for_hospital = PersonPart { enroller: other_hospital, ..sound.clone() };
    let soon = next.after(Span::HOUR);
    let year = next.after(ROLE_LIFE_MAX);
    let longer = year.after(Span::SECOND);
    let twice = [(Role::Nurse, soon), (Role::Nurse, soon)];
    vec![
        ("sound", sound.clone(), None),
        ("of a department", of_department(department), None),
        ("of another hospital's department", of_department(elsewhere), Some(Refusal::NotFound)),
        ("of an unknown department", of_department(DepartmentId::ZERO), Some(Refusal::NotFound)),
        ("for another hospital", for_hospital, Some(Refusal::NotPermitted)),
        ("without roles", with_roles(&[]), Some(Refusal::Contradiction)),
        ("with a role twice", with_roles(&twice), Some(Refusal::Contradiction)),
        ("with two roles", with_roles(&[(Role::Nurse, soon), (Role::Patient, soon)]), None),
        ("with an ended role", with_roles(&[(Role::Nurse, next)]), Some(Refusal::OutOfBounds)),
        ("for a year", with_roles(&[(Role::Nurse, year)]), None),
        ("for longer than a year", with_roles(&[(Role::Nurse, longer)]), Some(Refusal::OutOfBounds)),
    ]
}

/// One change of the keys. Whose a signing key is, is nobody's business who cannot show possession.
fn key_cases(world: &mut World, sound: &PersonPart) -> Vec<Case> {
    let taken = world.enrol(1, Role::Patient).sender.hand;
    let with_key = |key: SigningPublicKey| PersonPart {
        signing_keys: BoundedVec::new(vec![key]).unwrap(),
        ..sound.clone()
    };
    let with_sealing =
        |keys: Vec<SealingKey>| PersonPart { sealing_keys: BoundedVec::new(keys).unwrap(), ..sound.clone() };
    let without_key = PersonPart { signing_keys: BoundedVec::empty(), ..sound.clone() };
    let (key, recovery) = (sound.sealing_keys[0].clone(), sound.sealing_keys[1].clone());
    let strange = SealingKey { kem: 9, ..key.clone() };
    let weak = SealingKey::x25519(SealingPublicKey::new([0; 32]));
    let contradiction = Some(Refusal::Contradiction);
    vec![
        ("without signing key", without_key, contradiction),
        ("with a weak signing key", with_key(SigningPublicKey::ZERO), Some(Refusal::BadKey)),
        ("with somebody's signing key", with_key(taken.public()), Some(Refusal::NoPossession)),
        ("with somebody's sealing key", with_sealing(vec![taken.sealing.clone()]), Some(Refusal::KeyTaken)),
        ("without sealing key", with_sealing(vec![]), contradiction),
        ("with a recovery key only", with_sealing(vec![recovery]), contradiction),
        ("with a key twice", with_sealing(vec![key.clone(), key]), contradiction),
        ("with an unknown suite", with_sealing(vec![strange]), Some(Refusal::BadKey)),
        ("with a weak sealing key", with_sealing(vec![weak]), Some(Refusal::BadKey)),
    ]
}

#[test]
fn a_person_is_enrolled_only_with_sound_roles_and_keys() {
    let mut world = World::new();
    let hand = world.hand();
    let sound = world.person_part(0, Role::Doctor, &hand);
    let mut cases = key_cases(&mut world, &sound);
    cases.extend(role_cases(&mut world, &sound));
    let registrar = world.hospitals[0].registrar.clone();
    for (name, part, expected) in cases {
        let part = PublicPart::Person(World::possess(part, &hand));
        check(name, &world.attempt(&registrar, &part, &[]), expected);
    }
}

#[test]
fn possession_is_shown_for_each_key_and_no_key_serves_twice() {
    let mut world = World::new();
    let hand = world.hand();
    let part = World::possess(world.person_part(0, Role::Doctor, &hand), &hand);
    let registrar = world.hospitals[0].registrar.clone();
    let forged = PersonPart { possession: BoundedVec::new(vec![Signature::ZERO]).unwrap(), ..part.clone() };
    let none = PersonPart { possession: BoundedVec::empty(), ..part.clone() };
    for (name, part) in [("forged", forged), ("none", none)] {
        check(name, &world.attempt(&registrar, &PublicPart::Person(part), &[]), Some(Refusal::NoPossession));
    }
    let person = PublicPart::Person(part);
    let id = PersonId::new(created(&world.submit(&registrar, &person, &[])));
    check("same keys again", &world.attempt(&registrar, &person, &[]), Some(Refusal::KeyTaken));
    let holder: KeyHolderValue = world.value(&StateKey::key(&hand.public().key_id())).unwrap();
    assert_eq!(holder.holder, Party::Person(id));
}

#[test]
fn keys_of_nodes_and_registrars_are_taken() {
    let mut world = World::new();
    let registrar = world.hospitals[0].registrar.clone();
    for hand in [world.hospitals[2].node.hand.clone(), registrar.hand.clone()] {
        let sealing = world.hand().sealing;
        let hand = Hand { sealing, ..hand };
        let part = World::possess(world.person_part(0, Role::Doctor, &hand), &hand);
        let execution = world.attempt(&registrar, &PublicPart::Person(part), &[]);
        check("taken", &execution, Some(Refusal::KeyTaken));
    }
}

#[test]
fn sealing_keys_of_nodes_and_of_the_index_are_taken() {
    let mut world = World::new();
    let registrar = world.hospitals[0].registrar.clone();
    let nodes = [world.membership.index_key.clone(), world.membership.members[2].sealing_key.clone()];
    for sealing in nodes {
        let hand = Hand { sealing, ..world.hand() };
        let part = World::possess(world.person_part(0, Role::Doctor, &hand), &hand);
        let execution = world.attempt(&registrar, &PublicPart::Person(part), &[]);
        check("a node could open what is sealed to the person", &execution, Some(Refusal::KeyTaken));
    }
}

#[test]
fn only_a_registrars_key_makes_registrars() {
    let mut world = World::new();
    let registrar = world.enrol(0, Role::Registrar);
    for (role, expected) in [(Role::Registrar, Some(Refusal::NotPermitted)), (Role::Doctor, None)] {
        let hand = world.hand();
        let part = PublicPart::Person(World::possess(world.person_part(0, role, &hand), &hand));
        check("by a person", &world.attempt(&registrar.sender, &part, &[]), expected);
    }
    let hand = world.hand();
    let part = PublicPart::Person(World::possess(world.person_part(1, Role::Doctor, &hand), &hand));
    let elsewhere = world.attempt(&registrar.sender, &part, &[]);
    check("at another hospital", &elsewhere, Some(Refusal::NotPermitted));
}

#[test]
fn profiles_exist_for_staff_only() {
    let mut world = World::new();
    let registrar = world.hospitals[0].registrar.clone();
    let profile = padded_head(PartKind::Profile);
    let short = PartHead { bytes: profile.bytes - 1, ..profile };
    let cases = [
        ("doctor", Role::Doctor, vec![profile], None),
        ("patient", Role::Patient, vec![profile], Some(Refusal::WrongPart)),
        ("two profiles", Role::Doctor, vec![profile, profile], Some(Refusal::WrongPart)),
        ("not padded", Role::Doctor, vec![short], Some(Refusal::WrongPart)),
        ("address", Role::Doctor, vec![address_head()], Some(Refusal::WrongPart)),
    ];
    for (name, role, heads, expected) in cases {
        let hand = world.hand();
        let part = PublicPart::Person(World::possess(world.person_part(0, role, &hand), &hand));
        check(name, &world.attempt(&registrar, &part, &heads), expected);
    }
}

#[test]
fn a_department_is_its_registrars() {
    let mut world = World::new();
    let (id, key_id) = world.enrol_department(0);
    let value: DepartmentValue = world.value(&StateKey::department(&id)).unwrap();
    assert_eq!((value.hospital, value.sealing_keys[0].key.id()), (world.hospitals[0].id, key_id));
    let registrar = world.hospitals[0].registrar.clone();
    let department = |hospital: usize, keys: Vec<SealingKey>| {
        let sealing_keys = BoundedVec::new(keys).unwrap();
        PublicPart::Department(DepartmentPart { hospital: world.hospitals[hospital].id, sealing_keys })
    };
    let taken = value.sealing_keys[0].key.clone();
    let fresh = Hand::new(world.scheme, 77_000).sealing;
    let cases = [
        ("another hospital's", department(1, vec![fresh]), Some(Refusal::NotPermitted)),
        ("key taken", department(0, vec![taken]), Some(Refusal::KeyTaken)),
        ("no key", department(0, vec![]), Some(Refusal::Contradiction)),
    ];
    for (name, part, expected) in cases {
        check(name, &world.attempt(&registrar, &part, &[]), expected);
    }
}

#[test]
fn suspension_is_the_enrolling_hospitals_and_keeps_the_persons_own_transaction() {
    let mut world = World::new();
    let doctor = world.enrol(0, Role::Doctor);
    let before: PersonValue = world.value(&StateKey::person(&doctor.id)).unwrap();
    let suspend = |id: PersonId| PublicPart::Suspend(SuspendPart { person: id, code: ReasonCode::Left });
    let elsewhere: Sender = world.hospitals[1].registrar.clone();
    let other = world.attempt(&elsewhere, &suspend(doctor.id), &[]);
    check("another hospital's registrar", &other, Some(Refusal::NotFound));
    let unknown = world.attempt(&elsewhere, &suspend(PersonId::ZERO), &[]);
    check("unknown person", &unknown, Some(Refusal::NotFound));
    world.suspend(0, &doctor);
    world.suspend(0, &doctor);
    let after: PersonValue = world.value(&StateKey::person(&doctor.id)).unwrap();
    assert_eq!(after, PersonValue { suspended: 1, ..before });
}

#[test]
fn nothing_is_sealed_to_a_suspended_person() {
    let mut world = World::new();
    let patient = world.enrol(0, Role::Patient);
    let doctor = world.enrol(0, Role::Doctor);
    let ehr_id = world.publish(&doctor, 0, &patient);
    let reader = world.enrol(1, Role::Doctor);
    world.suspend(1, &reader);
    let (part, heads) = world.grant_part(&patient, &reader, &[ehr_id]);
    let execution = world.attempt(&patient.sender, &PublicPart::Grant(part), &heads);
    assert_eq!(refusal(&execution), Some(Refusal::KeyNotInForce));
}
