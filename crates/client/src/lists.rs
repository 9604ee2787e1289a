//! Lists that a proof shows whole: a patient's records, requests, grants.

use carechain_crypto::{AccessRequestId, EhrId, GrantId, PersonId};
use carechain_types::{
    CountsValue, EhrByPatientValue, EhrValue, GrantValue, ListKind, ListStart, PersonCounts, PublicPart,
    PublishPart, RequestPart, RequestValue, StateKey, StateValue, Time, TransactionBody, VerifiedProof,
};

use crate::error::OperationError;
use crate::limits::LIST_PAGES_MAX;
use crate::session::{Session, body_of, value, wanted};
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

/// Reads the length of a list under the key of its counter.
pub(crate) type Count = fn(&VerifiedProof, &StateKey) -> Result<u64, OperationError>;

impl Session {
    /// A patient's records.
    pub fn records(&self, patient: PersonId) -> Result<Whole<RecordView>, OperationError> {
        let counts = (StateKey::counts(patient.get()), person_records as Count);
        self.indexed(ListKind::Records, *patient.get(), counts, |proof, index| {
            let place = StateKey::ehr_by_patient(&patient, index);
            let ehr_id = value::<EhrByPatientValue>(proof, &place)?.ehr_id;
            record(proof, ehr_id)
        })
    }

    /// Requests to a patient.
    pub fn requests(&self, patient: PersonId) -> Result<Whole<RequestView>, OperationError> {
        self.linked(
            ListKind::Requests,
            patient,
            |counts| counts.newest_request.map(|id| *id.get()),
            |proof, id| {
                let view = request(proof, AccessRequestId::new(id))?;
                let previous = view.value.previous.map(|id| *id.get());
                Ok((view, previous))
            },
        )
    }

    /// Grants of a patient.
    pub fn grants(&self, patient: PersonId) -> Result<Whole<GrantView>, OperationError> {
        self.linked(
            ListKind::Grants,
            patient,
            |counts| counts.newest_grant.map(|id| *id.get()),
            |proof, id| {
                let view = grant(proof, GrantId::new(id))?;
                let previous = view.value.previous.map(|id| *id.get());
                Ok((view, previous))
            },
        )
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

    /// A list by index, all pages: every index below the counter, which stands under a key of its own, is there.
    pub(crate) fn indexed<T>(
        &self,
        kind: ListKind,
        subject: [u8; 20],
        (counts, count): (StateKey, Count),
        item: impl Fn(&VerifiedProof, u64) -> Result<T, OperationError>,
    ) -> Result<Whole<T>, OperationError> {
        let (proof, bytes) = self.page(kind, subject, ListStart::Newest)?;
        let complete_as_of = complete(&proof)?;
        let mut next = count(&proof, &counts)?;
        let mut whole = Whole { complete_as_of, items: Vec::new(), proofs: vec![bytes] };
        let mut page = proof;
        for _ in 0..LIST_PAGES_MAX {
            let before = next;
            while next > 0 {
                // The first index that a page lacks starts the next page; a page that has none of them lies.
                match item(&page, next - 1) {
                    Ok(item) => whole.items.push(item),
                    Err(OperationError::Trust(TrustError::Lacks { .. })) if next < before => break,
                    Err(error) => return Err(absent_is_a_lie(error)),
                }
                next -= 1;
            }
            if next == 0 {
                return Ok(whole);
            }
            let (proof, bytes) = self.page(kind, subject, ListStart::Below(next))?;
            whole.proofs.push(bytes);
            page = proof;
        }
        Err(OperationError::ListTooLong)
    }

    /// A list by links, all pages: each entry names the one before it.
    fn linked<T>(
        &self,
        kind: ListKind,
        person: PersonId,
        newest: impl Fn(&PersonCounts) -> Option<[u8; 20]>,
        item: impl Fn(&VerifiedProof, [u8; 20]) -> Result<(T, Option<[u8; 20]>), OperationError>,
    ) -> Result<Whole<T>, OperationError> {
        let (proof, bytes) = self.page(kind, *person.get(), ListStart::Newest)?;
        let complete_as_of = complete(&proof)?;
        let mut next = newest(&person_counts(&proof, &StateKey::counts(person.get()))?);
        let mut whole = Whole { complete_as_of, items: Vec::new(), proofs: vec![bytes] };
        let mut page = proof;
        for _ in 0..LIST_PAGES_MAX {
            let before = whole.items.len();
            while let Some(id) = next {
                match item(&page, id) {
                    Ok((item, previous)) => {
                        whole.items.push(item);
                        next = previous;
                    }
                    Err(OperationError::Trust(TrustError::Lacks { .. })) if whole.items.len() > before => {
                        break;
                    }
                    Err(error) => return Err(absent_is_a_lie(error)),
                }
            }
            let Some(id) = next else { return Ok(whole) };
            let (proof, bytes) = self.page(kind, *person.get(), ListStart::At(id))?;
            whole.proofs.push(bytes);
            page = proof;
        }
        Err(OperationError::ListTooLong)
    }
}

/// An entry that the counters or the entry above name is there: a node that shows it absent shows another state.
fn absent_is_a_lie(error: OperationError) -> OperationError {
    match error {
        OperationError::NotFound => TrustError::Lacks { what: "an entry that the list names" }.into(),
        error => error,
    }
}

fn complete(proof: &VerifiedProof) -> Result<Time, TrustError> {
    proof.complete_as_of.ok_or(TrustError::Lacks { what: "the heads that make it complete" })
}

fn person_counts(proof: &VerifiedProof, key: &StateKey) -> Result<PersonCounts, OperationError> {
    let value = wanted(proof, key)?.value::<CountsValue<PersonCounts>>()?;
    Ok(value.map(|value| value.counts).unwrap_or_default())
}

fn person_records(proof: &VerifiedProof, key: &StateKey) -> Result<u64, OperationError> {
    Ok(person_counts(proof, key)?.records)
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
