//! What is known of the copies that this node must hold.

use carechain_types::{Height, Time};

/// Copies of this node. It does not know those of others: each node shows its own.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Copies {
    /// Files that placement names this node for and that are known not to be whole here.
    pub below_policy: u64,
    /// Those of them of which no copy is left anywhere, as far as was asked since the start: every other hospital answered
    /// that it does not have what is lacking here.
    pub lost: u64,
    /// When the first of them was seen not to be whole.
    pub since: Option<Time>,
    /// Blocks up to this one were looked through since the start. Below [`Copies::head`] there may be more files that
    /// are not whole here than the count says.
    pub seen: Height,
    /// The newest block there was when this was taken.
    pub head: Height,
}

impl Copies {
    /// How many there are at least; `None` while none is known and not all blocks were looked through.
    pub fn known_below_policy(self) -> Option<u64> {
        (self.below_policy > 0 || self.seen >= self.head).then_some(self.below_policy)
    }
}
