//! What the votes plane tells the node.

use bytes::Bytes;
use carechain_crypto::SigningPublicKey;

use crate::{Class, Mismatch};

/// One thing that happened with one peer. Events of a link come in order: `Connected`, messages, `Disconnected`.
#[derive(Clone, Debug)]
pub enum Event {
    /// Both directions are open and the handshake agreed: re-send what the peer may lack.
    Connected {
        /// The member.
        peer: SigningPublicKey,
        /// The epoch it showed, which may differ from ours.
        epoch: u64,
        /// The wire version both speak.
        version: u16,
    },
    /// A message arrived. Its bytes are not checked in any way but length.
    Message {
        /// The member that sent it.
        from: SigningPublicKey,
        /// The stream it came over.
        class: Class,
        /// Its bytes.
        bytes: Bytes,
    },
    /// The link ended; it is dialled again without anybody's help.
    Disconnected {
        /// The member.
        peer: SigningPublicKey,
        /// Why.
        reason: LinkEnd,
    },
    /// The member runs with another ledger, other cluster settings or another version. It is dialled again, slowly.
    Refused {
        /// The member.
        peer: SigningPublicKey,
        /// What differs.
        mismatch: Mismatch,
    },
}

impl Event {
    /// The member it is about.
    #[must_use]
    pub const fn peer(&self) -> SigningPublicKey {
        match self {
            Self::Connected { peer, .. }
            | Self::Message { from: peer, .. }
            | Self::Disconnected { peer, .. }
            | Self::Refused { peer, .. } => *peer,
        }
    }
}

/// Why a link ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LinkEnd {
    /// The peer or the way to it went away.
    #[error("connection closed")]
    Closed,
    /// The peer opened a new connection, having lost this one.
    #[error("connection replaced by a newer one")]
    Replaced,
    /// Nothing arrived for too long, not even the pulse.
    #[error("nothing heard for {seconds} s")]
    Silent {
        /// How long.
        seconds: u64,
    },
    /// The peer announced a longer frame than its class allows.
    #[error("frame of {bytes} bytes announced, {bytes_max} allowed")]
    Oversize {
        /// Its announced length.
        bytes: u64,
        /// The bound.
        bytes_max: u64,
    },
    /// The peer is no longer a member.
    #[error("no longer a member")]
    Removed,
}
