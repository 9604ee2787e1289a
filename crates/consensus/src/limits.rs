//! Every bound of this crate, with its reason.

use carechain_types::Span;
use carechain_types::limits::{CLOCK_SKEW_MAX, PREPARED_MAX};

/// Heights in flight that a cluster may set. With more, a view change can start on a block that is certified while its
/// ancestors have no certificate of their own, which the ledger and every proof want: a replica without them is stuck
/// there. The engine executes on its committed head only, so more would not be faster either. Tests of the rules, which
/// are written for any window, go further.
pub const WINDOW_MAX: u16 = 1;
/// How far beyond the allowed skew a proposal's time may be for it to become due: as much again.
pub const CLOCK_AHEAD_HELD_MAX: Span = CLOCK_SKEW_MAX;
/// Commit certificates kept in memory to answer peers that are slightly behind; older ones come from the ledger.
pub const CERTIFICATES_KEPT: usize = 16;
/// Steps of the doubling backoff: 2^10 times any base is above every cap that makes sense.
pub const BACKOFF_DOUBLINGS_MAX: u32 = 10;
/// Distinct things that one step asks peers for: two VIEW-CHANGE rounds of the largest cluster.
pub const FETCHES_MAX: usize = 512;
/// Distinct wants of one peer that are answered in one second: a whole NEW-VIEW of the largest cluster.
pub const ANSWERS_PER_SECOND_MAX: u32 = 1_024;

/// Prepared blocks that a VIEW-CHANGE may report: an honest one has at most one window of them.
#[must_use]
pub const fn prepared_max(window: u16) -> usize {
    2 * window as usize
}

/// Votes of one phase kept for one member: one window below the committed height, two above, and some.
#[must_use]
pub const fn votes_per_member_max(window: u16) -> usize {
    4 * window as usize + 4
}

/// Proposals of one member kept until their parent is there or their view is entered.
#[must_use]
pub const fn proposals_per_member_max(window: u16) -> usize {
    window as usize + 1
}

const _: () = assert!(prepared_max(WINDOW_MAX) <= PREPARED_MAX);
