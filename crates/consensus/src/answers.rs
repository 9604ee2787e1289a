//! How much of this replica's time and bandwidth its peers may ask for.

use std::collections::BTreeMap;

use carechain_types::{Height, ReplicaId, Span, Time};

use crate::limits::ANSWERS_PER_SECOND_MAX;

/// What was answered to whom lately.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    certificates: BTreeMap<ReplicaId, (Height, Time)>,
    new_views: BTreeMap<ReplicaId, Time>,
    fetches: BTreeMap<ReplicaId, (Time, u32)>,
}

impl Answers {
    /// Whether a late vote or head of `member` gets the certificate of `height` now: each height once an interval.
    pub(crate) fn grants_certificate(
        &mut self,
        member: ReplicaId,
        height: Height,
        now: Time,
        every: Span,
    ) -> bool {
        let last = self.certificates.get(&member);
        if last.is_some_and(|(answered, at)| *answered >= height && now < at.after(every)) {
            return false;
        }
        self.certificates.insert(member, (height, now));
        true
    }

    /// Whether a late VIEW-CHANGE of `member` gets the NEW-VIEW now.
    pub(crate) fn grants_new_view(&mut self, member: ReplicaId, now: Time, every: Span) -> bool {
        if self.new_views.get(&member).is_some_and(|at| now < at.after(every)) {
            return false;
        }
        self.new_views.insert(member, now);
        true
    }

    /// Whether one more fetch of `member` is answered in this second.
    pub(crate) fn grants_fetch(&mut self, member: ReplicaId, now: Time) -> bool {
        let (since, count) = self.fetches.entry(member).or_insert((now, 0));
        if now >= since.after(Span::SECOND) {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= ANSWERS_PER_SECOND_MAX
    }
}
