//! How much reading for others their questions may cost: the consensus thread does it.

use std::collections::BTreeMap;

use carechain_types::{ReplicaId, Span, Time};

use crate::limits::{ANSWER_BYTES_PER_SECOND_MAX, QUESTIONS_PER_SECOND_MAX};

/// What was answered to each member in its current second.
#[derive(Debug, Default)]
pub(crate) struct Answered(BTreeMap<ReplicaId, Second>);

#[derive(Debug, Default)]
struct Second {
    began: Time,
    questions: u32,
    bytes: usize,
}

impl Answered {
    /// Whether one more question of a member is answered now; who is not answered asks another.
    pub(crate) fn grants(&mut self, member: ReplicaId, now: Time) -> bool {
        let second = self.0.entry(member).or_default();
        if now >= second.began.after(Span::SECOND) {
            *second = Second { began: now, ..Second::default() };
        }
        second.questions += 1;
        second.questions <= QUESTIONS_PER_SECOND_MAX && second.bytes < ANSWER_BYTES_PER_SECOND_MAX
    }

    /// Bytes went to a member.
    pub(crate) fn spend(&mut self, member: ReplicaId, bytes: usize) {
        if let Some(second) = self.0.get_mut(&member) {
            second.bytes = second.bytes.saturating_add(bytes);
        }
    }
}

#[cfg(test)]
mod tests;
