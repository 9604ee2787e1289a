//! Amendments: a new version of a record, which the old one then names. One line of versions, no forks.

use carechain_crypto::{EhrId, GrantId};
use carechain_types::{AccessKind, EhrValue, GrantValue, Party, PublishPart, Refusal, StateKey};

use crate::call::Call;
use crate::effect::{Stop, require};
use crate::state_reader::{StateReader, read_value};

/// The record a publish amends, if it amends one: the same patient's, neither amended nor purged yet, and the sender is
/// the patient, its author, or names a `read+amend` grant in force. A grant that is named must permit it, whoever sends.
pub(super) fn amended_record<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &PublishPart,
) -> Result<Option<(StateKey, EhrValue)>, Stop> {
    let Some(old) = part.amends else {
        require(part.grant.is_none(), Refusal::Contradiction)?;
        return Ok(None);
    };
    let key = StateKey::ehr(&old);
    let record = read_value::<EhrValue>(call.state, &key)?.ok_or(Refusal::NotFound)?;
    require(record.patient == part.patient, Refusal::NotFound)?;
    let sender = call.body.sender;
    let permitted = match &part.grant {
        Some(grant) => permits_amendment(call, &record, grant, &old)?,
        None => sender == record.author || sender == Party::Person(record.patient),
    };
    require(permitted, Refusal::NotFound)?;
    require(record.amended_by.is_none() && record.purged == 0, Refusal::Superseded)?;
    Ok(Some((key, record)))
}

fn permits_amendment<R: StateReader, S>(
    call: &Call<'_, R, S>,
    record: &EhrValue,
    id: &GrantId,
    old: &EhrId,
) -> Result<bool, Stop> {
    let Some(grant) = read_value::<GrantValue>(call.state, &StateKey::grant(id))? else { return Ok(false) };
    let in_window = grant.from <= call.now() && call.now() < grant.until;
    let line = grant.lines.iter().any(|line| line.ehr_id == *old && line.revoked == 0);
    let given = grant.patient == record.patient && call.actor.stands_for(&grant.grantee);
    Ok(given && line && in_window && grant.access == AccessKind::ReadAmend)
}
