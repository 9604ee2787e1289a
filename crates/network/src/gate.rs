//! Who may hold a connection: members, each in the direction that its peer id gives it.

use core::convert::Infallible;
use core::task::{Context, Poll};
use std::collections::BTreeSet;

use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent,
    ToSwarm, dummy,
};
use libp2p::{Multiaddr, PeerId};

/// Denies every connection that the member list does not call for.
#[derive(Debug)]
pub(crate) struct Gate {
    own: PeerId,
    members: BTreeSet<PeerId>,
}

/// Why a connection was denied.
#[derive(Debug, thiserror::Error)]
enum Denial {
    #[error("{peer} is not a member")]
    Stranger { peer: PeerId },
    #[error("{peer} is dialled by this node and does not dial it")]
    Direction { peer: PeerId },
}

impl Gate {
    pub(crate) const fn new(own: PeerId) -> Self {
        Self { own, members: BTreeSet::new() }
    }

    /// Lets exactly these in from now on. Connections that stand are the driver's to close.
    pub(crate) fn set_members(&mut self, members: BTreeSet<PeerId>) {
        self.members = members;
    }

    fn check(
        &self,
        peer: PeerId,
        dialled_by: Endpoint,
    ) -> Result<dummy::ConnectionHandler, ConnectionDenied> {
        if !self.members.contains(&peer) {
            return Err(ConnectionDenied::new(Denial::Stranger { peer }));
        }
        let dialler_is_lower = match dialled_by {
            Endpoint::Dialer => self.own < peer,
            Endpoint::Listener => peer < self.own,
        };
        if !dialler_is_lower {
            return Err(ConnectionDenied::new(Denial::Direction { peer }));
        }
        Ok(dummy::ConnectionHandler)
    }
}

impl NetworkBehaviour for Gate {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.check(peer, Endpoint::Listener)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.check(peer, Endpoint::Dialer)
    }

    fn on_swarm_event(&mut self, _: FromSwarm<'_>) {}

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}
