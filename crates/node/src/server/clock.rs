//! The node's clock: UTC microseconds that never go back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use carechain_types::Time;

/// The system's clock, held at its highest reading when it is set back. Cheap to clone; clones share the reading.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock(Arc<AtomicU64>);

impl Clock {
    /// Now.
    #[must_use]
    pub(super) fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let micros = u64::try_from(since.as_micros()).unwrap_or(u64::MAX);
        Time::from_micros(self.0.fetch_max(micros, Ordering::Relaxed).max(micros))
    }
}
