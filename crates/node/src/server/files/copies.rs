//! What is known of the copies that this node must hold.

use carechain_types::{Height, Time};

/// Copies of this node. It does not know those of others: each node shows its own.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Copies {
    /// Files that placement names this node for and that are known not to be whole here.
    pub(crate) below_policy: u64,
    /// When the first of them was seen not to be whole.
    pub(crate) since: Option<Time>,
    /// Blocks up to this one were looked through since the start. Below [`Copies::head`] there may be more files that
    /// are not whole here than the count says.
    pub(crate) seen: Height,
    /// The newest block there was when this was taken.
    pub(crate) head: Height,
}
