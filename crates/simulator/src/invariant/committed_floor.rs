//! A restart never comes back with a lower committed height than its votes imply: a vote at h means h − window is kept.
//!
//! Source: design section 5, "Durability"; hole F2 of the checked model.

use carechain_types::{Height, ReplicaId};

use crate::violation::Violation;

/// A correct member came back at `height`; its journal holds a vote at `voted`.
pub(crate) fn check(
    member: ReplicaId,
    height: Height,
    voted: Option<Height>,
    window: u16,
) -> Result<(), Violation> {
    match voted {
        Some(voted) if voted > height.saturating_add(u64::from(window)) => {
            Err(Violation::BelowOwnVotes { member, height, voted, window })
        }
        _ => Ok(()),
    }
}
