//! What is refused, told to the operator: every refusal is counted by its reason, and the first of a reason and an
//! address in a while stands in the log.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::limits::{REFUSAL_LINE_PAUSE, REFUSAL_LINES_MAX};

/// Remembers what the log has said lately. Crash: forgotten with the process.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<BTreeMap<(&'static str, IpAddr), Lately>>);

/// Refusals of one reason to one address.
#[derive(Clone, Copy, Debug)]
struct Lately {
    /// When the log said so.
    said: Instant,
    /// How many there were since.
    since: u64,
}

impl Refusals {
    /// Writes a line if there was none of this reason and address in a while; gives whether there is one.
    pub(crate) fn tell(&self, reason: &'static str, address: IpAddr, now: Instant) -> bool {
        let mut lately = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = lately.get_mut(&(reason, address));
        if let Some(before) = before
            && now.duration_since(before.said) < REFUSAL_LINE_PAUSE
        {
            before.since += 1;
            return false;
        }
        if lately.len() >= REFUSAL_LINES_MAX {
            lately.retain(|_, entry| now.duration_since(entry.said) < REFUSAL_LINE_PAUSE);
        }
        // A flood from so many addresses is counted and not told line by line.
        if lately.len() >= REFUSAL_LINES_MAX {
            return false;
        }
        let before = lately.insert((reason, address), Lately { said: now, since: 0 });
        let not_told = before.map_or(0, |before| before.since);
        drop(lately);
        tracing::warn!(reason, %address, not_told, "calls of a client are refused");
        true
    }
}

#[cfg(test)]
mod tests;
