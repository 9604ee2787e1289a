//! The member list with what this node keeps about each member while it is one.

use std::collections::BTreeMap;
use std::sync::Arc;

use carechain_crypto::SigningPublicKey;
use libp2p::PeerId;
use tokio::sync::{Semaphore, watch};

use crate::identity::{Identity, PeerKeyError, peer_id};
use crate::limits::MEMBERS_MAX;
use crate::outbox::Outbox;
use crate::plane::Plane;
use crate::{Limits, Peer};

/// One version of the member list; replaced as a whole.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    by_key: BTreeMap<SigningPublicKey, Arc<Member>>,
    by_peer_id: BTreeMap<PeerId, Arc<Member>>,
}

/// Another member under its current endpoints.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) key: SigningPublicKey,
    pub(crate) peer_id: PeerId,
    pub(crate) session: Arc<Session>,
    votes: String,
    bulk: String,
}

/// What outlives a change of the member's endpoints.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) outbox: Outbox,
    /// Whether the bulk link stands.
    pub(crate) bulk_up: watch::Sender<bool>,
    pub(crate) streams_outgoing: Arc<Semaphore>,
    pub(crate) streams_incoming: Arc<Semaphore>,
}

/// The list of peers cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RosterError {
    /// A key in it is not one.
    #[error(transparent)]
    Key(#[from] PeerKeyError),
    /// It is longer than the network is built for.
    #[error("{count} peers given, {count_max} allowed")]
    TooMany {
        /// How many were given.
        count: usize,
        /// The bound.
        count_max: usize,
    },
}

impl Roster {
    /// A list of these peers without this node itself; members that stay keep their session.
    pub(crate) fn new(
        peers: &[Peer],
        own: SigningPublicKey,
        before: &Self,
        limits: &Limits,
    ) -> Result<Self, RosterError> {
        if peers.len() > MEMBERS_MAX {
            return Err(RosterError::TooMany { count: peers.len(), count_max: MEMBERS_MAX });
        }
        let mut roster = Self::default();
        for peer in peers.iter().filter(|peer| peer.key != own) {
            let session = match before.member(peer.key) {
                Some(member) => Arc::clone(&member.session),
                None => Arc::new(Session::new(limits)),
            };
            let member = Arc::new(Member {
                key: peer.key,
                peer_id: peer_id(peer.key)?,
                session,
                votes: peer.votes.clone(),
                bulk: peer.bulk.clone(),
            });
            roster.by_key.insert(member.key, Arc::clone(&member));
            roster.by_peer_id.insert(member.peer_id, member);
        }
        Ok(roster)
    }

    pub(crate) fn member(&self, key: SigningPublicKey) -> Option<&Arc<Member>> {
        self.by_key.get(&key)
    }

    pub(crate) fn member_by_peer_id(&self, peer_id: &PeerId) -> Option<&Arc<Member>> {
        self.by_peer_id.get(peer_id)
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &Arc<Member>> {
        self.by_key.values()
    }

    /// The members this node dials: of two nodes the one with the lower peer id does.
    pub(crate) fn dialled_by(&self, own: &Identity) -> impl Iterator<Item = PeerId> {
        let own = own.peer_id();
        self.by_peer_id.keys().copied().filter(move |peer| own < *peer)
    }
}

impl Member {
    /// `host:port` on a plane.
    pub(crate) fn endpoint(&self, plane: Plane) -> &str {
        match plane {
            Plane::Votes => &self.votes,
            Plane::Bulk => &self.bulk,
        }
    }
}

impl Session {
    fn new(limits: &Limits) -> Self {
        Self {
            outbox: Outbox::new(limits),
            bulk_up: watch::Sender::new(false),
            streams_outgoing: Arc::new(Semaphore::new(limits.bulk_streams_per_peer_max)),
            streams_incoming: Arc::new(Semaphore::new(limits.bulk_streams_per_peer_max)),
        }
    }

    /// No link stands on a plane, nor will one.
    pub(crate) fn close(&self, plane: Plane) {
        match plane {
            Plane::Votes => {
                self.outbox.close();
            }
            Plane::Bulk => {
                self.bulk_up.send_replace(false);
            }
        }
    }
}
