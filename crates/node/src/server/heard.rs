//! When each other member was last heard, and what its newest HEAD said: by arrival, on this node's clocks.
//!
//! A link that stands says only that no end was seen yet: a frozen process, or a cut that swallows packets, keeps it open
//! for minutes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use carechain_consensus::VerifiedMessage;
use carechain_engine::VerifiedPeerMessage;
use carechain_types::{Head, Moment, ReplicaId, Time};

/// Of all members. Cheap to clone; clones share what was heard.
#[derive(Clone, Debug)]
pub(super) struct Heard(Arc<Mutex<Vec<Voice>>>);

/// Of one member.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Voice {
    /// When the newest message of consensus came, by the steady clock.
    pub last: Option<Time>,
    /// The newest HEAD to come, and when, by the system's clock.
    pub head: Option<(Head, Time)>,
}

impl Heard {
    /// Nobody of so many members was heard yet.
    #[must_use]
    pub(super) fn new(members: usize) -> Self {
        Self(Arc::new(Mutex::new(vec![Voice::default(); members])))
    }

    /// Notes that a member said something that verifies.
    pub(super) fn note(&self, from: ReplicaId, message: &VerifiedPeerMessage, now: Moment) {
        let VerifiedPeerMessage::Consensus(message) = message else { return };
        let mut voices = self.lock();
        let Some(voice) = voices.get_mut(usize::from(from.get())) else { return };
        voice.last = Some(now.steady);
        if let VerifiedMessage::Head(head) = message
            && head.member == from
        {
            voice.head = Some((head.body, now.wall));
        }
    }

    /// What was heard of every member, ascending.
    #[must_use]
    pub(super) fn voices(&self) -> Vec<Voice> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Voice>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
