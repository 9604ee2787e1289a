//! Granting: addresses opened, checked and sealed again, all lines of one grant at once.

use carechain_crypto::{AccessRequestId, Address, EhrId, GrantId};
use carechain_types::{
    AccessKind, AccessPurpose, BoundedVec, GrantLine, GrantPart, KeyUse, PartKind, Party, PublicPart,
    RecipientUse, RequestStatus, grant_id,
};

use super::GrantTerms;
use crate::error::OperationError;
use crate::lists::RecordView;
use crate::random::SystemRandom;
use crate::session::{Committed, Draft, RecordFacts, Session};

/// Who gets what, and why.
struct Permission {
    request: Option<AccessRequestId>,
    grantee: Party,
    purpose: AccessPurpose,
    terms: GrantTerms,
}

impl Session {
    /// Answers a request with one grant of the records chosen among those it selects; of all of them if none is chosen.
    /// Without terms: what it asks for, for as long as the consortium's default.
    ///
    /// Whether a record has a keyword only the node's index says, unproven. A node that lied would have the patient
    /// grant more than was asked for: with keywords nothing is granted that the patient did not name.
    pub fn approve(
        &self,
        request: AccessRequestId,
        terms: Option<GrantTerms>,
        chosen: &[EhrId],
    ) -> Result<(GrantId, Committed), OperationError> {
        let view = self.request_view(request)?;
        if view.value.patient != self.person()? {
            return Err(OperationError::NotFound);
        }
        if view.value.status != RequestStatus::Open {
            return Err(OperationError::Answered);
        }
        let reason = self.reason(&view)?;
        let mut records = self.selected(&view.part.selection)?;
        if chosen.is_empty() {
            self.refuse_keywords(reason.as_ref(), &records)?;
        } else {
            records.retain(|record| chosen.contains(&record.ehr_id));
            if records.len() != chosen.len() {
                return Err(OperationError::NotFound);
            }
        }
        let terms = terms.unwrap_or_else(|| self.default_terms(view.value.access));
        let permission = Permission {
            request: Some(request),
            grantee: view.value.grantee,
            purpose: view.value.purpose,
            terms,
        };
        self.permit(&permission, &records)
    }

    /// Grants records unasked.
    pub fn grant(
        &self,
        records: &[EhrId],
        grantee: Party,
        purpose: AccessPurpose,
        terms: Option<GrantTerms>,
    ) -> Result<(GrantId, Committed), OperationError> {
        let records: Vec<_> = records.iter().map(|id| self.record(*id)).collect::<Result<_, _>>()?;
        let terms = terms.unwrap_or_else(|| self.default_terms(AccessKind::Read));
        self.permit(&Permission { request: None, grantee, purpose, terms }, &records)
    }

    /// From now on, for the consortium's default window.
    #[must_use]
    pub fn default_terms(&self, access: AccessKind) -> GrantTerms {
        let duration = self.trust().genesis().parameters.default_window;
        GrantTerms { from: carechain_types::Time::ZERO, duration, access }
    }

    fn permit(
        &self,
        permission: &Permission,
        records: &[RecordView],
    ) -> Result<(GrantId, Committed), OperationError> {
        let patient = self.person()?;
        let mut opened = Vec::with_capacity(records.len());
        for record in records {
            opened.push((RecordFacts::of(record.ehr_id, &record.value), self.own_address(record)?));
        }
        let proof = self.prove(&[Self::target_key(permission.grantee)?])?;
        let target = self.target(&proof, permission.grantee, KeyUse::Ordinary)?;
        let mut lines = BoundedVec::empty();
        let mut parts = Vec::with_capacity(records.len());
        for (facts, address) in &opened {
            let context = self.address_context(facts, RecipientUse::Grant, target.party);
            let sealed = context.seal(address, &target.key, &mut SystemRandom)?;
            let part = u16::try_from(parts.len()).expect("bounded by the lines of a grant");
            lines.push(GrantLine { ehr_id: facts.ehr_id, part })?;
            parts.push((PartKind::SealedAddress, sealed.to_vec()));
        }
        let part = GrantPart {
            request: permission.request,
            patient,
            grantee: permission.grantee,
            grantee_key_id: target.key_id,
            access: permission.terms.access,
            purpose: permission.purpose,
            from: permission.terms.from,
            duration: permission.terms.duration,
            lines,
        };
        let committed = self.submit(Draft { part: PublicPart::Grant(part), parts })?;
        Ok((grant_id(&committed.id), committed))
    }

    /// The address of an own record, opened and checked against the abstract's commitment.
    pub(crate) fn own_address(&self, record: &RecordView) -> Result<Address, OperationError> {
        let me = Party::Person(self.person()?);
        if record.value.patient != self.person()? {
            return Err(OperationError::NotFound);
        }
        let mine = record.part.recipients.iter().filter(|recipient| recipient.recipient == me);
        for recipient in mine {
            if self.own_key(&recipient.key_id).is_err() {
                continue;
            }
            let id = record.value.stamp.transaction_id;
            let sealed = self.part(&id, &record.body, recipient.part, PartKind::SealedAddress)?;
            let facts = RecordFacts::of(record.ehr_id, &record.value);
            let context = self.address_context(&facts, recipient.recipient_use, me);
            return self.open_address(&context, &recipient.key_id, &sealed);
        }
        Err(OperationError::WrongKey)
    }
}
