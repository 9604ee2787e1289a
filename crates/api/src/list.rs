//! Which claims show a page of a list whole: the counters, and every entry from the start of the page downwards.
//!
//! Indexed lists (records, audit, attempts) run from the newest index down; linked lists (requests, grants) follow
//! `previous` from the newest, which the counters name.

use carechain_crypto::{AccessRequestId, EhrId, GrantId, PersonId};
use carechain_types::{
    AttemptCounts, CountsValue, DecodeError, EhrByPatientValue, GrantValue, ListKind, ListQuery, ListStart,
    PersonCounts, RecordCounts, RequestValue, StateKey, StateTag, StateValue,
};

use crate::limits::LIST_COUNT_MAX;

/// Why a list has no page.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ListError {
    /// The start is of another sort than the list has.
    #[error("this list does not start there")]
    Start,
    /// A value in the state is not what its key says: the node's storage is damaged.
    #[error("a value of the list is malformed: {0}")]
    Value(#[from] DecodeError),
}

/// Whether anybody who knows the id may see the state under this tag without a signed query: public keys, hospitals
/// and rules.
#[must_use]
pub const fn is_public(tag: StateTag) -> bool {
    matches!(
        tag,
        StateTag::Person | StateTag::Department | StateTag::Hospital | StateTag::Member | StateTag::Parameter
    )
}

/// The keys of one page, counters first; `read` gives the value under a key in one fixed state.
///
/// # Errors
/// See [`ListError`].
pub fn list_keys(
    query: &ListQuery,
    mut read: impl FnMut(&StateKey) -> Option<Vec<u8>>,
) -> Result<Vec<StateKey>, ListError> {
    let count_max = usize::from(query.count_max.min(LIST_COUNT_MAX));
    let counts = StateKey::counts(&query.subject);
    let mut keys = vec![counts];
    match query.kind {
        ListKind::Records => {
            let person = PersonId::new(query.subject);
            let count = person_counts(&mut read, &counts)?.records;
            for index in indexes(query.start, count, count_max)? {
                let by_patient = StateKey::ehr_by_patient(&person, index);
                keys.push(by_patient);
                if let Some(value) = read(&by_patient) {
                    keys.push(StateKey::ehr(&EhrByPatientValue::from_bytes(&value)?.ehr_id));
                }
            }
        }
        ListKind::Audit => {
            let ehr_id = EhrId::new(query.subject);
            let count = record_counts(&mut read, &counts)?.access_entries;
            let entries = indexes(query.start, count, count_max)?;
            keys.push(StateKey::ehr(&ehr_id));
            keys.extend(entries.map(|index| StateKey::access(&ehr_id, index)));
        }
        ListKind::Attempts => {
            let person = PersonId::new(query.subject);
            let counts = StateKey::attempt_counts(&person);
            let count = attempt_counts(&mut read, &counts)?.attempts;
            let entries = indexes(query.start, count, count_max)?;
            keys = vec![counts];
            keys.extend(entries.map(|index| StateKey::attempt(&person, index)));
        }
        ListKind::Requests => {
            let newest = person_counts(&mut read, &counts)?.newest_request;
            let mut next = linked(query.start, newest.map(|id| *id.get()))?.map(AccessRequestId::new);
            while let Some(id) = next.filter(|_| keys.len() <= count_max) {
                let key = StateKey::request(&id);
                keys.push(key);
                next = read(&key)
                    .map(|value| RequestValue::from_bytes(&value))
                    .transpose()?
                    .and_then(|value| value.previous);
            }
        }
        ListKind::Grants => {
            let newest = person_counts(&mut read, &counts)?.newest_grant;
            let mut next = linked(query.start, newest.map(|id| *id.get()))?.map(GrantId::new);
            while let Some(id) = next.filter(|_| keys.len() <= count_max) {
                let key = StateKey::grant(&id);
                keys.push(key);
                next = read(&key)
                    .map(|value| GrantValue::from_bytes(&value))
                    .transpose()?
                    .and_then(|value| value.previous);
            }
        }
    }
    Ok(keys)
}

fn person_counts(
    read: &mut impl FnMut(&StateKey) -> Option<Vec<u8>>,
    key: &StateKey,
) -> Result<PersonCounts, ListError> {
    let value = read(key).map(|value| CountsValue::<PersonCounts>::from_bytes(&value)).transpose()?;
    Ok(value.map(|value| value.counts).unwrap_or_default())
}

fn attempt_counts(
    read: &mut impl FnMut(&StateKey) -> Option<Vec<u8>>,
    key: &StateKey,
) -> Result<AttemptCounts, ListError> {
    let value = read(key).map(|value| CountsValue::<AttemptCounts>::from_bytes(&value)).transpose()?;
    Ok(value.map(|value| value.counts).unwrap_or_default())
}

fn record_counts(
    read: &mut impl FnMut(&StateKey) -> Option<Vec<u8>>,
    key: &StateKey,
) -> Result<RecordCounts, ListError> {
    let value = read(key).map(|value| CountsValue::<RecordCounts>::from_bytes(&value)).transpose()?;
    Ok(value.map(|value| value.counts).unwrap_or_default())
}

/// Indexes of a page, newest first.
fn indexes(
    start: ListStart,
    count: u64,
    count_max: usize,
) -> Result<impl Iterator<Item = u64> + use<>, ListError> {
    let end = match start {
        ListStart::Newest => count,
        ListStart::Below(index) => index.min(count),
        ListStart::At(_) => return Err(ListError::Start),
    };
    Ok((0..end).rev().take(count_max))
}

fn linked(start: ListStart, newest: Option<[u8; 20]>) -> Result<Option<[u8; 20]>, ListError> {
    match start {
        ListStart::Newest => Ok(newest),
        ListStart::At(id) => Ok(Some(id)),
        ListStart::Below(_) => Err(ListError::Start),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
