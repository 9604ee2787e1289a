//! What a network is started with.

use std::net::SocketAddr;

use carechain_crypto::{ChainId, Digest, SigningPublicKey};
use tokio::runtime::Handle;

use crate::{Identity, Limits};

/// Another member's node and where it listens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Peer {
    /// Its node key.
    pub key: SigningPublicKey,
    /// `host:port` of its votes plane, resolved anew on every dial.
    pub votes: String,
    /// `host:port` of its bulk plane, resolved anew on every dial.
    pub bulk: String,
}

/// Everything a network needs to know.
#[derive(Clone, Debug)]
pub struct NetworkConfig {
    /// This node's key pair.
    pub identity: Identity,
    /// The ledger; peers of another one are refused.
    pub chain_id: ChainId,
    /// Digest of the settings all members must share; peers with another one are refused.
    pub cluster_digest: Digest,
    /// Epoch shown in the handshake. A difference is reported, not refused: a node that lags catches up over these
    /// very connections.
    pub epoch: u64,
    /// Where the votes plane listens; port 0 lets the system choose.
    pub listen_votes: SocketAddr,
    /// Where the bulk plane listens; port 0 lets the system choose.
    pub listen_bulk: SocketAddr,
    /// The other members; an entry with the own key is skipped.
    pub peers: Vec<Peer>,
    /// Seed of the jitter between dials.
    pub jitter_seed: u64,
    /// Bounds.
    pub limits: Limits,
}

/// The tokio runtimes the planes run on. They may be the same; with one of its own, the votes plane is scheduled by
/// the operating system beside the cipher work of bulk transfers and does not queue behind it. Threads of the bulk
/// runtime at a higher nice value (set in `on_thread_start`) cost it no speed and cut the votes' p99 to a third.
#[derive(Clone, Debug)]
pub struct Runtimes {
    /// Runs the votes plane.
    pub votes: Handle,
    /// Runs the bulk plane.
    pub bulk: Handle,
}

impl Runtimes {
    /// Both planes on one runtime.
    #[must_use]
    pub fn shared(handle: Handle) -> Self {
        Self { votes: handle.clone(), bulk: handle }
    }
}
