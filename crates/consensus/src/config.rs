//! What a replica is told once: the ledger, its members, who it is, the window and the timeouts.

use carechain_crypto::{BlockId, ChainId};
use carechain_types::{Membership, ReplicaId, Span, View};

use crate::limits::WINDOW_MAX;
use crate::planted_bug::PlantedBug;

/// What a replica is told once. All but `own` and the [`Timeouts`] must agree on all replicas.
#[derive(Clone, Debug)]
pub struct Config {
    /// The ledger.
    pub chain_id: ChainId,
    /// Id of block 0, below which nothing is certified.
    pub genesis: BlockId,
    /// The members of the epoch.
    pub membership: Membership,
    /// Which of them this replica is.
    pub own: ReplicaId,
    /// Heights in flight: votes go at most this far above the committed height.
    pub window: Window,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// The bug to plant, if any.
    #[cfg(feature = "planted-bugs")]
    pub planted_bug: Option<PlantedBug>,
}

impl Config {
    /// As production runs it: no bug is planted.
    #[must_use]
    pub const fn new(
        chain_id: ChainId,
        genesis: BlockId,
        membership: Membership,
        own: ReplicaId,
        window: Window,
        timeouts: Timeouts,
    ) -> Self {
        Self {
            chain_id,
            genesis,
            membership,
            own,
            window,
            timeouts,
            #[cfg(feature = "planted-bugs")]
            planted_bug: None,
        }
    }

    /// Whether a bug is planted; never without the feature.
    #[cfg(feature = "planted-bugs")]
    #[must_use]
    pub fn has_planted(&self, bug: PlantedBug) -> bool {
        self.planted_bug == Some(bug)
    }

    /// Whether a bug is planted; never without the feature.
    #[cfg(not(feature = "planted-bugs"))]
    #[allow(clippy::unused_self)]
    #[must_use]
    pub const fn has_planted(&self, _bug: PlantedBug) -> bool {
        false
    }

    /// Whether this replica leads the view.
    pub(crate) fn leads(&self, view: View) -> bool {
        self.membership.primary(view) == self.own
    }

    /// Votes that certify.
    pub(crate) fn quorum(&self) -> usize {
        let quorum = self.membership.quorum().size();
        if self.has_planted(PlantedBug::QuorumOffByOne) { (quorum - 1).max(1) } else { quorum }
    }

    /// f + 1.
    pub(crate) fn one_honest(&self) -> usize {
        self.membership.quorum().one_honest()
    }
}

/// Heights in flight, 1 to [`WINDOW_MAX`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Window(u16);

impl Window {
    /// One block at a time.
    pub const ONE: Self = Self(1);

    /// A window of `heights`; `None` outside 1 to [`WINDOW_MAX`].
    #[must_use]
    pub const fn new(heights: u16) -> Option<Self> {
        if heights == 0 || heights > WINDOW_MAX { None } else { Some(Self(heights)) }
    }

    /// Any window, for tests of the rules.
    #[cfg(test)]
    pub(crate) const fn of_test(heights: u16) -> Self {
        Self(heights)
    }

    /// How many heights.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// How long to wait for what. May differ between replicas.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timeouts {
    /// Nothing commits although something should: suspect the primary.
    pub suspicion: Span,
    /// q members want a view and its NEW-VIEW does not come: go one view further.
    pub new_view: Span,
    /// The cap of both after backoff; above the worst time a NEW-VIEW takes.
    pub patience_max: Span,
    /// Between two re-sends of one's latest messages, and between two fetches of the same thing.
    pub resend: Span,
    /// Between two signed heads.
    pub head: Span,
    /// How long a primary that failed, by committed history, gets a quarter of the patience.
    pub failed_primary_life: Span,
    /// How long a view lasts at least before its primary hands it over for a member that waits in a later one.
    pub hand_over: Span,
    /// Blocks that may pass over a transaction which they could have held before their primary is suspected.
    pub passed_over_max: u32,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            suspicion: Span::from_millis(500),
            new_view: Span::from_millis(500),
            patience_max: Span::from_millis(8_000),
            resend: Span::from_millis(200),
            head: Span::SECOND,
            failed_primary_life: Span::MINUTE.times(5),
            hand_over: Span::MINUTE,
            passed_over_max: 16,
        }
    }
}
