//! What goes wrong, as planned.

use carechain_consensus::ClockOffset;
use carechain_types::{ReplicaId, Span};

use crate::disk::Operation;

/// One planned fault.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// The member's power fails at the boundary after so many more ones, or after a while if it reaches none.
    PowerFails { member: ReplicaId, boundaries: u64 },
    /// The member's disk refuses one operation of a kind, behind so many that it carries out.
    DiskFails { member: ReplicaId, operation: Operation, successes: u64 },
    /// These links carry nothing for a while.
    Cut { links: Vec<(ReplicaId, ReplicaId)>, lasts: Span },
    /// The member's process takes no turn for a while; what is said to it waits.
    Freezes { member: ReplicaId, lasts: Span },
    /// The member is told to withhold its votes for a while.
    Withholds { member: ReplicaId, lasts: Span },
    /// The clocks on the wall of these members are set wrong, all alike, and right again after a while.
    ClocksOff { members: Vec<ReplicaId>, offset: ClockOffset, lasts: Span },
}
