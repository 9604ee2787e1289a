//! Amendments: a new version of a record, which the old one then names. One line of versions, no forks.

use carechain_crypto::EhrId;
use carechain_types::{
    AccessKind, CountsValue, EhrValue, GrantValue, Party, PersonCounts, PublishPart, Refusal, StateKey,
};

use crate::call::Call;
use crate::effect::{Stop, require};
use crate::limits::AMEND_GRANTS_SEARCHED_MAX;
use crate::state_reader::{StateReader, read_value};

/// The record a publish amends: the same patient's, neither amended nor purged yet, and the sender is the patient, its
/// author, or holds a `read+amend` grant for it in force among the patient's newest grants.
pub(super) fn amended_record<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &PublishPart,
    old: &EhrId,
) -> Result<(StateKey, EhrValue), Stop> {
    let key = StateKey::ehr(old);
    let record = read_value::<EhrValue>(call.state, &key)?.ok_or(Refusal::NotFound)?;
    require(record.patient == part.patient, Refusal::NotFound)?;
    let sender = call.body.sender;
    let permitted = sender == record.author
        || sender == Party::Person(record.patient)
        || has_amend_grant(call, part, old)?;
    require(permitted, Refusal::NotFound)?;
    require(record.amended_by.is_none() && record.purged == 0, Refusal::Superseded)?;
    Ok((key, record))
}

fn has_amend_grant<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &PublishPart,
    old: &EhrId,
) -> Result<bool, Stop> {
    let counts = read_value::<CountsValue<PersonCounts>>(call.state, &StateKey::counts(part.patient.get()))?;
    let mut next = counts.and_then(|value| value.counts.newest_grant);
    for _ in 0..AMEND_GRANTS_SEARCHED_MAX {
        let Some(id) = next else { break };
        let Some(grant) = read_value::<GrantValue>(call.state, &StateKey::grant(&id))? else { break };
        if permits_amendment(call, &grant, old) {
            return Ok(true);
        }
        next = grant.previous;
    }
    Ok(false)
}

fn permits_amendment<R: StateReader, S>(call: &Call<'_, R, S>, grant: &GrantValue, old: &EhrId) -> bool {
    let in_window = grant.from <= call.now() && call.now() < grant.until;
    let line = grant.lines.iter().any(|line| line.ehr_id == *old && line.revoked == 0);
    grant.access == AccessKind::ReadAmend && in_window && line && call.actor.stands_for(&grant.grantee)
}
