//! The two planes and the lanes of their links.
//!
//! A lane is one long-lived stream in one direction. Separate lanes by class let flow control of one class run full
//! without holding up another.

use libp2p::StreamProtocol;

use crate::limits::{
    BULK_READ_BUFFER_BYTES, BULK_STREAMS_MAX, BULK_TURN_BYTES_MAX, VOTES_READ_BUFFER_BYTES, VOTES_STREAMS_MAX,
};
use crate::{Class, Limits};

/// One of the two swarms.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Plane {
    /// Messages: votes, transactions, bodies.
    Votes,
    /// Streams of file bytes.
    Bulk,
}

/// What one long-lived stream carries.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Lane {
    /// Messages of one class.
    Message(Class),
    /// Empty frames only: shows that the bulk connection lives while no file moves.
    Pulse,
}

const VOTES_LANES: &[Lane] =
    &[Lane::Message(Class::Consensus), Lane::Message(Class::Transactions), Lane::Message(Class::Bodies)];
const BULK_LANES: &[Lane] = &[Lane::Pulse];

/// Protocol of the streams that the node opens on the bulk plane.
pub(crate) const BULK_PROTOCOL: StreamProtocol = StreamProtocol::new("/carechain/bulk/1");

impl Plane {
    pub(crate) const fn lanes(self) -> &'static [Lane] {
        match self {
            Self::Votes => VOTES_LANES,
            Self::Bulk => BULK_LANES,
        }
    }

    pub(crate) const fn streams_max(self) -> usize {
        match self {
            Self::Votes => VOTES_STREAMS_MAX,
            Self::Bulk => BULK_STREAMS_MAX,
        }
    }

    pub(crate) const fn read_buffer_bytes(self) -> usize {
        match self {
            Self::Votes => VOTES_READ_BUFFER_BYTES,
            Self::Bulk => BULK_READ_BUFFER_BYTES,
        }
    }

    pub(crate) const fn turn_bytes_max(self) -> usize {
        match self {
            Self::Votes => usize::MAX,
            Self::Bulk => BULK_TURN_BYTES_MAX,
        }
    }
}

impl Lane {
    pub(crate) const fn protocol(self) -> StreamProtocol {
        match self {
            Self::Message(Class::Consensus) => StreamProtocol::new("/carechain/consensus/1"),
            Self::Message(Class::Transactions) => StreamProtocol::new("/carechain/transactions/1"),
            Self::Message(Class::Bodies) => StreamProtocol::new("/carechain/bodies/1"),
            Self::Pulse => StreamProtocol::new("/carechain/pulse/1"),
        }
    }

    /// Whether an idle lane sends empty frames and a silent one is dead. One lane of a connection is enough.
    pub(crate) const fn has_pulse(self) -> bool {
        matches!(self, Self::Message(Class::Consensus) | Self::Pulse)
    }

    pub(crate) const fn frame_bytes_max(self, limits: &Limits) -> usize {
        match self {
            Self::Message(class) => limits.message_bytes_max(class),
            Self::Pulse => 0,
        }
    }
}
