//! When to dial whom again: capped exponential pauses with jitter. Time and randomness are arguments.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use libp2p::PeerId;

use crate::limits::{REDIAL_PAUSE_MAX, REDIAL_PAUSE_MIN};

/// The members this node dials.
#[derive(Debug)]
pub(crate) struct Dialer {
    peers: BTreeMap<PeerId, Pause>,
    jitter: Jitter,
}

#[derive(Clone, Copy, Debug)]
struct Pause {
    /// The next pause, before jitter.
    length: Duration,
    /// When to dial; `None` while a dial runs or a connection stands.
    due: Option<Instant>,
}

/// SplitMix64: jitter needs no more.
#[derive(Debug)]
struct Jitter(u64);

impl Dialer {
    pub(crate) const fn new(jitter_seed: u64) -> Self {
        Self { peers: BTreeMap::new(), jitter: Jitter(jitter_seed) }
    }

    /// Dials exactly these from now on; new ones at once.
    pub(crate) fn set_peers(&mut self, peers: impl Iterator<Item = PeerId>, now: Instant) {
        let mut old = core::mem::take(&mut self.peers);
        let fresh = Pause { length: REDIAL_PAUSE_MIN, due: Some(now) };
        self.peers = peers.map(|peer| (peer, old.remove(&peer).unwrap_or(fresh))).collect();
    }

    /// The dial failed or the connection ended: again after a pause, and a longer one the next time.
    pub(crate) fn failed(&mut self, peer: PeerId, now: Instant) {
        let Some(pause) = self.peers.get_mut(&peer) else { return };
        if pause.due.is_none() {
            pause.due = Some(now + self.jitter.spread(pause.length));
            pause.length = (pause.length * 2).min(REDIAL_PAUSE_MAX);
        }
    }

    /// A link stands: the next pause is short again.
    pub(crate) fn succeeded(&mut self, peer: PeerId) {
        if let Some(pause) = self.peers.get_mut(&peer) {
            pause.length = REDIAL_PAUSE_MIN;
        }
    }

    /// The peer cannot be talked to until somebody changes its configuration or ours.
    pub(crate) fn refused(&mut self, peer: PeerId) {
        if let Some(pause) = self.peers.get_mut(&peer) {
            pause.length = REDIAL_PAUSE_MAX;
        }
    }

    /// Takes the peers that are due.
    pub(crate) fn take_due(&mut self, now: Instant) -> Vec<PeerId> {
        let is_due = |pause: &Pause| pause.due.is_some_and(|due| due <= now);
        let due = self.peers.iter_mut().filter(|(_, pause)| is_due(pause));
        due.map(|(peer, pause)| {
            pause.due = None;
            *peer
        })
        .collect()
    }

    /// When [`Self::take_due`] next has something.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.peers.values().filter_map(|pause| pause.due).min()
    }
}

impl Jitter {
    /// Half to one and a half times the length.
    fn spread(&mut self, length: Duration) -> Duration {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let thousandths = u32::try_from(mixed % 1_000).expect("below one thousand");
        length / 2 + length * thousandths / 1_000
    }
}

#[cfg(test)]
mod tests;
