//! By which names clients may call the node.
//!
//! A page in a browser inside the hospital may call any name whose owner points it at this node (DNS rebinding), and would
//! read the answers as its own. The Host header then names the page's host. So a name is answered only if the operator
//! listed it; an address cannot be pointed elsewhere and needs no list.

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::uri::Authority;

/// The names that a node answers to, beside all addresses and `localhost`.
#[derive(Clone, Debug, Default)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// These names, without ports.
    #[must_use]
    pub const fn new(names: Vec<String>) -> Self {
        Self(names)
    }

    /// Whether a request calls the node by one of its names; a request that names nothing, or two hosts, does not.
    pub(crate) fn answers(&self, request: &Request) -> bool {
        let mut named = request.headers().get_all(HOST).iter();
        let (Some(host), None) = (named.next(), named.next()) else { return false };
        let host = host.to_str().ok().and_then(|text| text.parse::<Authority>().ok());
        host.is_some_and(|host| self.has(&host))
            && request.uri().authority().is_none_or(|authority| self.has(authority))
    }

    fn has(&self, authority: &Authority) -> bool {
        let host = authority.host();
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        host.parse::<IpAddr>().is_ok()
            || bare.is_some_and(|bare| bare.parse::<Ipv6Addr>().is_ok())
            || host.eq_ignore_ascii_case("localhost")
            || self.0.iter().any(|name| host.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
