//! `request`: somebody asks a patient for access, for themselves or their department.

use std::collections::BTreeSet;

use carechain_types::{
    CountsValue, EhrValue, PartKind, PersonCounts, Refusal, RequestPart, RequestSelection, RequestStatus,
    RequestValue, StateKey, Visibility, request_id,
};

use crate::actor::belongs_to;
use crate::call::Call;
use crate::effect::{Effect, Stop, require};
use crate::new_id::require_new;
use crate::permissions::Verb;
use crate::standing::patient;
use crate::state_reader::{StateReader, read_value};

/// The grantee is the sender or its department; ids exclude filters, and neither means all records of the patient. An id
/// that is unknown, another patient's, purged or found only through the patient is `not_found`.
pub(crate) fn request<R: StateReader, S>(call: &Call<'_, R, S>, part: &RequestPart) -> Result<Effect, Stop> {
    let (sender, value) = call.actor.require_person(Verb::Request, call.now())?;
    require(belongs_to(&part.grantee, &sender, value), Refusal::NotPermitted)?;
    require(part.patient != sender, Refusal::Contradiction)?;
    let mut parts = call.parts();
    parts.take_optional(PartKind::Reason)?;
    parts.finish()?;
    check_selection(&part.selection)?;
    patient(call.state, &part.patient)?;
    for id in &part.selection.ehr_ids {
        let ehr = read_value::<EhrValue>(call.state, &StateKey::ehr(id))?;
        let findable = ehr.is_some_and(|ehr| {
            ehr.patient == part.patient && ehr.purged == 0 && ehr.visibility == Visibility::Searchable
        });
        require(findable, Refusal::NotFound)?;
    }
    let id = request_id(&call.transaction_id);
    require_new(call.state, id.get())?;
    let counts_key = StateKey::counts(part.patient.get());
    let counts = read_value::<CountsValue<PersonCounts>>(call.state, &counts_key)?
        .map_or_else(PersonCounts::default, |value| value.counts);
    let request = RequestValue {
        stamp: call.stamp(),
        patient: part.patient,
        grantee: part.grantee,
        access: part.access,
        purpose: part.purpose,
        status: RequestStatus::Open,
        grant: None,
        previous: counts.newest_request,
    };
    let counts = PersonCounts { newest_request: Some(id), ..counts };
    Ok(Effect::with_result(id.get().to_vec())
        .write(StateKey::request(&id), &request)
        .write(counts_key, &CountsValue { stamp: call.stamp(), counts }))
}

fn check_selection(selection: &RequestSelection) -> Result<(), Refusal> {
    let distinct: BTreeSet<_> = selection.ehr_ids.iter().collect();
    require(distinct.len() == selection.ehr_ids.len(), Refusal::Contradiction)?;
    require(distinct.is_empty() || !selection.has_filters(), Refusal::Contradiction)?;
    match (selection.from, selection.until) {
        (Some(from), Some(until)) => require(from < until, Refusal::Contradiction),
        _ => Ok(()),
    }
}
