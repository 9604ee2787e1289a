//! Ports for the nodes of a test network, which keep them over restarts.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// Lowest port that is given out: what is below is used by well-known services.
const PORT_MIN: u16 = 10_000;

/// One above the highest port where the system does not say from where on it picks ports itself (Linux: from 32,768 on).
const PORT_END: u16 = 32_768;

/// So many different ports that are free now.
///
/// None is of the range from which the system picks ports for outgoing connections: while a node is down, anybody's
/// connection could take such a port, and the node could not start again. The search begins at a random port, so that two
/// networks made at the same time rarely meet.
///
/// # Errors
/// When fewer are free, or the system gives no randomness.
pub(super) fn free_ports(count: usize) -> io::Result<Vec<u16>> {
    let mut random = [0; 2];
    getrandom::fill(&mut random).map_err(|_| io::Error::other("the system gives no randomness"))?;
    let end = picked_by_the_system().filter(|first| *first > PORT_MIN).unwrap_or(PORT_END);
    let start = u16::from_le_bytes(random) % (end - PORT_MIN);
    let from_start = (PORT_MIN..end).cycle().skip(usize::from(start)).take(usize::from(end - PORT_MIN));
    let free: Vec<_> = from_start.filter(|port| is_free(*port)).take(count).collect();
    if free.len() < count {
        let found = free.len();
        let problem = format!("{found} of {count} ports are free between {PORT_MIN} and {}", end - 1);
        return Err(io::Error::new(io::ErrorKind::AddrInUse, problem));
    }
    Ok(free)
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// The first port that the system picks for outgoing connections, where it says so.
fn picked_by_the_system() -> Option<u16> {
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    range.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
