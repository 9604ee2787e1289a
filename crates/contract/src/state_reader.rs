//! What the rules need of the state, and how a value that cannot be read stops the node.

use std::error::Error;
use std::sync::Arc;

use carechain_crypto::Digest;
use carechain_types::{StateKey, StateValue};

/// The state as of some block, with the digests that still count as seen. The engine implements it over the ledger.
pub trait StateReader {
    /// The bytes under a key; `None` if there are none.
    ///
    /// # Errors
    /// [`StateFailure`]: the caller stops the node.
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, StateFailure>;

    /// Whether a transaction id or request digest stands in a block with time > block time − 10 min.
    ///
    /// # Errors
    /// [`StateFailure`]: the caller stops the node. A digest that cannot be looked up is neither seen nor unseen.
    fn seen(&self, digest: &Digest) -> Result<bool, StateFailure>;
}

impl<R: StateReader + ?Sized> StateReader for &R {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, StateFailure> {
        R::get(self, key)
    }

    fn seen(&self, digest: &Digest) -> Result<bool, StateFailure> {
        R::seen(self, digest)
    }
}

/// The state cannot be read: fatal, for a node that guesses forks.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StateFailure {
    /// The storage below does not answer: the node stops.
    #[error("state key {key:?} cannot be read: {source}")]
    Unreadable {
        /// Which key.
        key: StateKey,
        /// The storage's words.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The storage does not say whether a digest was seen: the node stops.
    #[error("digest {digest:?} cannot be looked up among those seen: {source}")]
    SeenUnreadable {
        /// Which digest.
        digest: Digest,
        /// The storage's words.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The bytes are no value of that key's kind: the storage is damaged, the node stops.
    #[error("the value under state key {key:?} does not decode")]
    Undecodable {
        /// Which key.
        key: StateKey,
    },
    /// A counter says that there is a value, and there is none: the storage is damaged, the node stops.
    #[error("there is no value under state key {key:?}, which a counter names")]
    Missing {
        /// Which key.
        key: StateKey,
    },
}

/// The decoded value under a key.
///
/// # Errors
/// [`StateFailure`]: the caller stops the node.
pub fn read_value<V: StateValue>(
    state: &impl StateReader,
    key: &StateKey,
) -> Result<Option<V>, StateFailure> {
    let Some(bytes) = state.get(key)? else { return Ok(None) };
    V::from_bytes(&bytes).map(Some).map_err(|_| StateFailure::Undecodable { key: *key })
}
