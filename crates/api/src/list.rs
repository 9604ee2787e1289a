//! Which claims show a page of a list whole: the counters, and every entry from the start of the page downwards.
//!
//! Indexed lists (records, audit, attempts) run from the newest index down; linked lists (requests, grants) follow
//! `previous` from the newest, which the counters name.

use carechain_crypto::{AccessRequestId, EhrId, GrantId, PersonId};
use carechain_types::{
    AttemptCounts, CountsValue, DecodeError, EhrByPatientValue, GrantValue, HospitalCounts, ListKind,
    ListQuery, ListStart, PersonCounts, RecordCounts, RequestValue, StateKey, StateTag, StateValue,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::limits::LIST_COUNT_MAX;

/// Why a list has no page.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ListError<E> {
    /// The state cannot be read: the caller stops the node.
    #[error("the state cannot be read: {0}")]
    Unreadable(E),
    /// The start is of another sort than the list has.
    #[error("this list does not start there")]
    Start,
    /// The subject has counters, and not those of such a list: it is a person, a record or a hospital, and not the other.
    #[error("the subject has no such list")]
    Kind,
    /// A value in the state is not what its key says: the node's storage is damaged.
    #[error("a value of the list is malformed: {0}")]
    Value(DecodeError),
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

/// The key of a list's counters. Who may not see it learns nothing of the list, whether there is one or not: it is to be asked
/// before [`list_keys`] reads anything.
#[must_use]
pub fn counters_key(query: &ListQuery) -> StateKey {
    match query.kind {
        ListKind::Attempts => StateKey::attempt_counts(&PersonId::new(query.subject)),
        ListKind::Records | ListKind::Audit | ListKind::Requests | ListKind::Grants => {
            StateKey::counts(&query.subject)
        }
    }
}

/// The keys of one page, counters first; `read` gives the value under a key in one fixed state.
///
/// # Errors
/// See [`ListError`].
pub fn list_keys<E>(
    query: &ListQuery,
    mut read: impl FnMut(&StateKey) -> Result<Option<Vec<u8>>, E>,
) -> Result<Vec<StateKey>, ListError<E>> {
    let count_max = usize::from(query.count_max.min(LIST_COUNT_MAX));
    let counts = counters_key(query);
    let mut keys = vec![counts];
    match query.kind {
        ListKind::Records => {
            let person = PersonId::new(query.subject);
            let count = counts_of::<PersonCounts, E>(&mut read, &counts)?.records;
            for index in indexes(query.start, count, count_max)? {
                let by_patient = StateKey::ehr_by_patient(&person, index);
                keys.push(by_patient);
                if let Some(value) = read_value::<EhrByPatientValue, E>(&mut read, &by_patient)? {
                    keys.push(StateKey::ehr(&value.ehr_id));
                }
            }
        }
        ListKind::Audit => {
            let ehr_id = EhrId::new(query.subject);
            let count = counts_of::<RecordCounts, E>(&mut read, &counts)?.access_entries;
            let entries = indexes(query.start, count, count_max)?;
            keys.push(StateKey::ehr(&ehr_id));
            keys.extend(entries.map(|index| StateKey::access(&ehr_id, index)));
        }
        ListKind::Attempts => {
            let person = PersonId::new(query.subject);
            let count = counts_of::<AttemptCounts, E>(&mut read, &counts)?.attempts;
            let entries = indexes(query.start, count, count_max)?;
            keys.extend(entries.map(|index| StateKey::attempt(&person, index)));
        }
        ListKind::Requests => {
            let newest = counts_of::<PersonCounts, E>(&mut read, &counts)?.newest_request;
            let mut next = linked(query.start, newest.map(|id| *id.get()))?.map(AccessRequestId::new);
            while let Some(id) = next.filter(|_| keys.len() <= count_max) {
                let key = StateKey::request(&id);
                keys.push(key);
                next = read_value::<RequestValue, E>(&mut read, &key)?.and_then(|value| value.previous);
            }
        }
        ListKind::Grants => {
            let newest = counts_of::<PersonCounts, E>(&mut read, &counts)?.newest_grant;
            let mut next = linked(query.start, newest.map(|id| *id.get()))?.map(GrantId::new);
            while let Some(id) = next.filter(|_| keys.len() <= count_max) {
                let key = StateKey::grant(&id);
                keys.push(key);
                next = read_value::<GrantValue, E>(&mut read, &key)?.and_then(|value| value.previous);
            }
        }
    }
    Ok(keys)
}

fn read_value<V: StateValue, E>(
    read: &mut impl FnMut(&StateKey) -> Result<Option<Vec<u8>>, E>,
    key: &StateKey,
) -> Result<Option<V>, ListError<E>> {
    let bytes = read(key).map_err(ListError::Unreadable)?;
    bytes.map(|bytes| V::from_bytes(&bytes)).transpose().map_err(ListError::Value)
}

fn counts_of<C: Default + Serialize + DeserializeOwned, E>(
    read: &mut impl FnMut(&StateKey) -> Result<Option<Vec<u8>>, E>,
    key: &StateKey,
) -> Result<C, ListError<E>> {
    let Some(bytes) = read(key).map_err(ListError::Unreadable)? else { return Ok(C::default()) };
    let value = CountsValue::<C>::from_bytes(&bytes);
    let others = [is::<PersonCounts>, is::<RecordCounts>, is::<HospitalCounts>];
    value.map(|value| value.counts).map_err(|error| {
        if others.iter().any(|is_other| is_other(&bytes)) { ListError::Kind } else { ListError::Value(error) }
    })
}

/// Whether bytes are counters of one kind: persons, records and hospitals share one sort of key.
fn is<C: Serialize + DeserializeOwned>(bytes: &[u8]) -> bool {
    CountsValue::<C>::from_bytes(bytes).is_ok()
}

/// Indexes of a page, newest first.
fn indexes<E>(
    start: ListStart,
    count: u64,
    count_max: usize,
) -> Result<impl Iterator<Item = u64> + use<E>, ListError<E>> {
    let end = match start {
        ListStart::Newest => count,
        ListStart::Below(index) => index.min(count),
        ListStart::At(_) => return Err(ListError::Start),
    };
    Ok((0..end).rev().take(count_max))
}

fn linked<E>(start: ListStart, newest: Option<[u8; 20]>) -> Result<Option<[u8; 20]>, ListError<E>> {
    match start {
        ListStart::Newest => Ok(newest),
        ListStart::At(id) => Ok(Some(id)),
        ListStart::Below(_) => Err(ListError::Start),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
