//! When a node says that it keeps up.

use carechain_consensus::{Phase, Status};
use carechain_schema::SyncState;
use carechain_types::{Height, ReplicaId, View};

use super::sync;

#[test]
fn node_keeps_up_unless_somebody_showed_more_than_one_block_above_it() {
    let at =
        |phase| Status { view: View::ZERO, primary: ReplicaId::new(0), committed: Height::new(7), phase };
    let certified = |height| Phase::CatchingUp { certified: Height::new(height) };
    for (phase, seen, expected) in [
        (Phase::Idle, 7, SyncState::AtHead),
        (Phase::Idle, 8, SyncState::AtHead),
        (Phase::Idle, 9, SyncState::CatchingUp),
        (certified(8), 8, SyncState::AtHead),
        (certified(9), 7, SyncState::CatchingUp),
        (Phase::WaitingForNewView, 7, SyncState::AtHead),
        (Phase::Stopped, 9, SyncState::Halted),
    ] {
        assert_eq!(sync(&at(phase.clone()), Height::new(seen)), expected, "{phase:?} {seen}");
    }
}
