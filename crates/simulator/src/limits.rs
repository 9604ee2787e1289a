//! Every bound of this crate, with its reason.

use carechain_types::Span;

/// Keys prepared for enrolments: more than one world submits.
pub(crate) const ENROLMENTS_MAX: usize = 40;
/// Transactions of one world: enough blocks for every fault to meet one, few enough for thousands of worlds a minute.
pub(crate) const REQUESTS_MAX: u64 = 14;
/// After the faults stop, everything must be settled within this simulated time: a suspicion and a NEW-VIEW patience at
/// their cap for each of f + 1 primaries that may fail, twice over.
pub(crate) const SETTLED_WITHIN: Span = Span::SECOND.times(60);
/// Events of one world: ten times what the busiest was seen to need; beyond it something talks without end.
pub(crate) const EVENTS_MAX: u64 = 1_000_000;
/// How long a client waits before it asks another node.
pub(crate) const CLIENT_PATIENCE: Span = Span::from_millis(700);
/// How long a member takes from a message's arrival to its turn, at most: what arrives meanwhile shares the turn.
pub(crate) const TURN_DELAY_MAX: Span = Span::from_micros(400);
/// Messages that an adversary remembers.
pub(crate) const REMEMBERED_MAX: usize = 200;

const _: () = assert!(REQUESTS_MAX as usize + 2 <= ENROLMENTS_MAX);
