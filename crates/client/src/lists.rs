//! Lists that a proof shows whole: a patient's records, requests, grants.

use carechain_crypto::{AccessRequestId, EhrId, GrantId, PersonId};
use carechain_types::{
    EhrValue, GrantValue, ListKind, ListName, ListStart, ListWalk, PublicPart, PublishPart, RequestPart,
    RequestValue, StateKey, StateValue, Time, TransactionBody, VerifiedProof,
};

use crate::error::OperationError;
use crate::limits::LIST_PAGES_MAX;
use crate::session::{Session, body_of, value};
use crate::trust::TrustError;

/// A list with the time as of which nothing is missing.
#[derive(Clone, Debug)]
pub struct Whole<T> {
    /// Complete as of then.
    pub complete_as_of: Time,
    /// Newest first.
    pub items: Vec<T>,
    /// Canonical bytes of the proofs, one a page.
    pub proofs: Vec<Vec<u8>>,
}

/// A record as the ledger has it.
#[derive(Clone, Debug)]
pub struct RecordView {
    /// Its id.
    pub ehr_id: EhrId,
    /// Its abstract in state.
    pub value: EhrValue,
    /// The transaction that published it.
    pub body: TransactionBody,
    /// What that said in the open.
    pub part: PublishPart,
}

/// A request as the ledger has it.
#[derive(Clone, Debug)]
pub struct RequestView {
    /// Its id.
    pub id: AccessRequestId,
    /// Where it stands.
    pub value: RequestValue,
    /// The transaction that asked.
    pub body: TransactionBody,
    /// What that said in the open.
    pub part: RequestPart,
}

/// A grant as the ledger has it.
#[derive(Clone, Debug)]
pub struct GrantView {
    /// Its id.
    pub id: GrantId,
    /// Where it stands.
    pub value: GrantValue,
    /// The transaction that granted.
    pub body: TransactionBody,
}

impl Session {
    /// A patient's records.
    pub fn records(&self, patient: PersonId) -> Result<Whole<RecordView>, OperationError> {
        let name = ListName { kind: ListKind::Records, subject: *patient.get() };
        self.whole(name, |proof, key| record(proof, EhrId::new(key.id)))
    }

    /// Requests to a patient.
    pub fn requests(&self, patient: PersonId) -> Result<Whole<RequestView>, OperationError> {
        let name = ListName { kind: ListKind::Requests, subject: *patient.get() };
        self.whole(name, |proof, key| request(proof, AccessRequestId::new(key.id)))
    }

    /// Grants of a patient.
    pub fn grants(&self, patient: PersonId) -> Result<Whole<GrantView>, OperationError> {
        let name = ListName { kind: ListKind::Grants, subject: *patient.get() };
        self.whole(name, |proof, key| grant(proof, GrantId::new(key.id)))
    }

    /// One record.
    pub fn record(&self, ehr_id: EhrId) -> Result<RecordView, OperationError> {
        record(&self.prove(&[StateKey::ehr(&ehr_id)])?, ehr_id)
    }

    /// One request.
    pub fn request_view(&self, id: AccessRequestId) -> Result<RequestView, OperationError> {
        request(&self.prove(&[StateKey::request(&id)])?, id)
    }

    /// One grant.
    pub fn grant_view(&self, id: GrantId) -> Result<GrantView, OperationError> {
        grant(&self.prove(&[StateKey::grant(&id)])?, id)
    }

    /// A list, page by page until the walk says that it is whole.
    pub(crate) fn whole<T>(
        &self,
        name: ListName,
        item: impl Fn(&VerifiedProof, &StateKey) -> Result<T, OperationError>,
    ) -> Result<Whole<T>, OperationError> {
        let (mut page, bytes) = self.page(name, ListStart::Newest)?;
        let mut walk = ListWalk::begin(name, &page).map_err(TrustError::from)?;
        let (mut items, mut proofs) = (Vec::new(), vec![bytes]);
        for _ in 0..LIST_PAGES_MAX {
            let taken = walk.take(&page).map_err(TrustError::from)?;
            for key in &taken {
                items.push(item(&page, key)?);
            }
            // A page without the entry that it was asked for will not have it the next time either.
            let Some(start) = walk.next_page().filter(|_| !taken.is_empty()) else {
                let complete_as_of = walk.finish().map_err(TrustError::from)?.complete_as_of;
                return Ok(Whole { complete_as_of, items, proofs });
            };
            let (next, bytes) = self.page(name, start)?;
            proofs.push(bytes);
            page = next;
        }
        Err(OperationError::ListTooLong)
    }
}

pub(crate) fn record(proof: &VerifiedProof, ehr_id: EhrId) -> Result<RecordView, OperationError> {
    let (value, body, part) = written::<EhrValue>(proof, &StateKey::ehr(&ehr_id))?;
    match part {
        PublicPart::Publish(part) => Ok(RecordView { ehr_id, value, body, part }),
        _ => Err(other_kind()),
    }
}

pub(crate) fn request(proof: &VerifiedProof, id: AccessRequestId) -> Result<RequestView, OperationError> {
    let (value, body, part) = written::<RequestValue>(proof, &StateKey::request(&id))?;
    match part {
        PublicPart::Request(part) => Ok(RequestView { id, value, body, part }),
        _ => Err(other_kind()),
    }
}

pub(crate) fn grant(proof: &VerifiedProof, id: GrantId) -> Result<GrantView, OperationError> {
    let (value, body, part) = written::<GrantValue>(proof, &StateKey::grant(&id))?;
    match part {
        PublicPart::Grant(_) => Ok(GrantView { id, value, body }),
        _ => Err(other_kind()),
    }
}

/// A value with the transaction that wrote it.
fn written<V: StateValue>(
    proof: &VerifiedProof,
    key: &StateKey,
) -> Result<(V, TransactionBody, PublicPart), OperationError> {
    let value = value(proof, key)?;
    let (body, part) = body_of(proof, key)?;
    Ok((value, body.clone(), part))
}

fn other_kind() -> OperationError {
    TrustError::Lacks { what: "the transaction that wrote a value" }.into()
}
