//! `publish`: who, to whom sealed, which parts.

use carechain_crypto::{EhrId, HospitalId, KeyId, PersonId};
use carechain_types::{
    BoundedVec, CountsValue, DecisionReason, EhrByPatientValue, EhrValue, KeyUse, PartHead, PartKind,
    PersonCounts, PersonValue, PublicPart, PublishPart, Recipient, RecipientUse, Refusal, Role, StateKey,
    StateValue, Visibility, ehr_id,
};

use crate::world::{Person, World, address_head, check, created, padded_head};

struct Cast {
    world: World,
    doctor: Person,
    patient: Person,
    other: Person,
}

fn cast() -> Cast {
    let mut world = World::new();
    let doctor = world.enrol(0, Role::Doctor);
    let patient = world.enrol(0, Role::Patient);
    let other = world.enrol(1, Role::Patient);
    Cast { world, doctor, patient, other }
}

#[test]
fn a_record_stands_under_its_id_its_patient_and_the_count() {
    let Cast { mut world, doctor, patient, .. } = cast();
    let part = world.publish_part(&doctor, 0, &patient);
    let heads = [address_head(), padded_head(PartKind::IndexEntry)];
    let execution = world.submit(&doctor.sender, &PublicPart::Publish(part.clone()), &heads);
    let id = EhrId::new(created(&execution));
    assert_eq!(id, ehr_id(&world.chain_id, &doctor.party(), &part.commitment));
    assert_eq!(execution.changes.writes.len(), 3);
    let ehr: EhrValue = world.value(&StateKey::ehr(&id)).unwrap();
    assert_eq!((ehr.author, ehr.patient, ehr.length), (doctor.party(), patient.id, 65_536));
    assert_eq!(ehr.stamp.transaction_id, execution.outcome.transaction_id);
    let place: EhrByPatientValue = world.value(&StateKey::ehr_by_patient(&patient.id, 0)).unwrap();
    assert_eq!(place.ehr_id, id);
    let counts: CountsValue<PersonCounts> = world.value(&StateKey::counts(patient.id.get())).unwrap();
    assert_eq!(counts.counts.records, 1);
    let again = world.attempt(&doctor.sender, &PublicPart::Publish(part), &heads);
    check("the same commitment again", &again, Some(Refusal::Exists));
}

#[test]
fn the_patient_publishes_and_reads_their_own() {
    let Cast { mut world, patient, .. } = cast();
    let id = world.publish(&patient, 2, &patient);
    assert_eq!(world.reason(&patient, id, None), DecisionReason::Owner);
}

#[test]
fn the_author_is_a_doctor_of_the_publishing_member_or_the_patient() {
    let Cast { mut world, doctor, patient, other } = cast();
    let nurse = world.enrol(0, Role::Nurse);
    let stranger = PublishPart { hospital: HospitalId::ZERO, ..world.publish_part(&patient, 0, &patient) };
    let cases = [
        ("nurse", &nurse, world.publish_part(&nurse, 0, &patient), Some(Refusal::NotPermitted)),
        ("another patient", &other, world.publish_part(&other, 0, &patient), Some(Refusal::NotPermitted)),
        (
            "for another hospital",
            &doctor,
            world.publish_part(&doctor, 1, &patient),
            Some(Refusal::NotPermitted),
        ),
        ("no member", &patient, stranger, Some(Refusal::NotPermitted)),
        ("of a doctor", &doctor, world.publish_part(&doctor, 0, &nurse), Some(Refusal::NotFound)),
    ];
    for (name, who, part, expected) in cases {
        let execution = world.attempt(&who.sender, &PublicPart::Publish(part), &[address_head()]);
        check(name, &execution, expected);
    }
    let unknown = PublishPart { patient: PersonId::ZERO, ..world.publish_part(&doctor, 0, &patient) };
    let execution = world.attempt(&doctor.sender, &PublicPart::Publish(unknown), &[address_head()]);
    check("of nobody", &execution, Some(Refusal::NotFound));
}

#[test]
fn a_length_is_one_that_records_have() {
    let Cast { mut world, doctor, patient, .. } = cast();
    for (length, expected) in [
        (0, Some(Refusal::OutOfBounds)),
        (65_535, Some(Refusal::OutOfBounds)),
        (65_536, None),
        (65_537, Some(Refusal::OutOfBounds)),
        (67_584, None),
        (u64::MAX, Some(Refusal::OutOfBounds)),
    ] {
        let part = PublishPart { length, ..world.abstract_part(0, &patient) };
        let part = world.with_receipts(&doctor, part, &[0, 1]);
        let execution = world.attempt(&doctor.sender, &PublicPart::Publish(part), &[address_head()]);
        check(&format!("{length} bytes"), &execution, expected);
    }
}

fn recipients(list: &[Recipient]) -> BoundedVec<Recipient, 4> {
    BoundedVec::new(list.to_vec()).unwrap()
}

#[test]
fn recipients_are_the_patient_first_each_with_a_key_in_force_and_a_part() {
    let Cast { mut world, doctor, patient, other } = cast();
    let guardian = world.enrol(0, Role::Guardian);
    let first = world.publish_part(&doctor, 0, &patient).recipients[0];
    let of = |recipient_use, who: &Person, key_id: KeyId, part| Recipient {
        recipient_use,
        recipient: who.party(),
        key_id,
        part,
    };
    let recovery = of(RecipientUse::Recovery, &patient, patient.recovery, 1);
    let guard = of(RecipientUse::Guardian, &guardian, guardian.key_id(), 2);
    let escrow = of(RecipientUse::Escrow, &doctor, doctor.key_id(), 3);
    let contradiction = Some(Refusal::Contradiction);
    let not_in_force = Some(Refusal::KeyNotInForce);
    let cases: Vec<(&str, Vec<Recipient>, Option<Refusal>)> = vec![
        ("all four", vec![first, recovery, guard, escrow], None),
        ("none", vec![], contradiction),
        ("recovery first", vec![recovery, first], contradiction),
        ("another patient first", vec![of(RecipientUse::Patient, &other, other.key_id(), 0)], contradiction),
        (
            "patient twice",
            vec![first, of(RecipientUse::Patient, &patient, patient.recovery, 1)],
            contradiction,
        ),
        ("key twice", vec![first, Recipient { part: 1, ..first }], contradiction),
        ("grantee", vec![first, of(RecipientUse::Grant, &doctor, doctor.key_id(), 1)], contradiction),
        (
            "patient as guardian",
            vec![first, of(RecipientUse::Guardian, &patient, patient.recovery, 1)],
            contradiction,
        ),
        ("unknown key", vec![Recipient { key_id: KeyId::ZERO, ..first }], not_in_force),
        ("somebody else's key", vec![Recipient { key_id: other.key_id(), ..first }], not_in_force),
        ("recovery key for everyday", vec![Recipient { key_id: patient.recovery, ..first }], not_in_force),
        ("part twice", vec![first, Recipient { part: 0, ..recovery }], Some(Refusal::WrongPart)),
        ("part missing", vec![Recipient { part: 9, ..first }], Some(Refusal::WrongPart)),
    ];
    assert_eq!(patient.sender.hand.sealing.key_use, KeyUse::Ordinary);
    for (name, list, expected) in cases {
        let part = PublishPart { recipients: recipients(&list), ..world.publish_part(&doctor, 0, &patient) };
        let heads = vec![address_head(); list.len()];
        check(name, &world.attempt(&doctor.sender, &PublicPart::Publish(part), &heads), expected);
    }
}

#[test]
fn two_recipients_share_no_part() {
    let Cast { mut world, doctor, patient, .. } = cast();
    let part = world.publish_part(&doctor, 0, &patient);
    let recovery =
        Recipient { recipient_use: RecipientUse::Recovery, key_id: patient.recovery, ..part.recipients[0] };
    let part = PublishPart { recipients: recipients(&[part.recipients[0], recovery]), ..part };
    let execution = world.attempt(&doctor.sender, &PublicPart::Publish(part), &[address_head()]);
    check("one part for both", &execution, Some(Refusal::WrongPart));
}

#[test]
fn nothing_is_sealed_to_an_ended_key() {
    let Cast { mut world, doctor, patient, .. } = cast();
    let key = StateKey::person(&patient.id);
    let mut value: PersonValue = world.value(&key).unwrap();
    value.sealing_keys.as_mut_slice()[0].until = world.context().time;
    world.state.values.insert(key, value.to_bytes());
    let part = PublicPart::Publish(world.publish_part(&doctor, 0, &patient));
    let execution = world.attempt(&doctor.sender, &part, &[address_head()]);
    check("ended", &execution, Some(Refusal::KeyNotInForce));
}

#[test]
fn parts_are_one_address_for_each_recipient_and_at_most_one_index_entry() {
    let Cast { mut world, doctor, patient, .. } = cast();
    let address = address_head();
    let index = padded_head(PartKind::IndexEntry);
    let wrong = Some(Refusal::WrongPart);
    let searchable = Visibility::Searchable;
    let hidden = Visibility::PatientOnly;
    let cases = [
        ("address", searchable, vec![address], None),
        ("hidden", hidden, vec![address], None),
        ("with index entry", searchable, vec![address, index], None),
        ("hidden with index entry", hidden, vec![address, index], wrong),
        ("two index entries", searchable, vec![address, index, index], wrong),
        ("no address", searchable, vec![], wrong),
        ("two addresses", searchable, vec![address, address], wrong),
        ("index entry for address", searchable, vec![index], wrong),
        ("short address", searchable, vec![PartHead { bytes: address.bytes - 1, ..address }], wrong),
        ("long address", searchable, vec![PartHead { bytes: address.bytes + 1, ..address }], wrong),
        ("index entry not padded", searchable, vec![address, PartHead { bytes: 300, ..index }], wrong),
        ("reason", searchable, vec![address, padded_head(PartKind::Reason)], wrong),
        ("unknown kind", searchable, vec![address, PartHead { kind: 99, ..address }], wrong),
    ];
    for (name, visibility, heads, expected) in cases {
        let part = PublishPart { visibility, ..world.publish_part(&doctor, 0, &patient) };
        check(name, &world.attempt(&doctor.sender, &PublicPart::Publish(part), &heads), expected);
    }
}
