//! What of the status comes from the engine, taken between two turns.

use carechain_consensus::Status;
use carechain_schema::{HeadLine, Timestamp};
use carechain_types::Time;

use crate::engine_thread::NodeEngine;

/// One look at the engine.
#[derive(Clone, Debug)]
pub(super) struct EngineView {
    /// The newest committed block.
    pub head: HeadLine,
    /// Where the replica stands.
    pub replica: Status,
    /// Transactions that wait.
    pub waiting: usize,
}

impl EngineView {
    /// Looks.
    #[must_use]
    pub(super) fn of(engine: &NodeEngine) -> Self {
        let ledger = engine.ledger();
        Self {
            head: HeadLine {
                height: ledger.head().height.get(),
                block_id: ledger.head_id().to_hex(),
                block_time: timestamp(ledger.head().time),
            },
            replica: engine.status(),
            waiting: engine.waiting_transactions().0,
        }
    }
}

/// Time as documents carry it.
#[must_use]
pub(super) fn timestamp(time: Time) -> Timestamp {
    Timestamp::from_microseconds(time.as_micros()).unwrap_or(Timestamp::MAX)
}
