//! What a new view starts at and re-proposes: a pure function of the VIEW-CHANGEs that its NEW-VIEW names.
//!
//! It starts at the highest commit-certified block. For each next height it takes, among the prepared certificates
//! whose block's parent is the chosen tip, the one of highest view, and stops at the first height with none. Primary and
//! backups compute it alike.

use carechain_crypto::BlockId;
use carechain_types::{Certificate, Header, Height, ViewChange};

/// What a new view starts with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Choice<'a> {
    /// Certifies the block it starts at; `None`: block 0.
    pub(crate) start: Option<&'a Certificate>,
    /// Headers of the re-proposed blocks above it, in height order.
    pub(crate) blocks: Vec<&'a Header>,
}

/// The highest commit certificate among VIEW-CHANGEs.
pub(crate) fn start_of<'a>(
    view_changes: impl IntoIterator<Item = &'a ViewChange>,
) -> Option<&'a Certificate> {
    view_changes
        .into_iter()
        .filter_map(|view_change| view_change.committed.as_ref())
        .max_by_key(|certificate| certificate.height)
}

/// The choice. `genesis` is the id of block 0. Every prepared certificate named must be known to exist.
pub(crate) fn choose<'a>(genesis: BlockId, view_changes: &[&'a ViewChange]) -> Choice<'a> {
    let start = start_of(view_changes.iter().copied());
    let (mut height, mut tip) =
        start.map_or((Height::ZERO, genesis), |certificate| (certificate.height, certificate.block_id));
    let mut blocks = Vec::new();
    loop {
        height = height.next();
        let best = view_changes
            .iter()
            .flat_map(|view_change| view_change.prepared.iter())
            .filter(|prepared| prepared.header.height == height && prepared.header.parent == tip)
            .max_by_key(|prepared| prepared.view);
        let Some(best) = best else { return Choice { start, blocks } };
        tip = best.header.id();
        blocks.push(&best.header);
    }
}
