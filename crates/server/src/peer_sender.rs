//! From the engine to the network: who is which replica, and what travels in which class.

use std::sync::Arc;

use bytes::Bytes;
use carechain_engine::{Lane, PeerMessage};
use carechain_network::{Class, NetworkHandle, SendError};
use carechain_types::{Membership, ReplicaId};

/// Sends the engine's messages.
#[derive(Clone)]
pub(super) struct PeerSender {
    network: NetworkHandle,
    membership: Arc<Membership>,
}

impl PeerSender {
    /// For the members of one epoch.
    #[must_use]
    pub(super) const fn new(network: NetworkHandle, membership: Arc<Membership>) -> Self {
        Self { network, membership }
    }

    /// To one member; lost without a connection, for the protocol says it again.
    pub(super) fn send(&self, to: ReplicaId, message: &PeerMessage) {
        let Some(member) = self.membership.member(to) else { return };
        let sent = self.network.send(member.node_key, class(message), Bytes::from(message.to_bytes()));
        report(sent);
    }

    /// To every other member.
    pub(super) fn broadcast(&self, message: &PeerMessage) {
        let sent = self.network.broadcast(class(message), &Bytes::from(message.to_bytes()));
        report(sent.map(|_| ()));
    }
}

fn report(sent: Result<(), SendError>) {
    match sent {
        Ok(()) | Err(SendError::NotConnected { .. }) => {}
        Err(error) => tracing::warn!(%error, "message not sent"),
    }
}

const fn class(message: &PeerMessage) -> Class {
    match message.lane() {
        Lane::Consensus => Class::Consensus,
        Lane::Transactions => Class::Transactions,
        Lane::Bodies => Class::Bodies,
    }
}
