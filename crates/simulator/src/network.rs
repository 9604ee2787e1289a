//! Links between members: delay, loss, duplication, reordering, cuts in one or both directions.

use carechain_types::{ReplicaId, Span, Time};

use crate::random::Random;

/// How good every link is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinkQuality {
    pub(crate) delay_min: Span,
    pub(crate) delay_max: Span,
    pub(crate) lost_per_mille: u64,
    pub(crate) doubled_per_mille: u64,
    /// Messages that take a hundred times as long.
    pub(crate) late_per_mille: u64,
    pub(crate) order: LinkOrder,
}

/// Whether a link keeps the order of its messages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum LinkOrder {
    /// As one stream does.
    Kept,
    /// Each message takes its own time.
    Shuffled,
}

impl LinkQuality {
    /// Links after the faults.
    pub(crate) const HEALTHY: Self = Self {
        delay_min: Span::from_micros(200),
        delay_max: Span::from_micros(2_000),
        lost_per_mille: 0,
        doubled_per_mille: 0,
        late_per_mille: 0,
        order: LinkOrder::Kept,
    };
}

/// All links of a world.
#[derive(Debug)]
pub(crate) struct Network {
    members: usize,
    quality: LinkQuality,
    /// Cuts in force for each link.
    cuts: Vec<u8>,
    /// When the last message of each link arrives.
    last: Vec<Time>,
    random: Random,
}

impl Network {
    pub(crate) fn new(members: u16, quality: LinkQuality, random: Random) -> Self {
        let members = usize::from(members);
        let links = members * members;
        Self { members, quality, cuts: vec![0; links], last: vec![Time::ZERO; links], random }
    }

    /// When a message sent now arrives: never, once or twice.
    pub(crate) fn arrivals(&mut self, now: Time, from: ReplicaId, to: ReplicaId) -> [Option<Time>; 2] {
        let link = self.link(from, to);
        if self.cuts[link] > 0 || self.random.chance(self.quality.lost_per_mille) {
            return [None; 2];
        }
        let first = self.arrival(now, link);
        let second = self.random.chance(self.quality.doubled_per_mille).then(|| self.arrival(now, link));
        [Some(first), second]
    }

    fn arrival(&mut self, now: Time, link: usize) -> Time {
        let mut delay = self.random.span(self.quality.delay_min, self.quality.delay_max);
        if self.random.chance(self.quality.late_per_mille) {
            delay = delay.times(100);
        }
        let arrival = now.after(delay);
        match self.quality.order {
            LinkOrder::Shuffled => arrival,
            LinkOrder::Kept => {
                self.last[link] = self.last[link].max(arrival);
                self.last[link]
            }
        }
    }

    /// Cuts links.
    pub(crate) fn cut(&mut self, links: &[(ReplicaId, ReplicaId)]) {
        for (from, to) in links {
            let link = self.link(*from, *to);
            self.cuts[link] += 1;
        }
    }

    /// Takes a cut back.
    pub(crate) fn mend(&mut self, links: &[(ReplicaId, ReplicaId)]) {
        for (from, to) in links {
            let link = self.link(*from, *to);
            self.cuts[link] = self.cuts[link].saturating_sub(1);
        }
    }

    /// No fault any more.
    pub(crate) fn heal(&mut self) {
        self.quality = LinkQuality::HEALTHY;
        self.cuts.fill(0);
    }

    /// Whether messages pass both ways.
    pub(crate) fn is_open(&self, left: ReplicaId, right: ReplicaId) -> bool {
        self.cuts[self.link(left, right)] == 0 && self.cuts[self.link(right, left)] == 0
    }

    fn link(&self, from: ReplicaId, to: ReplicaId) -> usize {
        usize::from(from.get()) * self.members + usize::from(to.get())
    }
}
