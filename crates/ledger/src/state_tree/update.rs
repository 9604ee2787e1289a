//! The batch update: from changed entries to changed pages and a new root, without writing anything.

use std::collections::BTreeMap;
use std::sync::Arc;

use carechain_crypto::{Digest, StateRoot};
use carechain_types::state_proof::StateLeaf;

use super::page::{Page, SLOTS, Slot};
use super::page_path::{PagePath, slot_of};
use super::{StateError, StateSource};

/// What one block changes in the state: entries, pages and the root after it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StateUpdate {
    root: StateRoot,
    pages: BTreeMap<PagePath, Arc<Page>>,
    values: BTreeMap<Digest, Vec<u8>>,
}

impl StateUpdate {
    /// Root after the update.
    #[must_use]
    pub const fn root(&self) -> StateRoot {
        self.root
    }

    /// Changed pages.
    #[must_use]
    pub const fn pages(&self) -> &BTreeMap<PagePath, Arc<Page>> {
        &self.pages
    }

    /// Changed entries.
    #[must_use]
    pub const fn values(&self) -> &BTreeMap<Digest, Vec<u8>> {
        &self.values
    }
}

/// Computes what `changes` do to the state of `source`.
///
/// # Errors
/// If the state cannot be read.
pub fn prepare(
    source: &(impl StateSource + ?Sized),
    changes: BTreeMap<Digest, Vec<u8>>,
) -> Result<StateUpdate, StateError> {
    let leaves: Vec<StateLeaf> = changes.iter().map(|(key, value)| StateLeaf::new(*key, value)).collect();
    if leaves.is_empty() {
        return Ok(StateUpdate { root: source.root(), pages: BTreeMap::new(), values: changes });
    }
    let mut pages = BTreeMap::new();
    let top = source.page(&PagePath::TOP)?.map(|page| (*page).clone()).unwrap_or_default();
    let digest = Updater { source, pages: &mut pages }.update(PagePath::TOP, top, &leaves)?;
    Ok(StateUpdate { root: StateRoot::new(*digest.get()), pages, values: changes })
}

struct Updater<'a, S: ?Sized> {
    source: &'a S,
    pages: &'a mut BTreeMap<PagePath, Arc<Page>>,
}

impl<S: StateSource + ?Sized> Updater<'_, S> {
    /// Puts `leaves`, ascending by key, into the page at `path` and gives its new hash.
    fn update(&mut self, path: PagePath, mut page: Page, leaves: &[StateLeaf]) -> Result<Digest, StateError> {
        let mut changed = Vec::with_capacity(leaves.len().min(SLOTS));
        for run in leaves
            .chunk_by(|left, right| slot_of(&left.key, path.depth()) == slot_of(&right.key, path.depth()))
        {
            let index = slot_of(&run[0].key, path.depth());
            changed.push((index, self.update_slot(path.child(index), page.slots()[index], run)?));
        }
        page.set(&changed);
        let digest = page.digest();
        self.pages.insert(path, Arc::new(page));
        Ok(digest)
    }

    fn update_slot(&mut self, path: PagePath, slot: Slot, leaves: &[StateLeaf]) -> Result<Slot, StateError> {
        match (slot, leaves) {
            (Slot::Empty, [leaf]) => Ok(Slot::Leaf(*leaf)),
            (Slot::Leaf(old), [leaf]) if old.key == leaf.key => Ok(Slot::Leaf(*leaf)),
            (Slot::Empty, _) => self.update(path, Page::default(), leaves).map(Slot::Page),
            (Slot::Leaf(old), _) => {
                let merged = with_old_leaf(old, leaves);
                self.update(path, Page::default(), &merged).map(Slot::Page)
            }
            (Slot::Page(_), _) => {
                let page = self.source.page(&path)?.ok_or(StateError::Missing { path })?;
                self.update(path, (*page).clone(), leaves).map(Slot::Page)
            }
        }
    }
}

/// The leaves with the old one among them, unless one of them replaces it.
fn with_old_leaf(old: StateLeaf, leaves: &[StateLeaf]) -> Vec<StateLeaf> {
    let mut merged = leaves.to_vec();
    if let Err(index) = merged.binary_search_by_key(&old.key, |leaf| leaf.key) {
        merged.insert(index, old);
    }
    merged
}
