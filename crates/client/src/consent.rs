//! Consent: a doctor asks, the patient grants, denies, revokes.
//!
//! The patient opens each address, which is checked against the abstract's commitment, and seals it again to the
//! grantee's key as the ledger proves it now.

mod granting;
mod selection;

use std::time::{Duration, Instant};

use carechain_crypto::{AccessRequestId, Digest, EhrId, GrantId, PersonId, hash};
use carechain_types::{
    AccessKind, AccessPurpose, DenyPart, KeyUse, PartKind, Party, PersonValue, PublicPart, Reason,
    ReasonCode, RequestPart, RequestSelection, RequestStatus, RevokePart, Span, StateKey, Time, decode,
    encode, request_id,
};

use crate::error::OperationError;
use crate::lists::RequestView;
use crate::random::SystemRandom;
use crate::session::{Committed, Draft, Session, value};

/// What to ask a patient for.
#[derive(Clone, Debug)]
pub struct RequestPlan {
    /// Whom is asked.
    pub patient: PersonId,
    /// Who would read: the asker if left out, or the asker's department.
    pub grantee: Option<Party>,
    /// What is asked for.
    pub access: AccessKind,
    /// Why.
    pub purpose: AccessPurpose,
    /// Which records.
    pub selection: RequestSelection,
    /// For the patient to read, with the keyword filters.
    pub reason: Option<Reason>,
}

impl RequestPlan {
    /// The same for two plans that ask for the same, in the name of one asker. It stands in the asker's own files: who has
    /// them may try what was asked for.
    #[must_use]
    pub fn digest(&self, asker: PersonId) -> Digest {
        hash(&[encode(&self.part(asker)), encode(&self.reason)].concat())
    }

    fn part(&self, asker: PersonId) -> RequestPart {
        RequestPart {
            patient: self.patient,
            grantee: self.grantee.unwrap_or(Party::Person(asker)),
            access: self.access,
            purpose: self.purpose,
            selection: self.selection.clone(),
        }
    }
}

/// What to permit.
#[derive(Clone, Copy, Debug)]
pub struct GrantTerms {
    /// Start; zero = when the grant is on the ledger.
    pub from: Time,
    /// How long.
    pub duration: Span,
    /// What is permitted.
    pub access: AccessKind,
}

impl Session {
    /// Asks a patient.
    pub fn request(&self, plan: &RequestPlan) -> Result<(AccessRequestId, Committed), OperationError> {
        let asker = self.person()?;
        let mut keys = vec![StateKey::person(&plan.patient), StateKey::person(&asker)];
        keys.dedup();
        let proof = self.prove(&keys)?;
        let mut parts = Vec::new();
        if let Some(reason) = &plan.reason {
            let target = self.target(&proof, Party::Person(plan.patient), KeyUse::Ordinary)?;
            let hospital = hospital_of(&value(&proof, &StateKey::person(&asker))?)?;
            let context = self.part_context(PartKind::Reason, *plan.patient.get(), self.sender(), hospital);
            let sealed = context.seal(&encode(reason), &target.key, &mut SystemRandom)?;
            parts.push((PartKind::Reason, sealed));
        }
        let committed = self.submit(Draft { part: PublicPart::Request(plan.part(asker)), parts })?;
        Ok((request_id(&committed.id), committed))
    }

    /// Waits until the patient answers: the grant, or that it was denied.
    pub fn wait_for_answer(
        &self,
        id: AccessRequestId,
        patience: Duration,
    ) -> Result<GrantId, OperationError> {
        let started = Instant::now();
        loop {
            match self.answer(id) {
                Err(OperationError::Unanswered) if started.elapsed() < patience => {
                    std::thread::sleep(Duration::from_millis(500));
                }
                answer => return answer,
            }
        }
    }

    /// The grant that answered a request.
    pub fn answer(&self, id: AccessRequestId) -> Result<GrantId, OperationError> {
        let view = self.request_view(id)?;
        match (view.value.status, view.value.grant) {
            (RequestStatus::Granted, Some(grant)) => Ok(grant),
            (RequestStatus::Denied, _) => Err(OperationError::Denied),
            _ => Err(OperationError::Unanswered),
        }
    }

    /// Why access is asked for, as the patient alone can open it; none if nothing was said.
    pub fn reason(&self, view: &RequestView) -> Result<Option<Reason>, OperationError> {
        let place = view.body.parts.iter().position(|head| head.kind == PartKind::Reason.byte());
        let Some(index) = place.and_then(|index| u16::try_from(index).ok()) else { return Ok(None) };
        let asker = view.body.sender.person().ok_or(OperationError::NotFound)?;
        let key = StateKey::person(&asker);
        let hospital = hospital_of(&value(&self.prove(&[key])?, &key)?)?;
        let id = view.value.stamp.transaction_id;
        let sealed = self.part(&id, &view.body, index, PartKind::Reason)?;
        let subject = *view.value.patient.get();
        let context = self.part_context(PartKind::Reason, subject, view.body.sender, hospital);
        let opened = self.open_part(&context, &sealed)?;
        Ok(Some(decode(opened.expose(), opened.expose().len())?))
    }

    /// Denies a request.
    pub fn deny(&self, request: AccessRequestId, code: ReasonCode) -> Result<Committed, OperationError> {
        let view = self.request_view(request)?;
        if view.value.status != RequestStatus::Open {
            return Err(OperationError::Answered);
        }
        let part = PublicPart::Deny(DenyPart { request, code });
        self.submit(Draft { part, parts: Vec::new() })
    }

    /// Ends a grant, or one record of it, at once.
    pub fn revoke(&self, grant: GrantId, ehr_id: Option<EhrId>) -> Result<Committed, OperationError> {
        let part = PublicPart::Revoke(RevokePart { grant, ehr_id });
        self.submit(Draft { part, parts: Vec::new() })
    }
}

/// The hospital that enrolled a person.
fn hospital_of(person: &PersonValue) -> Result<carechain_crypto::HospitalId, OperationError> {
    let problem = "the person is of no hospital";
    person.enroller.hospital().ok_or(OperationError::Argument { problem })
}
