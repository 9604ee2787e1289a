//! The first frame on each lane, both ways: who speaks what, on which ledger, with which settings.
//!
//! | bytes | field |
//! |---|---|
//! | 4 | magic `CCN1` |
//! | 2 | lowest wire version spoken, u16 little-endian |
//! | 2 | highest wire version spoken |
//! | 32 | chain id |
//! | 32 | cluster digest |
//! | 8 | epoch, u64 little-endian |
//!
//! Later versions may append; what follows is ignored. Both sides compare by the same rule, so both reach the same
//! verdict and can report it. An epoch that differs is no mismatch: a node that lags catches up over this connection.

use carechain_crypto::{ChainId, Digest};
use futures::{AsyncRead, AsyncWrite, AsyncWriteExt};

use crate::frame::{FrameError, read_frame, write_frame};
use crate::limits::{HELLO_BYTES_MAX, SETUP_TIMEOUT};

/// What a node shows of itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Hello {
    /// Lowest wire version it speaks.
    pub version_lowest: u16,
    /// Highest wire version it speaks.
    pub version_highest: u16,
    /// Its ledger.
    pub chain_id: ChainId,
    /// Digest of its cluster settings.
    pub cluster_digest: Digest,
    /// Its epoch.
    pub epoch: u64,
}

/// What two hellos agree on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Agreed {
    pub(crate) version: u16,
    pub(crate) epoch: u64,
}

/// Why two nodes cannot talk; an operator must change one of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Mismatch {
    /// The peer does not speak this protocol at all.
    #[error("the peer's hello is malformed")]
    Malformed,
    /// No wire version is spoken by both.
    #[error("wire versions {own_lowest} to {own_highest} here, {their_lowest} to {their_highest} there")]
    Versions {
        /// Lowest spoken here.
        own_lowest: u16,
        /// Highest spoken here.
        own_highest: u16,
        /// Lowest spoken there.
        their_lowest: u16,
        /// Highest spoken there.
        their_highest: u16,
    },
    /// The genesis files differ.
    #[error("chain id {} here, {} there: the genesis files differ", own.to_hex(), theirs.to_hex())]
    ChainId {
        /// Ours.
        own: ChainId,
        /// The peer's.
        theirs: ChainId,
    },
    /// The `[cluster]` settings differ.
    #[error("cluster digest {} here, {} there: the [cluster] settings differ", own.to_hex(), theirs.to_hex())]
    ClusterDigest {
        /// Ours.
        own: Digest,
        /// The peer's.
        theirs: Digest,
    },
}

/// The exchange did not end in agreement.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandshakeError {
    /// The stream failed; the other side may still be fine.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The nodes cannot talk.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
}

/// The wire versions this build speaks.
pub(crate) const WIRE_VERSION_LOWEST: u16 = 1;
pub(crate) const WIRE_VERSION_HIGHEST: u16 = 1;

const MAGIC: [u8; 4] = *b"CCN1";
const HELLO_BYTES: usize = 80;

impl Hello {
    fn encode(&self) -> [u8; HELLO_BYTES] {
        let mut bytes = [0; HELLO_BYTES];
        bytes[..4].copy_from_slice(&MAGIC);
        bytes[4..6].copy_from_slice(&self.version_lowest.to_le_bytes());
        bytes[6..8].copy_from_slice(&self.version_highest.to_le_bytes());
        bytes[8..40].copy_from_slice(self.chain_id.as_slice());
        bytes[40..72].copy_from_slice(self.cluster_digest.as_slice());
        bytes[72..].copy_from_slice(&self.epoch.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&MAGIC)?;
        let (version_lowest, rest) = rest.split_first_chunk()?;
        let (version_highest, rest) = rest.split_first_chunk()?;
        let (chain_id, rest) = rest.split_first_chunk()?;
        let (cluster_digest, rest) = rest.split_first_chunk()?;
        let (epoch, _) = rest.split_first_chunk()?;
        Some(Self {
            version_lowest: u16::from_le_bytes(*version_lowest),
            version_highest: u16::from_le_bytes(*version_highest),
            chain_id: ChainId::new(*chain_id),
            cluster_digest: Digest::new(*cluster_digest),
            epoch: u64::from_le_bytes(*epoch),
        })
    }

    /// What this node and a peer agree on.
    pub(crate) fn compare(&self, theirs: &Self) -> Result<Agreed, Mismatch> {
        let version = self.version_highest.min(theirs.version_highest);
        if version < self.version_lowest.max(theirs.version_lowest) {
            return Err(Mismatch::Versions {
                own_lowest: self.version_lowest,
                own_highest: self.version_highest,
                their_lowest: theirs.version_lowest,
                their_highest: theirs.version_highest,
            });
        }
        if self.chain_id != theirs.chain_id {
            return Err(Mismatch::ChainId { own: self.chain_id, theirs: theirs.chain_id });
        }
        if self.cluster_digest != theirs.cluster_digest {
            return Err(Mismatch::ClusterDigest { own: self.cluster_digest, theirs: theirs.cluster_digest });
        }
        Ok(Agreed { version, epoch: theirs.epoch })
    }
}

/// The opener's side: shows our hello, reads theirs.
pub(crate) async fn greet<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    own: &Hello,
) -> Result<Agreed, HandshakeError> {
    show(stream, own).await?;
    let theirs = read_hello(stream).await?;
    Ok(own.compare(&theirs)?)
}

/// The other side: reads their hello, shows ours whatever it said.
pub(crate) async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    own: &Hello,
) -> Result<Agreed, HandshakeError> {
    let theirs = read_hello(stream).await;
    show(stream, own).await?;
    Ok(own.compare(&theirs?)?)
}

async fn show<S: AsyncWrite + Unpin>(stream: &mut S, own: &Hello) -> Result<(), FrameError> {
    write_frame(stream, &own.encode()).await?;
    Ok(stream.flush().await?)
}

async fn read_hello<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Hello, HandshakeError> {
    let frame = match read_frame(stream, HELLO_BYTES_MAX, SETUP_TIMEOUT).await {
        Err(FrameError::Oversize { .. }) => return Err(Mismatch::Malformed.into()),
        other => other?,
    };
    Ok(Hello::decode(&frame).ok_or(Mismatch::Malformed)?)
}

#[cfg(test)]
mod tests;
