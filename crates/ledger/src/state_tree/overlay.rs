//! A version of the state that is not on disk: an update on top of another version.

use std::sync::Arc;

use carechain_crypto::{Digest, StateRoot};

use super::{Page, PagePath, StateError, StateSource, StateUpdate};

/// An update seen as a state; overlays stack, one per block in flight.
#[derive(Clone, Copy, Debug)]
pub struct StateOverlay<'a, S: ?Sized> {
    below: &'a S,
    update: &'a StateUpdate,
}

impl<'a, S: StateSource + ?Sized> StateOverlay<'a, S> {
    /// `update` must have been prepared on `below`.
    #[must_use]
    pub const fn new(below: &'a S, update: &'a StateUpdate) -> Self {
        Self { below, update }
    }
}

impl<S: StateSource + ?Sized> StateSource for StateOverlay<'_, S> {
    fn page(&self, path: &PagePath) -> Result<Option<Arc<Page>>, StateError> {
        match self.update.pages().get(path) {
            Some(page) => Ok(Some(Arc::clone(page))),
            None => self.below.page(path),
        }
    }

    fn value(&self, key: &Digest) -> Result<Option<Vec<u8>>, StateError> {
        match self.update.values().get(key) {
            Some(value) => Ok(Some(value.clone())),
            None => self.below.value(key),
        }
    }

    fn root(&self) -> StateRoot {
        self.update.root()
    }
}
