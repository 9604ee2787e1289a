//! How much reading for others their questions may cost: the consensus thread does it.

use std::collections::BTreeMap;
use std::ops::Range;

use carechain_types::{Height, ReplicaId, Span, Time};

use crate::limits::{ANSWER_BYTES_PER_SECOND_MAX, FETCH_PATIENCE, QUESTIONS_PER_SECOND_MAX};

/// What was answered to each member.
#[derive(Debug, Default)]
pub(crate) struct Answered(BTreeMap<ReplicaId, ToMember>);

#[derive(Debug, Default)]
struct ToMember {
    second: Second,
    blocks: Option<SentBlocks>,
}

/// The member's current second.
#[derive(Debug, Default)]
struct Second {
    began: Time,
    questions: u32,
    bytes: usize,
}

/// Consecutive blocks on their way to the member.
#[derive(Clone, Debug)]
struct SentBlocks {
    heights: Range<Height>,
    at: Time,
}

impl SentBlocks {
    /// Half the time after which a member asks again: a question that comes earlier crossed its answer.
    fn is_on_its_way(&self, now: Time) -> bool {
        now < self.at.after(FETCH_PATIENCE.half())
    }
}

impl Answered {
    /// Whether one more question of a member is answered now; who is not answered asks another.
    pub(crate) fn grants(&mut self, member: ReplicaId, now: Time) -> bool {
        let second = &mut self.0.entry(member).or_default().second;
        if now >= second.began.after(Span::SECOND) {
            *second = Second { began: now, ..Second::default() };
        }
        second.questions += 1;
        second.questions <= QUESTIONS_PER_SECOND_MAX && second.bytes < ANSWER_BYTES_PER_SECOND_MAX
    }

    /// Bytes were read for a member or went to it.
    pub(crate) fn spend(&mut self, member: ReplicaId, bytes: usize) {
        if let Some(to) = self.0.get_mut(&member) {
            to.second.bytes = to.second.bytes.saturating_add(bytes);
        }
    }

    #[cfg(test)]
    pub(crate) fn spent(&self, member: ReplicaId) -> usize {
        self.0.get(&member).map_or(0, |to| to.second.bytes)
    }

    /// The first height, from `from` on, that is not on its way to the member already.
    pub(crate) fn first_unsent(&self, member: ReplicaId, from: Height, now: Time) -> Height {
        let sent = self.0.get(&member).and_then(|to| to.blocks.as_ref());
        let on_its_way = sent.filter(|sent| sent.heights.contains(&from) && sent.is_on_its_way(now));
        on_its_way.map_or(from, |sent| sent.heights.end)
    }

    /// The blocks of these heights, if any, went to a member.
    pub(crate) fn note_blocks(&mut self, member: ReplicaId, heights: Range<Height>, now: Time) {
        let Some(to) = self.0.get_mut(&member).filter(|_| !heights.is_empty()) else { return };
        let before =
            to.blocks.take().filter(|sent| sent.heights.end == heights.start && sent.is_on_its_way(now));
        let start = before.map_or(heights.start, |sent| sent.heights.start);
        to.blocks = Some(SentBlocks { heights: start..heights.end, at: now });
    }
}

#[cfg(test)]
mod tests;
