//! Every cell of the table role × verb, and each verb as the rules apply it.

use carechain_contract::{Capacity, Verb, permits};
use carechain_types::{
    BoundedVec, DecisionReason, DenyPart, DepartmentPart, PublicPart, ReasonCode, Refusal, RevokePart, Role,
    Span, SuspendPart,
};

use crate::world::{Person, Sender, World, address_head, refusal};

const CAPACITIES: [Capacity; 13] = [
    Capacity::Role(Role::Patient),
    Capacity::Role(Role::Doctor),
    Capacity::Role(Role::Nurse),
    Capacity::Role(Role::Pharmacist),
    Capacity::Role(Role::Analyst),
    Capacity::Role(Role::Researcher),
    Capacity::Role(Role::Auditor),
    Capacity::Role(Role::Guardian),
    Capacity::Role(Role::Registrar),
    Capacity::Role(Role::PrivacyOfficer),
    Capacity::Role(Role::Operator),
    Capacity::RegistrarKey,
    Capacity::NodeKey,
];

/// Columns as in [`CAPACITIES`]: Patient Doctor Nurse pHarmacist aNalyst Researcher aUditor Guardian reGistrar privacY
/// Operator, registrar Key, node key.
const EXPECTED: [(Verb, &str); 15] = [
    (Verb::EnrolDepartment, "........x..x."),
    (Verb::EnrolPerson, "........x..x."),
    (Verb::Suspend, "........x..x."),
    (Verb::Publish, ".x..........."),
    (Verb::PublishOwn, "x............"),
    (Verb::Request, ".xxxxx......."),
    (Verb::Grant, "x............"),
    (Verb::Deny, "x............"),
    (Verb::Revoke, "x............"),
    (Verb::WrapRead, "............x"),
    (Verb::ReadGranted, ".xxxxx......."),
    (Verb::ReadOwn, "x............"),
    (Verb::Search, ".xxxxx......."),
    (Verb::SearchOwn, "x............"),
    (Verb::Audit, "......x..x..."),
];

#[test]
fn the_table_is_as_drawn() {
    assert_eq!(EXPECTED.map(|(verb, _)| verb), Verb::ALL);
    let mut drawn = Vec::new();
    for (verb, row) in EXPECTED {
        let actual: String =
            CAPACITIES.iter().map(|capacity| if permits(*capacity, verb) { 'x' } else { '.' }).collect();
        assert_eq!(actual, row, "{verb:?}");
        drawn.push(actual);
    }
    assert_eq!(CAPACITIES.len(), Role::ALL.len() + 2);
    assert_eq!(drawn.len(), Verb::ALL.len());
}

/// A sender in a capacity, at the first hospital.
fn sender(world: &mut World, capacity: Capacity) -> Sender {
    match capacity {
        Capacity::Role(role) => world.enrol(0, role).sender,
        Capacity::RegistrarKey => world.hospitals[0].registrar.clone(),
        Capacity::NodeKey => world.hospitals[0].node.clone(),
    }
}

/// What each kind of transaction records for a sender in a capacity, in the order of the table.
fn outcomes(capacity: Capacity) -> Vec<(Verb, Option<Refusal>)> {
    let mut world = World::new();
    let patient = world.enrol(0, Role::Patient);
    let doctor = world.enrol(0, Role::Doctor);
    let ehr_id = world.publish(&doctor, 0, &patient);
    let sender = sender(&mut world, capacity);
    let me = Person {
        id: sender.party.person().unwrap_or(doctor.id),
        sender: sender.clone(),
        recovery: patient.recovery,
    };
    let new = world.hand();
    let department = DepartmentPart {
        hospital: world.hospitals[0].id,
        sealing_keys: BoundedVec::new(vec![new.sealing.clone()]).unwrap(),
    };
    let person = World::possess(world.person_part(0, Role::Doctor, &new), &new);
    let publish = world.publish_part(&me, 0, &patient);
    let own = world.publish_part(&me, 0, &me);
    let request = world.request_part(&me, &patient, &[ehr_id]);
    let (mut grant, heads) = world.grant_part(&me, &doctor, &[ehr_id]);
    if sender.party.person().is_none() {
        grant.grantee = patient.party();
    }
    let read = world.read_request(&doctor, 0, ehr_id, None);
    let read = world.wrap(read, &doctor.sender.hand);
    let unknown = carechain_crypto::AccessRequestId::ZERO;
    let revoked = carechain_crypto::GrantId::ZERO;
    [
        (Verb::EnrolDepartment, PublicPart::Department(department), vec![]),
        (Verb::EnrolPerson, PublicPart::Person(person), vec![]),
        (
            Verb::Suspend,
            PublicPart::Suspend(SuspendPart { person: doctor.id, code: ReasonCode::Left }),
            vec![],
        ),
        (Verb::Publish, PublicPart::Publish(publish), vec![address_head()]),
        (Verb::PublishOwn, PublicPart::Publish(own), vec![address_head()]),
        (Verb::Request, PublicPart::Request(request), vec![]),
        (Verb::Grant, PublicPart::Grant(grant), heads),
        (Verb::Deny, PublicPart::Deny(DenyPart { request: unknown, code: ReasonCode::NotNeeded }), vec![]),
        (Verb::Revoke, PublicPart::Revoke(RevokePart { grant: revoked, ehr_id: None }), vec![]),
        (Verb::WrapRead, read, vec![]),
    ]
    .into_iter()
    .map(|(verb, part, heads)| (verb, refusal(&world.attempt(&sender, &part, &heads))))
    .collect()
}

#[test]
fn every_kind_asks_the_table() {
    for capacity in CAPACITIES {
        for (verb, outcome) in outcomes(capacity) {
            let refused = outcome == Some(Refusal::NotPermitted);
            assert_eq!(refused, !permits(capacity, verb), "{capacity:?} {verb:?}: {outcome:?}");
        }
    }
}

#[test]
fn a_lapsed_role_permits_what_takes_access_away_and_ones_own_records() {
    let mut world = World::new();
    let patient = world.enrol(0, Role::Patient);
    let doctor = world.enrol(0, Role::Doctor);
    let ehr_id = world.publish(&doctor, 0, &patient);
    let request = world.request(&doctor, &patient, &[ehr_id]);
    let (mut part, heads) = world.grant_part(&patient, &doctor, &[ehr_id]);
    part.duration = Span::DAY.times(60);
    let grant = world.submit(&patient.sender, &PublicPart::Grant(part), &heads);
    let grant = crate::world::created_grant(&grant);
    assert_eq!(world.reason(&doctor, ehr_id, Some(grant)), DecisionReason::Granted);
    world.wait(Span::DAY.times(31));
    let publish = world.publish_part(&doctor, 0, &patient);
    let asked = world.request_part(&doctor, &patient, &[]);
    let (granted, heads) = world.grant_part(&patient, &doctor, &[ehr_id]);
    let cases = [
        (&doctor, PublicPart::Publish(publish), vec![address_head()]),
        (&doctor, PublicPart::Request(asked), vec![]),
        (&patient, PublicPart::Grant(granted), heads),
    ];
    for (who, part, heads) in cases {
        let outcome = refusal(&world.attempt(&who.sender, &part, &heads));
        assert_eq!(outcome, Some(Refusal::NotPermitted), "{:?}", part.kind());
    }
    assert_eq!(world.reason(&doctor, ehr_id, Some(grant)), DecisionReason::Role);
    assert_eq!(world.reason(&patient, ehr_id, None), DecisionReason::Owner);
    let deny = PublicPart::Deny(DenyPart { request, code: ReasonCode::NotNeeded });
    assert_eq!(refusal(&world.attempt(&patient.sender, &deny, &[])), None);
    assert_eq!(world.revoke(&patient, grant, None), 1);
}

#[test]
fn a_suspended_person_does_nothing() {
    let mut world = World::new();
    let patient = world.enrol(0, Role::Patient);
    let doctor = world.enrol(0, Role::Doctor);
    let registrar = world.enrol(0, Role::Registrar);
    let ehr_id = world.publish(&doctor, 0, &patient);
    let publish = world.publish_part(&doctor, 0, &patient);
    let asked = world.request_part(&doctor, &patient, &[]);
    let (granted, heads) = world.grant_part(&patient, &doctor, &[ehr_id]);
    for person in [&patient, &doctor, &registrar] {
        world.suspend(0, person);
    }
    let suspend = PublicPart::Suspend(SuspendPart { person: doctor.id, code: ReasonCode::Left });
    let revoke = PublicPart::Revoke(RevokePart { grant: carechain_crypto::GrantId::ZERO, ehr_id: None });
    let cases = [
        (&doctor, PublicPart::Publish(publish), vec![address_head()]),
        (&doctor, PublicPart::Request(asked), vec![]),
        (&patient, PublicPart::Grant(granted), heads),
        (&patient, revoke, vec![]),
        (&registrar, suspend, vec![]),
    ];
    for (who, part, heads) in cases {
        let outcome = refusal(&world.attempt(&who.sender, &part, &heads));
        assert_eq!(outcome, Some(Refusal::Suspended), "{:?}", part.kind());
    }
}
