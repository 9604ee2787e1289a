//! This machine's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use carechain_types::Time;

/// The time by it.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_micros(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}
