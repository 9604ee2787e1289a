//! Enrolling people and departments of the test ledger.

use carechain_crypto::{ChainId, DepartmentId, KeyId, PersonId};
use carechain_types::{
    BoundedVec, DepartmentPart, KeyUse, POSSESSION_VERSION, Party, PersonPart, Possession, PublicPart,
    ReasonCode, Role, RoleTerm, Span, SuspendPart,
};

use super::{Hand, Sender, World, created, refusal};

/// A person with keys.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: PersonId,
    pub(crate) sender: Sender,
    pub(crate) recovery: KeyId,
}

impl Person {
    pub(crate) fn party(&self) -> Party {
        Party::Person(self.id)
    }

    /// The everyday sealing key.
    pub(crate) fn key_id(&self) -> KeyId {
        self.sender.hand.sealing.id()
    }
}

impl World {
    /// A new key holder.
    pub(crate) fn hand(&mut self) -> Hand {
        Hand::new(self.scheme, self.fresh())
    }

    /// What a registrar of the hospital sends to enrol the holder of a key in one role for 30 days.
    pub(crate) fn person_part(&self, hospital: usize, role: Role, hand: &Hand) -> PersonPart {
        let mut recovery = Hand::new(self.scheme, u64::MAX - self.counter).sealing;
        recovery.key_use = KeyUse::Recovery;
        let signing_keys = BoundedVec::new(vec![hand.public()]).unwrap();
        let sealing_keys = BoundedVec::new(vec![hand.sealing.clone(), recovery]).unwrap();
        let until = self.now.after(Span::DAY.times(30));
        PersonPart {
            person: None,
            enroller: Party::Hospital(self.hospitals[hospital].id),
            department: None,
            roles: BoundedVec::new(vec![RoleTerm { role, until }]).unwrap(),
            possession: BoundedVec::empty(),
            signing_keys,
            sealing_keys,
        }
    }

    /// Adds the possession signatures of the one key holder.
    pub(crate) fn possess(part: PersonPart, hand: &Hand) -> PersonPart {
        let possession = Possession {
            version: POSSESSION_VERSION,
            signing_keys: part.signing_keys.clone(),
            sealing_keys: part.sealing_keys.clone(),
        };
        let signature = hand.sign(&ChainId::ZERO, &possession);
        PersonPart { possession: BoundedVec::new(vec![signature]).unwrap(), ..part }
    }

    /// Enrols a person at a hospital in one role.
    pub(crate) fn enrol(&mut self, hospital: usize, role: Role) -> Person {
        self.enrol_in(hospital, role, None)
    }

    /// Enrols a person of a department.
    pub(crate) fn enrol_in(
        &mut self,
        hospital: usize,
        role: Role,
        department: Option<DepartmentId>,
    ) -> Person {
        let hand = self.hand();
        let part = PersonPart { department, ..self.person_part(hospital, role, &hand) };
        let part = Self::possess(part, &hand);
        let recovery = part.sealing_keys[1].id();
        let registrar = self.hospitals[hospital].registrar.clone();
        let execution = self.submit(&registrar, &PublicPart::Person(part), &[]);
        let id = PersonId::new(created(&execution));
        Person { id, sender: Sender { party: Party::Person(id), hand }, recovery }
    }

    /// Enrols a department; its key comes with it.
    pub(crate) fn enrol_department(&mut self, hospital: usize) -> (DepartmentId, KeyId) {
        let hand = self.hand();
        let part = DepartmentPart {
            hospital: self.hospitals[hospital].id,
            sealing_keys: BoundedVec::new(vec![hand.sealing.clone()]).unwrap(),
        };
        let registrar = self.hospitals[hospital].registrar.clone();
        let execution = self.submit(&registrar, &PublicPart::Department(part), &[]);
        (DepartmentId::new(created(&execution)), hand.sealing.id())
    }

    /// Suspends a person of a hospital.
    #[track_caller]
    pub(crate) fn suspend(&mut self, hospital: usize, person: &Person) {
        let part = PublicPart::Suspend(SuspendPart { person: person.id, code: ReasonCode::Left });
        let registrar = self.hospitals[hospital].registrar.clone();
        assert_eq!(refusal(&self.submit(&registrar, &part, &[])), None);
    }
}
