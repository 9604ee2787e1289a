//! The one rule by which a list is whole: its counter bounds it, every entry the counter stands for is there, and heads
//! of a quorum say as of when.
//!
//! A client walks a list page by page while a node answers; an offline verifier walks the same way through files
//! ([`check_lists`](super::check_lists)). Both believe "whole" only from [`ListWalk::finish`].
//!
//! | list | counter | entries |
//! |---|---|---|
//! | audit | counts(ehr): n | access(ehr, 0..n) |
//! | attempts | `attempt_counts(person)`: n | attempt(person, 0..n) |
//! | records | counts(patient): n | `ehr_by_patient(patient, 0..n)`, each with the ehr(id) it names |
//! | requests, grants | counts(patient): the newest | each names the one before it, down to one that names none |
//!
//! The entries of a list only ever grow in number, so entries that stand in proofs of other heights than the counter do
//! not weaken it: the whole is as of the earliest time among the proofs that it is made of.

use core::fmt;
use std::collections::BTreeSet;

use carechain_crypto::{AccessRequestId, EhrId, GrantId, PersonId};

use super::verify::{VerifiedClaim, VerifiedProof};
use crate::codec::DecodeError;
use crate::exchange::{ListKind, ListStart};
use crate::state::{
    AccessValue, AttemptCounts, CountsValue, EhrByPatientValue, EhrValue, GrantValue, PersonCounts,
    RecordCounts, RequestValue, StateKey, StateValue,
};
use crate::time::Time;

/// Which list, and whose.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ListName {
    /// Which list.
    pub kind: ListKind,
    /// A person's id, or a record's for [`ListKind::Audit`].
    pub subject: [u8; 20],
}

impl ListName {
    /// The key whose value says how many entries there are, or which is the newest.
    #[must_use]
    pub const fn counter(&self) -> StateKey {
        match self.kind {
            ListKind::Attempts => StateKey::attempt_counts(&PersonId::new(self.subject)),
            ListKind::Audit | ListKind::Records | ListKind::Requests | ListKind::Grants => {
                StateKey::counts(&self.subject)
            }
        }
    }
}

impl fmt::Display for ListName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let person = PersonId::new(self.subject);
        match self.kind {
            ListKind::Records => write!(formatter, "the records of {person}"),
            ListKind::Requests => write!(formatter, "the requests to {person}"),
            ListKind::Grants => write!(formatter, "the grants of {person}"),
            ListKind::Audit => write!(formatter, "the access entries of {}", EhrId::new(self.subject)),
            ListKind::Attempts => write!(formatter, "the attempts of {person} on unknown records"),
        }
    }
}

/// Why a list is not shown whole. Whoever made the proofs left something out: ask for all of them again.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ListGap {
    /// Nothing says how many entries there are.
    #[error("{list}: the counter that says how many there are is missing")]
    NoCounter {
        /// Which list.
        list: ListName,
    },
    /// An entry that the counter stands for, or that a newer entry names, is in none of the proofs.
    #[error("{list}: {entry} is missing")]
    Missing {
        /// Which list.
        list: ListName,
        /// The newest entry that is missing.
        entry: StateKey,
    },
    /// A proof shows that an entry does not exist, although the counter stands for it: it is older than the counter.
    #[error("{list}: {entry} is shown absent by a proof that is older than the counter")]
    Absent {
        /// Which list.
        list: ListName,
        /// The entry.
        entry: StateKey,
    },
    /// The counter or an entry stands in a proof without a quorum of heads, so that newer entries may be hidden.
    #[error("{list}: no quorum of members says up to when nothing is missing")]
    NoTime {
        /// Which list.
        list: ListName,
    },
    /// The bytes of the counter or of an entry are not what their key says.
    #[error("{list}: the value of {key} is malformed: {error}")]
    Value {
        /// Which list.
        list: ListName,
        /// The key of the value.
        key: StateKey,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// Linked entries lead back to one of themselves.
    #[error("{list}: the entries lead back to {entry}")]
    Circle {
        /// Which list.
        list: ListName,
        /// The entry that came twice.
        entry: StateKey,
    },
}

/// A list of which nothing is missing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WholeList {
    /// Which list.
    pub name: ListName,
    /// Keys of its entries, newest first; of records those of the abstracts.
    pub entries: Vec<StateKey>,
    /// Nothing is missing up to then.
    pub complete_as_of: Time,
}

/// A walk through one list, from the newest entry to the oldest.
#[derive(Clone, Debug)]
pub struct ListWalk {
    name: ListName,
    next: Next,
    entries: Vec<StateKey>,
    /// The same keys, to notice one that comes again.
    seen: BTreeSet<StateKey>,
    complete_as_of: Time,
}

/// What the walk looks for next.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// So many entries are left, the next one at the index below.
    Below(u64),
    /// The entry with this id; none = the oldest was taken.
    Link(Option<[u8; 20]>),
}

impl ListWalk {
    /// Begins at the counter that a proof shows; an absent counter counts nothing.
    ///
    /// # Errors
    /// If the proof lacks the counter or a quorum of heads, or the counter is malformed.
    pub fn begin(name: ListName, proof: &VerifiedProof) -> Result<Self, ListGap> {
        let counter = proof.claim(&name.counter()).ok_or(ListGap::NoCounter { list: name })?;
        let next = match name.kind {
            ListKind::Audit => Next::Below(counts::<RecordCounts>(name, counter)?.access_entries),
            ListKind::Attempts => Next::Below(counts::<AttemptCounts>(name, counter)?.attempts),
            ListKind::Records => Next::Below(counts::<PersonCounts>(name, counter)?.records),
            ListKind::Requests => {
                Next::Link(counts::<PersonCounts>(name, counter)?.newest_request.map(|id| *id.get()))
            }
            ListKind::Grants => {
                Next::Link(counts::<PersonCounts>(name, counter)?.newest_grant.map(|id| *id.get()))
            }
        };
        let complete_as_of = proof.current_as_of.ok_or(ListGap::NoTime { list: name })?;
        Ok(Self { name, next, entries: Vec::new(), seen: BTreeSet::new(), complete_as_of })
    }

    /// Takes the entries that a proof shows, from where the walk stands down to the first one that it lacks; gives their
    /// keys, newest first.
    ///
    /// # Errors
    /// If the proof contradicts the counter, holds a malformed entry, or has no quorum of heads.
    pub fn take(&mut self, proof: &VerifiedProof) -> Result<Vec<StateKey>, ListGap> {
        let first = self.entries.len();
        while let Some(place) = self.missing() {
            let Some((entry, next)) = self.entry(proof, place)? else { break };
            if !self.seen.insert(entry) {
                return Err(ListGap::Circle { list: self.name, entry });
            }
            self.entries.push(entry);
            self.next = next;
        }
        let taken = self.entries[first..].to_vec();
        if !taken.is_empty() {
            let time = proof.current_as_of.ok_or(ListGap::NoTime { list: self.name })?;
            self.complete_as_of = self.complete_as_of.min(time);
        }
        Ok(taken)
    }

    /// The place of the next entry; none = the list is whole.
    #[must_use]
    pub fn missing(&self) -> Option<StateKey> {
        let subject = self.name.subject;
        match (self.name.kind, self.next) {
            (_, Next::Below(0) | Next::Link(None)) => None,
            (ListKind::Audit, Next::Below(count)) => Some(StateKey::access(&EhrId::new(subject), count - 1)),
            (ListKind::Attempts, Next::Below(count)) => {
                Some(StateKey::attempt(&PersonId::new(subject), count - 1))
            }
            (_, Next::Below(count)) => Some(StateKey::ehr_by_patient(&PersonId::new(subject), count - 1)),
            (ListKind::Grants, Next::Link(Some(id))) => Some(StateKey::grant(&GrantId::new(id))),
            (_, Next::Link(Some(id))) => Some(StateKey::request(&AccessRequestId::new(id))),
        }
    }

    /// Where the page starts that must come next; none = the list is whole.
    #[must_use]
    pub const fn next_page(&self) -> Option<ListStart> {
        match self.next {
            Next::Below(0) | Next::Link(None) => None,
            Next::Below(count) => Some(ListStart::Below(count)),
            Next::Link(Some(id)) => Some(ListStart::At(id)),
        }
    }

    /// The list, if nothing of it is missing.
    ///
    /// # Errors
    /// Names the newest entry that is missing.
    pub fn finish(self) -> Result<WholeList, ListGap> {
        match self.missing() {
            Some(entry) => Err(ListGap::Missing { list: self.name, entry }),
            None => {
                Ok(WholeList { name: self.name, entries: self.entries, complete_as_of: self.complete_as_of })
            }
        }
    }

    /// The entry at a place and what follows it; `None` if the proof does not show it.
    fn entry(&self, proof: &VerifiedProof, place: StateKey) -> Result<Option<(StateKey, Next)>, ListGap> {
        let entry = match (self.name.kind, self.next) {
            (ListKind::Audit | ListKind::Attempts, Next::Below(count)) => {
                self.shown::<AccessValue>(proof, place)?.map(|_| (place, Next::Below(count - 1)))
            }
            (_, Next::Below(count)) => {
                let Some(named) = self.shown::<EhrByPatientValue>(proof, place)? else { return Ok(None) };
                let record = StateKey::ehr(&named.ehr_id);
                self.shown::<EhrValue>(proof, record)?.map(|_| (record, Next::Below(count - 1)))
            }
            (ListKind::Grants, Next::Link(_)) => {
                let grant = self.shown::<GrantValue>(proof, place)?;
                grant.map(|grant| (place, Next::Link(grant.previous.map(|id| *id.get()))))
            }
            (_, Next::Link(_)) => {
                let request = self.shown::<RequestValue>(proof, place)?;
                request.map(|request| (place, Next::Link(request.previous.map(|id| *id.get()))))
            }
        };
        Ok(entry)
    }

    /// The value that a proof shows under a key; `None` if it says nothing about the key.
    fn shown<V: StateValue>(&self, proof: &VerifiedProof, key: StateKey) -> Result<Option<V>, ListGap> {
        let Some(claim) = proof.claim(&key) else { return Ok(None) };
        let value = claim.value().map_err(|error| ListGap::Value { list: self.name, key, error })?;
        value.map(Some).ok_or(ListGap::Absent { list: self.name, entry: key })
    }
}

fn counts<C>(list: ListName, claim: &VerifiedClaim) -> Result<C, ListGap>
where
    C: Default,
    CountsValue<C>: StateValue,
{
    let value: Option<CountsValue<C>> =
        claim.value().map_err(|error| ListGap::Value { list, key: claim.key, error })?;
    Ok(value.map(|value| value.counts).unwrap_or_default())
}
