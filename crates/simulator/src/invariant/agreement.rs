//! Agreement: no two correct members commit different blocks at a height, or reach different states there.
//!
//! Source: Castro and Liskov 1999, §4.5.1 (safety); design section 5, the state root in the header.

use std::collections::BTreeMap;

use carechain_crypto::BlockId;
use carechain_types::{Header, Height, ReplicaId};

use crate::violation::Violation;

/// The one chain that all correct members commit.
#[derive(Debug, Default)]
pub(crate) struct Agreement {
    chain: BTreeMap<Height, (ReplicaId, BlockId, Header)>,
}

/// Whether a block was known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum News {
    /// The first to commit it.
    First,
    /// Others have.
    Known,
}

impl Agreement {
    /// A correct member has this block at its height.
    pub(crate) fn committed(&mut self, member: ReplicaId, header: &Header) -> Result<News, Violation> {
        let (height, block_id) = (header.height, header.id());
        let Some((first, first_block, known)) = self.chain.get(&height) else {
            self.chain.insert(height, (member, block_id, header.clone()));
            return Ok(News::First);
        };
        if known.state_root != header.state_root {
            let (own, others) = (header.state_root, known.state_root);
            return Err(Violation::StateFork { height, member, own, others });
        }
        if *first_block != block_id {
            let (first, first_block) = (*first, *first_block);
            return Err(Violation::Fork {
                height,
                first,
                first_block,
                second: member,
                second_block: block_id,
            });
        }
        Ok(News::Known)
    }

    /// Blocks committed by anybody.
    pub(crate) fn length(&self) -> u64 {
        self.chain.len() as u64
    }
}
