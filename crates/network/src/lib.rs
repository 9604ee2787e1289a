//! The libp2p network between member nodes: allow-list, long-lived streams, size limits.
//!
//! Two swarms with one identity on two ports, so that files never delay votes:
//!
//! ```text
//!               votes plane                                  bulk plane
//!  send ──► outbox (3 classes) ──► 3 streams ─┐       open_bulk ──► stream ─┐
//!                                             ├─ TCP                        ├─ TCP + large read buffer
//!  next ◄── inbox (fair by peer) ◄─ 3 streams ┘   incoming_bulk ◄── stream ─┘
//! ```
//!
//! Invariants
//! - Only keys in the current member list hold a connection; everybody else is dropped after the Noise handshake.
//! - Of two members exactly the one with the lower peer id dials, so there is one connection a pair and plane.
//! - No message passes before both sides have shown the same chain id and cluster digest ([`Hello`]).
//! - Every queue is bounded by count and bytes ([`Limits`]). A peer that floods fills its own queues, nobody else's.
//! - Delivery is best effort and in order within a class while connected; the protocol above re-sends.
//!
//! This crate knows nothing of consensus: messages and bulk streams are bytes.

mod bulk;
mod class;
mod config;
mod counters;
mod dialer;
mod driver;
mod event;
mod frame;
mod gate;
mod handle;
mod handshake;
mod identity;
mod inbox;
mod lanes;
mod limits;
mod link;
mod network;
mod outbox;
mod plane;
mod roster;
mod supervisor;
mod transport;

pub use bulk::{BulkError, BulkReceiver, BulkStream, IncomingBulk};
pub use class::Class;
pub use config::{NetworkConfig, Peer, Runtimes};
pub use counters::{BulkCounts, ClassCounts, NetworkCounters, PlaneCounts};
pub use event::{Event, LinkEnd};
pub use handle::{NetworkHandle, SendError};
pub use handshake::{Hello, Mismatch};
pub use identity::{Identity, PeerKeyError};
pub use inbox::EventReceiver;
pub use limits::Limits;
pub use network::{Network, NetworkError};
pub use roster::RosterError;
