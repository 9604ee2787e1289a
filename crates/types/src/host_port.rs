//! Where a node is reached: a host and a port, parsed once.

use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

use crate::bounded::BoundedString;
use crate::limits::ENDPOINT_BYTES_MAX;

/// Bytes of a host name (RFC 1035).
const HOST_BYTES_MAX: usize = 253;
/// Bytes of one part of it.
const LABEL_BYTES_MAX: usize = 63;

/// Why a text is no address of a node.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HostPortError {
    /// There is no colon before a port.
    #[error("expected HOST:PORT, for example anna.example:7101 or [2001:db8::1]:7101")]
    Form,
    /// Not a host name, an IPv4 address or an IPv6 address in brackets.
    #[error(
        "the host is a name of letters, digits, hyphens and dots, an IPv4 address, or an IPv6 address in brackets"
    )]
    Host,
    /// An address that stands for all of a machine's own.
    #[error("0.0.0.0 and [::] name no machine: write the address that the other members reach")]
    Unspecified,
    /// Not a number from 1 to 65535.
    #[error("the port is a number from 1 to 65535")]
    Port,
}

/// A host and a port that others can reach: `anna.example:7101`, `10.0.0.5:7101`, `[2001:db8::1]:7101`.
///
/// Two texts that name the same host and port in another spelling are equal: names are lower-case, numbers have no
/// leading zeros.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct HostPort {
    /// Lower-case name, or an address as it is written by its own rules; IPv6 in brackets.
    host: String,
    /// Not 0.
    port: u16,
}

impl HostPort {
    /// The host: a name, an IPv4 address, or an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, from 1.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// As the genesis file holds it.
    #[must_use]
    pub fn endpoint(&self) -> BoundedString<ENDPOINT_BYTES_MAX> {
        BoundedString::new(self.to_string()).expect("a host of 253 bytes, a colon and five digits fit")
    }
}

const _: () = assert!(HOST_BYTES_MAX + ":65535".len() <= ENDPOINT_BYTES_MAX);

impl FromStr for HostPort {
    type Err = HostPortError;

    fn from_str(text: &str) -> Result<Self, HostPortError> {
        let (host, port) = text.rsplit_once(':').ok_or(HostPortError::Form)?;
        Ok(Self { host: parse_host(host)?, port: parse_port(port)? })
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.host, self.port)
    }
}

fn parse_port(text: &str) -> Result<u16, HostPortError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0).ok_or(HostPortError::Port)
}

fn parse_host(text: &str) -> Result<String, HostPortError> {
    if let Some(inner) = text.strip_prefix('[') {
        let inner = inner.strip_suffix(']').ok_or(HostPortError::Host)?;
        let address: Ipv6Addr = inner.parse().map_err(|_| HostPortError::Host)?;
        return if address.is_unspecified() {
            Err(HostPortError::Unspecified)
        } else {
            Ok(format!("[{address}]"))
        };
    }
    let last = text.rsplit('.').next().unwrap_or_default();
    if !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()) {
        // No name ends in a number: this is an IPv4 address, or a mistyped one.
        let address: Ipv4Addr = text.parse().map_err(|_| HostPortError::Host)?;
        return if address.is_unspecified() {
            Err(HostPortError::Unspecified)
        } else {
            Ok(address.to_string())
        };
    }
    let is_label = |label: &str| {
        (1..=LABEL_BYTES_MAX).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if text.len() > HOST_BYTES_MAX || !text.split('.').all(is_label) {
        return Err(HostPortError::Host);
    }
    Ok(text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
