//! Amendments: who may, of what, and the line of versions.

use carechain_contract::limits::AMEND_GRANTS_SEARCHED_MAX;
use carechain_crypto::{EhrId, GrantId};
use carechain_types::{
    AccessKind, EhrValue, PublicPart, PublishPart, Refusal, Role, Span, StateKey, StateValue,
};

use crate::world::{Person, World, address_head, check, created, created_grant};

struct Cast {
    world: World,
    doctor: Person,
    colleague: Person,
    patient: Person,
    old: EhrId,
}

fn cast() -> Cast {
    let mut world = World::new();
    let doctor = world.enrol(0, Role::Doctor);
    let colleague = world.enrol(1, Role::Doctor);
    let patient = world.enrol(0, Role::Patient);
    let old = world.publish(&doctor, 0, &patient);
    Cast { world, doctor, colleague, patient, old }
}

impl Cast {
    fn amendment(&mut self, author: &Person, hospital: usize, patient: &Person) -> PublicPart {
        let part = self.world.publish_part(author, hospital, patient);
        PublicPart::Publish(PublishPart { amends: Some(self.old), ..part })
    }

    #[track_caller]
    fn check(&mut self, name: &str, author: &Person, hospital: usize, expected: Option<Refusal>) {
        let patient = self.patient.clone();
        let part = self.amendment(author, hospital, &patient);
        check(name, &self.world.attempt(&author.sender, &part, &[address_head()]), expected);
    }

    fn grant(&mut self, access: AccessKind) -> GrantId {
        let (mut part, heads) = self.world.grant_part(&self.patient, &self.colleague, &[self.old]);
        part.access = access;
        created_grant(&self.world.submit(&self.patient.sender, &PublicPart::Grant(part), &heads))
    }
}

#[test]
fn author_and_patient_amend_once_and_both_versions_name_each_other() {
    let mut cast = cast();
    let (doctor, patient) = (cast.doctor.clone(), cast.patient.clone());
    cast.check("patient", &patient, 0, None);
    let before: EhrValue = cast.world.value(&StateKey::ehr(&cast.old)).unwrap();
    let part = cast.amendment(&doctor, 0, &patient);
    let execution = cast.world.submit(&doctor.sender, &part, &[address_head()]);
    assert_eq!(execution.changes.writes.len(), 4);
    let new = EhrId::new(created(&execution));
    let old: EhrValue = cast.world.value(&StateKey::ehr(&cast.old)).unwrap();
    assert_eq!(old, EhrValue { amended_by: Some(new), ..before });
    let value: EhrValue = cast.world.value(&StateKey::ehr(&new)).unwrap();
    assert_eq!(value.amends, Some(cast.old));
    cast.check("a second time", &doctor, 0, Some(Refusal::Superseded));
    cast.old = new;
    cast.check("the new version", &doctor, 0, None);
}

#[test]
fn a_colleague_amends_only_under_a_grant_that_says_so() {
    let mut cast = cast();
    let colleague = cast.colleague.clone();
    let not_found = Some(Refusal::NotFound);
    cast.check("without grant", &colleague, 1, not_found);
    cast.grant(AccessKind::Read);
    cast.check("with a grant to read", &colleague, 1, not_found);
    let grant = cast.grant(AccessKind::ReadAmend);
    cast.check("with a grant to amend", &colleague, 1, None);
    let third = cast.world.enrol(2, Role::Doctor);
    cast.check("with somebody else's grant", &third, 2, not_found);
    let mut later = cast.world.clone();
    later.wait(Span::DAY);
    std::mem::swap(&mut cast.world, &mut later);
    cast.check("expired", &colleague, 1, not_found);
    std::mem::swap(&mut cast.world, &mut later);
    let patient = cast.patient.clone();
    cast.world.revoke(&patient, grant, None);
    cast.check("revoked", &colleague, 1, not_found);
}

#[test]
fn the_grant_to_amend_is_among_the_patients_newest() {
    let mut cast = cast();
    let colleague = cast.colleague.clone();
    cast.grant(AccessKind::ReadAmend);
    for _ in 1..AMEND_GRANTS_SEARCHED_MAX {
        cast.grant(AccessKind::Read);
    }
    cast.check("last searched", &colleague, 1, None);
    cast.grant(AccessKind::Read);
    cast.check("beyond", &colleague, 1, Some(Refusal::NotFound));
}

#[test]
fn unknown_other_patients_and_purged_records_are_not_amended() {
    let mut cast = cast();
    let doctor = cast.doctor.clone();
    let other = cast.world.enrol(0, Role::Patient);
    let part = cast.amendment(&doctor, 0, &other);
    let execution = cast.world.attempt(&doctor.sender, &part, &[address_head()]);
    check("another patient's", &execution, Some(Refusal::NotFound));
    let key = StateKey::ehr(&cast.old);
    let value: EhrValue = cast.world.value(&key).unwrap();
    let purged = EhrValue { purged: 1, ..value };
    cast.world.state.values.insert(key, purged.to_bytes());
    cast.check("purged", &doctor, 0, Some(Refusal::Superseded));
    cast.old = EhrId::ZERO;
    cast.check("unknown", &doctor, 0, Some(Refusal::NotFound));
}
