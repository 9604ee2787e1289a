//! The client at the other end of a connection, as far as the connection tells.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::Extensions;

/// Where a request comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Client {
    /// The address, or the network that one client has whole: see [`caller`].
    pub(crate) address: IpAddr,
    /// What its connection is good for.
    pub(crate) connection: Connection,
    /// Whether it runs on the node's own machine.
    pub(crate) machine: Machine,
}

/// Where a client runs, seen from the node.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Machine {
    /// On the node's own machine.
    Own,
    /// Elsewhere, as far as the connection tells.
    Another,
}

/// What a connection is good for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Connection {
    /// All calls.
    Full,
    /// One call that asks how the node is: the client has its share of connections already.
    Spare,
}

impl Client {
    /// The client that sent a request. Tests call routes without a connection: such requests have the unspecified address.
    pub(crate) fn of(extensions: &Extensions) -> Self {
        let nobody = Self {
            address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            connection: Connection::Full,
            machine: Machine::Another,
        };
        extensions.get().copied().unwrap_or(nobody)
    }
}

impl Machine {
    /// Where the far end of a connection runs. A connection within one machine may have the machine's public address at both
    /// ends. Another machine cannot pretend to that address: the answers to it would never reach that machine.
    pub(crate) fn at(far: IpAddr, near: Option<IpAddr>) -> Self {
        let far = far.to_canonical();
        let own = far.is_loopback() || near.is_some_and(|near| near.to_canonical() == far);
        if own { Self::Own } else { Self::Another }
    }
}

/// Whose share of places an address takes from. One host has a /64 of IPv6 addresses to itself, and an IPv4 address may come
/// in either form.
pub(crate) fn caller(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
        address => address,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
