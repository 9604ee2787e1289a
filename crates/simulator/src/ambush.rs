//! An ambush: one member is caught in the turn in which it votes for a block and commits it at once.
//!
//! ```text
//!             before            while the victim sleeps         after it woke
//!  victim     votes PREPARE ──► sleeps; all votes wait ───────► votes and commits in one turn, which its disk fails
//!  witnesses  hear everybody    vote; not heard by the others   cut off, with the votes that they know of
//!  others     hear everybody    see too few votes               left with the victim and the Byzantine members
//! ```
//!
//! So the Byzantine members and the witnesses hold all votes for the block but one, the victim's. If that one leaves the
//! victim and is forgotten, victim, others and Byzantine members are a quorum that may commit another block.
//!
//! Source: an engine of ours that handed out a block ahead of the sync of its own COMMIT in the block's certificate.

use std::collections::BTreeMap;

use carechain_types::{ReplicaId, Span};

use crate::disk::Operation;
use crate::random::Random;
use crate::sin::Sin;

/// Who is caught, and how.
#[derive(Clone, Debug)]
pub(crate) struct Ambush {
    pub(crate) victim: ReplicaId,
    /// Correct members whose votes for the victim's block only victim and Byzantine members hear.
    pub(crate) witnesses: Vec<ReplicaId>,
    /// The other correct members, which never see enough votes.
    pub(crate) others: Vec<ReplicaId>,
    /// It is sprung when the victim has sent so many PREPAREs.
    pub(crate) prepares: u64,
    /// For how long the victim takes no turn then.
    pub(crate) sleeps: Span,
    /// For how long the witnesses are alone behind that.
    pub(crate) lasts: Span,
    pub(crate) blow: Blow,
}

/// What strikes the victim in its turn after the sleep.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Blow {
    /// Its disk refuses an operation of a kind, behind so many that succeed.
    Disk { operation: Operation, successes: u64 },
    /// Its power fails at a boundary, behind so many more.
    Power { boundaries: u64 },
}

impl Ambush {
    /// Among so many members of whom as many sin as may: every one of them lies in wait.
    pub(crate) fn draw(members: u16, random: &mut Random) -> (Self, BTreeMap<ReplicaId, Sin>) {
        let mut left: Vec<_> = (0..members).map(ReplicaId::new).collect();
        let mut take = |random: &mut Random, count: u16| -> Vec<_> {
            (0..count).map(|_| left.swap_remove(random.index(left.len()))).collect()
        };
        let sinners = take(random, (members - 1) / 3);
        let victim = take(random, 1)[0];
        let witnesses = take(random, (members - 1) / 3);
        let ambush = Self {
            victim,
            witnesses,
            others: left,
            prepares: random.between(1, 4),
            sleeps: random.span(Span::from_millis(10), Span::from_millis(90)),
            lasts: random.span(Span::from_millis(200), Span::SECOND.times(3)),
            blow: match random.below(10) {
                0 => Blow::Power { boundaries: random.below(12) },
                1 => Blow::Disk { operation: Operation::Write, successes: random.below(8) },
                _ => Blow::Disk { operation: Operation::Sync, successes: 0 },
            },
        };
        (ambush, sinners.into_iter().map(|member| (member, Sin::Ambusher)).collect())
    }

    /// Links between witnesses and others, both ways: cut while the victim sleeps.
    pub(crate) fn links_between_sides(&self) -> Vec<(ReplicaId, ReplicaId)> {
        both_ways(&self.witnesses, &self.others)
    }

    /// Links between witnesses and the victim, both ways: cut once it has woken.
    pub(crate) fn links_to_victim(&self) -> Vec<(ReplicaId, ReplicaId)> {
        both_ways(&self.witnesses, &[self.victim])
    }
}

fn both_ways(left: &[ReplicaId], right: &[ReplicaId]) -> Vec<(ReplicaId, ReplicaId)> {
    let pairs = left.iter().flat_map(|left| right.iter().map(|right| (*left, *right)));
    pairs.flat_map(|(left, right)| [(left, right), (right, left)]).collect()
}
