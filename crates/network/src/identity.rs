//! Node keys as libp2p knows them: the same Ed25519 key under the name of a peer id.

use core::fmt;

use carechain_crypto::SigningPublicKey;
use libp2p::PeerId;
use libp2p::identity::{Keypair, ed25519};

/// A node's Ed25519 key pair: it authenticates both planes.
#[derive(Clone)]
pub struct Identity {
    keypair: Keypair,
    key: SigningPublicKey,
}

impl Identity {
    /// From the 32-byte Ed25519 seed of the node key.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let secret = ed25519::SecretKey::try_from_bytes(*seed).expect("every 32 bytes are an Ed25519 seed");
        let pair = ed25519::Keypair::from(secret);
        let key = SigningPublicKey::new(pair.public().to_bytes());
        Self { keypair: pair.into(), key }
    }

    /// The public half, under which other members list this node.
    #[must_use]
    pub const fn key(&self) -> SigningPublicKey {
        self.key
    }

    pub(crate) const fn keypair(&self) -> &Keypair {
        &self.keypair
    }

    pub(crate) fn peer_id(&self) -> PeerId {
        self.keypair.public().to_peer_id()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Identity({:?})", self.key)
    }
}

/// The bytes are not a point of the curve: the member list is wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{key:?} is not an Ed25519 public key")]
pub struct PeerKeyError {
    /// The key that was named.
    pub key: SigningPublicKey,
}

/// The libp2p name of a node key.
pub(crate) fn peer_id(key: SigningPublicKey) -> Result<PeerId, PeerKeyError> {
    let public = ed25519::PublicKey::try_from_bytes(key.get()).map_err(|_| PeerKeyError { key })?;
    Ok(libp2p::identity::PublicKey::from(public).to_peer_id())
}
