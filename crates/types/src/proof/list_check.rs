//! Which lists a set of proofs claims to show, and which of them are whole: what an offline verifier concludes from files
//! alone.

use std::collections::BTreeMap;

use super::list::{ListGap, ListName, ListWalk, WholeList};
use super::verify::{VerifiedClaim, VerifiedProof};
use crate::exchange::ListKind;
use crate::state::{
    CountsValue, GrantValue, PersonCounts, RecordCounts, RequestValue, StateKey, StateTag, StateValue as _,
};

/// One list that the proofs claim to show.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListCheck {
    /// Which list.
    pub name: ListName,
    /// The list, or why it is not whole.
    pub whole: Result<WholeList, ListGap>,
}

/// Every list of which the proofs show an entry or the counter, each whole or with the reason why not.
///
/// One counter stands for a patient's records, requests and grants alike: a list of the three that the counter says is
/// not empty, and of which there is no entry, is not claimed as long as an entry of another one is there.
#[must_use]
pub fn check_lists(proofs: &[VerifiedProof]) -> Vec<ListCheck> {
    let mut claimed: BTreeMap<ListName, usize> = BTreeMap::new();
    for claim in proofs.iter().flat_map(|proof| &proof.claims) {
        if let Some(name) = list_of_entry(claim) {
            *claimed.entry(name).or_default() += 1;
        }
    }
    for proof in proofs {
        for name in proof.claims.iter().flat_map(|claim| lists_of_counter(proof, claim)) {
            claimed.entry(name).or_default();
        }
    }
    let unclaimed = |name: &ListName, entries: usize, whole: &Result<WholeList, ListGap>| {
        let others = [ListKind::Records, ListKind::Requests, ListKind::Grants];
        let other_shown = others
            .iter()
            .any(|kind| claimed.get(&ListName { kind: *kind, ..*name }).is_some_and(|entries| *entries > 0));
        entries == 0 && whole.is_err() && others.contains(&name.kind) && other_shown
    };
    let checked = claimed.iter().map(|(name, entries)| (name, *entries, check(*name, proofs)));
    checked
        .filter(|(name, entries, whole)| !unclaimed(name, *entries, whole))
        .map(|(name, _, whole)| ListCheck { name: *name, whole })
        .collect()
}

/// The list that a claim is an entry of.
fn list_of_entry(claim: &VerifiedClaim) -> Option<ListName> {
    let StateKey { tag, id, .. } = claim.key;
    let list = |kind, subject| Some(ListName { kind, subject });
    match tag {
        StateTag::Access => list(ListKind::Audit, id),
        StateTag::Attempt => list(ListKind::Attempts, id),
        StateTag::EhrByPatient => list(ListKind::Records, id),
        StateTag::Request => {
            let value = claim.value::<RequestValue>().ok()??;
            list(ListKind::Requests, *value.patient.get())
        }
        StateTag::Grant => {
            let value = claim.value::<GrantValue>().ok()??;
            list(ListKind::Grants, *value.patient.get())
        }
        _ => None,
    }
}

/// The lists that a claim is the counter of. An absent counter says nothing about whose it is: it is a record's where the
/// same proof speaks of that record, as an audit does, and otherwise a person's.
fn lists_of_counter(proof: &VerifiedProof, claim: &VerifiedClaim) -> Vec<ListName> {
    let StateKey { tag, id: subject, .. } = claim.key;
    let of = |kinds: &[ListKind]| kinds.iter().map(|kind| ListName { kind: *kind, subject }).collect();
    let of_record = [ListKind::Audit];
    let of_person = [ListKind::Records, ListKind::Requests, ListKind::Grants];
    match (tag, claim.bytes()) {
        (StateTag::AttemptCounts, _) => of(&[ListKind::Attempts]),
        (StateTag::Counts, Some(bytes)) if CountsValue::<RecordCounts>::from_bytes(bytes).is_ok() => {
            of(&of_record)
        }
        (StateTag::Counts, Some(bytes)) if CountsValue::<PersonCounts>::from_bytes(bytes).is_ok() => {
            of(&of_person)
        }
        (StateTag::Counts, None) => {
            let record = StateKey { tag: StateTag::Ehr, id: subject, index: 0 };
            if proof.claim(&record).is_some() { of(&of_record) } else { of(&of_person) }
        }
        _ => Vec::new(),
    }
}

/// Walks one list through all proofs, from each counter in turn until one shows it whole.
fn check(name: ListName, proofs: &[VerifiedProof]) -> Result<WholeList, ListGap> {
    let mut gap = None;
    for counter in proofs.iter().filter(|proof| proof.claim(&name.counter()).is_some()) {
        match walk(name, counter, proofs) {
            Ok(whole) => return Ok(whole),
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    Err(gap.unwrap_or(ListGap::NoCounter { list: name }))
}

fn walk(name: ListName, counter: &VerifiedProof, proofs: &[VerifiedProof]) -> Result<WholeList, ListGap> {
    let mut walk = ListWalk::begin(name, counter)?;
    loop {
        let mut taken = 0;
        for proof in proofs {
            taken += walk.take(proof)?.len();
        }
        if taken == 0 {
            return walk.finish();
        }
    }
}
