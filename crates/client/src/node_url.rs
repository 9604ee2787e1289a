//! Where a node's HTTP interface is, and whether what is said to it may be read on the way.
//!
//! Over `https://` the client checks whom it speaks to. Over `http://` everybody between the two reads who asks for what, and may
//! answer in the node's place: that is for one machine, unless somebody says that a tunnel of their own carries it.

use core::fmt;
use core::num::NonZeroU16;
use std::net::IpAddr;

use ureq::http::Uri;
use ureq::http::uri::Scheme;

/// Base address of a node: `https://host:port`, or `http://` where that was permitted. No slash at its end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NodeUrl(String);

/// How far `http://` may go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum InTheClear {
    /// To this machine: its loopback addresses and `localhost`.
    ThisMachine,
    /// Anywhere: the user has a tunnel of their own.
    Anywhere,
}

/// Why a text is no address of a node. The person types another one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NodeUrlError {
    /// It is no URL of a host.
    #[error("expected https://host:port, or http://host:port on this machine")]
    Form,
    /// It would send requests and answers in the clear over a network.
    #[error(
        "over http everybody on the way to another machine reads who asks for what, and may answer in the node's place"
    )]
    Clear,
}

impl NodeUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// See [`NodeUrlError`].
    pub fn parse(text: &str, clear: InTheClear) -> Result<Self, NodeUrlError> {
        let url = text.trim_end_matches('/');
        let uri: Uri = url.parse().map_err(|_| NodeUrlError::Form)?;
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(NodeUrlError::Form);
        };
        let host = authority.host();
        // Nothing before the host, and behind it nothing but a port: this is no place for a password.
        let port = authority.as_str().strip_prefix(host).ok_or(NodeUrlError::Form)?;
        let is_port = |port: &str| port.parse::<NonZeroU16>().is_ok();
        if host.is_empty() || !(port.is_empty() || port.strip_prefix(':').is_some_and(is_port)) {
            return Err(NodeUrlError::Form);
        }
        if uri.query().is_some() || (*scheme != Scheme::HTTP && *scheme != Scheme::HTTPS) {
            return Err(NodeUrlError::Form);
        }
        let url = Self(url.to_owned());
        match clear {
            InTheClear::ThisMachine if !url.is_encrypted() && !is_this_machine(host) => {
                Err(NodeUrlError::Clear)
            }
            InTheClear::ThisMachine | InTheClear::Anywhere => Ok(url),
        }
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is spoken to by https.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.0.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"))
    }
}

impl fmt::Display for NodeUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether a host of a URL is a loopback address or its name. An IPv6 address stands in brackets there.
fn is_this_machine(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let is_loopback = |address: IpAddr| address.to_canonical().is_loopback();
    host.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(is_loopback)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
