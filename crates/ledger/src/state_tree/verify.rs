//! Hashing the whole state again: every page under its parent, every value under its leaf.

use carechain_crypto::StateRoot;
use carechain_types::state_proof::{EMPTY, StateLeaf};

use super::page::{Page, Slot};
use super::page_path::PagePath;
use super::{CommittedSource, StateError, StateSource};
use crate::backend::Backend;

impl<B: Backend> CommittedSource<'_, B> {
    /// The root, if every page and every value below it hash to what stands above them; else `None`.
    ///
    /// # Errors
    /// If the store fails or is damaged.
    pub fn verify_all(&self) -> Result<Option<StateRoot>, StateError> {
        let Some(top) = self.page(&PagePath::TOP)? else { return Ok(Some(StateRoot::new(*EMPTY.get()))) };
        let is_sound = self.is_sound(PagePath::TOP, &top)?;
        Ok(is_sound.then(|| StateRoot::new(*top.digest().get())))
    }

    /// Recursion is at most one level per nibble of a key deep.
    fn is_sound(&self, path: PagePath, page: &Page) -> Result<bool, StateError> {
        for (index, slot) in page.slots().iter().enumerate() {
            let is_sound = match slot {
                Slot::Empty => true,
                Slot::Leaf(leaf) => {
                    self.value(&leaf.key)?.is_some_and(|value| StateLeaf::new(leaf.key, &value) == *leaf)
                }
                Slot::Page(digest) => {
                    let path = path.child(index);
                    let child = self.page(&path)?.ok_or(StateError::Missing { path })?;
                    child.digest() == *digest && self.is_sound(path, &child)?
                }
            };
            if !is_sound {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
