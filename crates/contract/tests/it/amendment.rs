//! Amendments: who may, of what, and the line of versions.

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
    fn amendment(&mut self, author: &Person, hospital: usize, patient: &Person) -> PublishPart {
        let part = self.world.publish_part(author, hospital, patient);
        PublishPart { amends: Some(self.old), ..part }
    }

    #[track_caller]
    fn check(&mut self, name: &str, author: &Person, hospital: usize, expected: Option<Refusal>) {
        self.check_under(name, (author, hospital), None, expected);
    }

    #[track_caller]
    fn check_under(
        &mut self,
        name: &str,
        (author, hospital): (&Person, usize),
        grant: Option<GrantId>,
        expected: Option<Refusal>,
    ) {
        let patient = self.patient.clone();
        let part = self.amendment(author, hospital, &patient);
        let part = PublicPart::Publish(PublishPart { grant, ..part });
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
    let part = PublicPart::Publish(cast.amendment(&doctor, 0, &patient));
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
fn a_colleague_amends_only_under_the_grant_it_names() {
    let mut cast = cast();
    let colleague = cast.colleague.clone();
    let by = (&colleague, 1);
    let not_found = Some(Refusal::NotFound);
    let to_read = cast.grant(AccessKind::Read);
    let grant = cast.grant(AccessKind::ReadAmend);
    cast.check_under("without naming it", by, None, not_found);
    cast.check_under("under an unknown grant", by, Some(GrantId::ZERO), not_found);
    cast.check_under("under a grant to read", by, Some(to_read), not_found);
    cast.check_under("under a grant to amend", by, Some(grant), None);
    let third = cast.world.enrol(2, Role::Doctor);
    cast.check_under("under somebody else's grant", (&third, 2), Some(grant), not_found);
    let patient = cast.patient.clone();
    let other = cast.world.publish(&patient, 0, &patient);
    let old = std::mem::replace(&mut cast.old, other);
    cast.check_under("a record it does not name", by, Some(grant), not_found);
    cast.old = old;
    let mut later = cast.world.clone();
    later.wait(Span::DAY);
    std::mem::swap(&mut cast.world, &mut later);
    cast.check_under("expired", by, Some(grant), not_found);
    std::mem::swap(&mut cast.world, &mut later);
    cast.world.revoke(&patient, grant, None);
    cast.check_under("revoked", by, Some(grant), not_found);
}

#[test]
fn a_grant_that_is_named_must_permit_it_and_needs_something_to_amend() {
    let mut cast = cast();
    let (doctor, patient) = (cast.doctor.clone(), cast.patient.clone());
    let grant = cast.grant(AccessKind::ReadAmend);
    let not_found = Some(Refusal::NotFound);
    cast.check_under("the author under another's grant", (&doctor, 0), Some(grant), not_found);
    let part = PublishPart { grant: Some(grant), ..cast.world.publish_part(&doctor, 0, &patient) };
    let execution = cast.world.attempt(&doctor.sender, &PublicPart::Publish(part), &[address_head()]);
    check("a grant and nothing to amend", &execution, Some(Refusal::Contradiction));
}

#[test]
fn unknown_other_patients_and_purged_records_are_not_amended() {
    let mut cast = cast();
    let doctor = cast.doctor.clone();
    let other = cast.world.enrol(0, Role::Patient);
    let part = PublicPart::Publish(cast.amendment(&doctor, 0, &other));
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
