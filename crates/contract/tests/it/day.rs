//! A whole day with real signatures: enrol, publish, request, grant, read, revoke, audit.

use carechain_types::{
    AccessKind, Decision, DecisionReason, DenyPart, GrantPart, PublicPart, ReasonCode, RequestStatus,
    RequestValue, RevokeEffect, Role, Span, StateKey,
};

use crate::world::{Scheme, World, created_grant, refusal};

#[test]
fn a_day_of_consent() {
    let mut world = World::with_scheme(Scheme::Ed25519);
    let (department, _) = world.enrol_department(1);
    let author = world.enrol(0, Role::Doctor);
    let reader = world.enrol_in(1, Role::Doctor, Some(department));
    let stranger = world.enrol(2, Role::Doctor);
    let alice = world.enrol(0, Role::Patient);

    let study = world.publish(&author, 0, &alice);
    let report = world.publish(&author, 0, &alice);
    let request = world.request(&reader, &alice, &[study, report]);
    assert_eq!(world.read(&reader, study, None).decision, Decision::Refused);

    let (part, heads) = world.grant_part(&alice, &reader, &[study, report]);
    let part = PublicPart::Grant(GrantPart { request: Some(request), ..part });
    let grant = created_grant(&world.submit(&alice.sender, &part, &heads));
    let value: RequestValue = world.value(&StateKey::request(&request)).unwrap();
    assert_eq!((value.status, value.access), (RequestStatus::Granted, AccessKind::Read));

    assert_eq!(world.read(&reader, study, Some(grant)).reason, DecisionReason::Granted);
    assert_eq!(world.read(&alice, study, None).reason, DecisionReason::Owner);
    assert_eq!(world.read(&stranger, study, Some(grant)).reason, DecisionReason::NoGrant);

    assert_eq!(world.revoke(&alice, grant, Some(report)), RevokeEffect::Ended.byte());
    assert_eq!(world.read(&reader, report, Some(grant)).reason, DecisionReason::Revoked);
    assert_eq!(world.read(&reader, study, Some(grant)).reason, DecisionReason::Granted);
    world.wait(Span::DAY);
    assert_eq!(world.read(&reader, study, Some(grant)).reason, DecisionReason::Expired);

    let again = world.request(&stranger, &alice, &[study]);
    let deny = PublicPart::Deny(DenyPart { request: again, code: ReasonCode::UnknownAsker });
    assert_eq!(refusal(&world.submit(&alice.sender, &deny, &[])), None);

    world.suspend(1, &reader);
    let next = world.grant(&alice, &stranger, &[report]);
    assert_eq!(world.read(&stranger, report, Some(next)).reason, DecisionReason::Granted);
    assert_eq!(world.read(&reader, study, Some(grant)).reason, DecisionReason::ReaderSuspended);

    let audit: Vec<_> = world.entries(study).iter().map(|entry| (entry.reader, entry.reason)).collect();
    let expected = [
        (reader.id, DecisionReason::NoGrant),
        (reader.id, DecisionReason::Granted),
        (alice.id, DecisionReason::Owner),
        (stranger.id, DecisionReason::NoGrant),
        (reader.id, DecisionReason::Granted),
        (reader.id, DecisionReason::Expired),
        (reader.id, DecisionReason::ReaderSuspended),
    ];
    assert_eq!(audit, expected);
    assert_eq!(world.entries(report).len(), 2);
}
