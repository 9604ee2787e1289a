//! Paths of proof through the pages.

use carechain_crypto::Digest;
use carechain_types::BoundedVec;
use carechain_types::state_proof::StatePath;

use super::page::Slot;
use super::page_path::{PagePath, slot_of};
use super::{StateError, StateSource};

/// The path that proves the value under `key`, or that it has none, in this version of the state.
///
/// # Errors
/// If the state cannot be read.
pub fn prove(source: &(impl StateSource + ?Sized), key: &Digest) -> Result<StatePath, StateError> {
    let mut siblings = Vec::new();
    let mut path = PagePath::TOP;
    let mut page = source.page(&path)?.unwrap_or_default();
    let end = loop {
        let index = slot_of(key, path.depth());
        match page.walk(index, |sibling| siblings.push(sibling)) {
            Slot::Page(_) => {
                path = path.child(index);
                page = source.page(&path)?.ok_or(StateError::Missing { path })?;
            }
            slot => break slot,
        }
    };
    siblings.reverse();
    let absence_leaf = match end {
        Slot::Leaf(leaf) if leaf.key != *key => Some(leaf),
        _ => None,
    };
    let siblings = BoundedVec::new(siblings).expect("a path has at most one sibling per bit of the key");
    Ok(StatePath { absence_leaf, siblings })
}
