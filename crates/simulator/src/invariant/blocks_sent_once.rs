//! A committed block goes to a correct member once, and again only where an answer was lost or late: not more often than
//! the member's patience with each answer allows.
//!
//! Source: 48 blocks that our engine asked for 48 times and was sent 648 times; openraft#1808.

use std::collections::BTreeMap;

use carechain_engine::limits::FETCH_PATIENCE;
use carechain_types::{Height, ReplicaId, Time};

use crate::violation::Violation;

/// What was sent to each life of each correct member: since when, and how often.
#[derive(Debug, Default)]
pub(crate) struct BlocksSentOnce {
    sent: BTreeMap<(ReplicaId, u64, Height), (Time, u64)>,
}

impl BlocksSentOnce {
    /// A correct member sends a block to a correct one, which is in some life.
    pub(crate) fn sent(
        &mut self,
        (to, life): (ReplicaId, u64),
        height: Height,
        now: Time,
    ) -> Result<(), Violation> {
        let (first, times) = self.sent.entry((to, life, height)).or_insert((now, 0));
        *times += 1;
        let within = now.since(*first);
        if *times <= TIMES_AT_ONCE + within.as_micros() / FETCH_PATIENCE.half().as_micros() {
            return Ok(());
        }
        Err(Violation::SentAgain { to, height, times: *times, within })
    }
}

/// A question that crossed its answer, and one to a member that has just restarted and knows of no answer.
const TIMES_AT_ONCE: u64 = 2;
