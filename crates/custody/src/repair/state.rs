//! Repair: the files that are not known to be whole here.

use std::collections::{BTreeMap, BTreeSet};

use carechain_crypto::{Commitment, HospitalId};
use carechain_types::{Span, Time};

use super::file::{HeldFile, Lacking, OtherCopies, Retry};
use crate::limits::{COMPLETION_GRACE, COPIES_DEFAULT, PENDING_MAX, REPAIR_RETRY_MIN, REPAIRS_MAX};
use crate::placement::{Candidate, holders, ranking};

/// How to repair.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RepairSettings {
    /// Copies of a file.
    pub copies: usize,
    /// Fetches at once.
    pub fetches_max: usize,
    /// How long a new file is left to its publisher.
    pub grace: Span,
    /// First wait after a failure; doubles.
    pub retry_min: Span,
    /// Files that may be pending.
    pub pending_max: usize,
}

impl Default for RepairSettings {
    fn default() -> Self {
        Self {
            copies: COPIES_DEFAULT,
            fetches_max: REPAIRS_MAX,
            grace: COMPLETION_GRACE,
            retry_min: REPAIR_RETRY_MIN,
            pending_max: PENDING_MAX,
        }
    }
}

/// What is known of a pending file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Need {
    /// To be checked when due.
    Check,
    /// Asked, no answer yet.
    Checking,
    /// To be fetched when due.
    Fetch(Lacking),
    /// Being fetched.
    Fetching(Lacking),
}

/// A file that is not known to be whole here.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) file: HeldFile,
    pub(super) retry: Retry,
    pub(super) need: Need,
    /// As the last fetch of this run that failed has it.
    pub(super) others: OtherCopies,
}

/// Copies that this hospital must hold and does not hold whole.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct BelowPolicy {
    /// How many files.
    pub files: u64,
    /// Those of them of which no hospital has what is lacking here.
    pub lost: u64,
    /// When the first of them was seen not to be whole; `None` if all are.
    pub since: Option<Time>,
}

/// Repair of one hospital's copies. See the module for its rules.
#[derive(Clone, Debug)]
pub struct Repair {
    pub(super) own: HospitalId,
    pub(super) settings: RepairSettings,
    pub(super) candidates: Vec<Candidate>,
    pub(super) pending: BTreeMap<Commitment, Pending>,
    /// By when they are due: those waiting for a check or a fetch.
    pub(super) waiting: BTreeSet<(Time, Commitment)>,
    pub(super) fetching: usize,
}

impl Repair {
    /// Nothing pending; give it [`super::RepairInput::Members`] first.
    #[must_use]
    pub const fn new(own: HospitalId, settings: RepairSettings) -> Self {
        Self {
            own,
            settings,
            candidates: Vec::new(),
            pending: BTreeMap::new(),
            waiting: BTreeSet::new(),
            fetching: 0,
        }
    }

    /// Files not known to be whole here.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Files not known to be whole here and not tried yet.
    #[must_use]
    pub fn untried(&self) -> usize {
        self.pending.values().filter(|pending| pending.retry.failures == 0).count()
    }

    /// Files that placement names this hospital for and that are known not to be whole here.
    #[must_use]
    pub fn below_policy(&self) -> BelowPolicy {
        let lacking = self
            .pending
            .values()
            .filter_map(|pending| pending.retry.lacking_since.map(|since| (since, pending.others)));
        lacking.fold(BelowPolicy::default(), |below, (since, others)| BelowPolicy {
            files: below.files + 1,
            lost: below.lost + u64::from(others == OtherCopies::NoneLeft),
            since: Some(below.since.map_or(since, |earliest| earliest.min(since))),
        })
    }

    /// Whether so much room is free again that files which were dropped can be given once more: half of all.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.pending.len() <= self.settings.pending_max / 2
    }

    /// Whether placement names this hospital for the file.
    #[must_use]
    pub fn is_mine(&self, file: &HeldFile) -> bool {
        holders(&file.upload, &file.publishing_hospital, &self.candidates, self.settings.copies)
            .contains(&self.own)
    }

    /// Others in the order of rank: first those that must hold it, then those that may from an earlier membership.
    pub(super) fn sources(&self, file: &HeldFile) -> Vec<HospitalId> {
        let mut sources = ranking(&file.upload, &file.publishing_hospital, &self.candidates);
        sources.retain(|hospital| *hospital != self.own);
        sources
    }
}
