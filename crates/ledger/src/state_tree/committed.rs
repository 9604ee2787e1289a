//! The committed state: pages and values in the backend, the upper pages kept in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use carechain_crypto::{Digest, StateRoot};
use carechain_types::state_proof::EMPTY;

use super::{Page, PagePath, StateError, StateSource, StateUpdate};
use crate::backend::{Backend, Batch, Table};
use crate::limits::CACHED_PAGE_DEPTH_MAX;

/// The state without entries: below genesis.
#[derive(Clone, Copy, Debug)]
pub struct EmptyState;

impl StateSource for EmptyState {
    fn page(&self, _: &PagePath) -> Result<Option<Arc<Page>>, StateError> {
        Ok(None)
    }

    fn value(&self, _: &Digest) -> Result<Option<Vec<u8>>, StateError> {
        Ok(None)
    }

    fn root(&self) -> StateRoot {
        StateRoot::new(*EMPTY.get())
    }
}

/// The state at the ledger's head.
#[derive(Debug)]
pub struct CommittedState {
    root: StateRoot,
    /// Pages of depth ≤ [`CACHED_PAGE_DEPTH_MAX`] that were used; the same as on disk.
    upper: Mutex<BTreeMap<PagePath, Arc<Page>>>,
}

impl CommittedState {
    /// The state in a backend.
    ///
    /// # Errors
    /// If the top page cannot be read.
    pub fn open(backend: &impl Backend) -> Result<Self, StateError> {
        let mut state = Self { root: EmptyState.root(), upper: Mutex::default() };
        if let Some(page) = state.read_page(backend, &PagePath::TOP)? {
            state.root = StateRoot::new(*page.digest().get());
        }
        Ok(state)
    }

    /// The state as a source, read through `backend`.
    pub const fn source<'a, B: Backend>(&'a self, backend: &'a B) -> CommittedSource<'a, B> {
        CommittedSource { state: self, backend }
    }

    /// Adds the update's rows to a block's batch.
    pub fn stage(update: &StateUpdate, batch: &mut Batch) {
        for (path, page) in update.pages() {
            batch.put(Table::StatePages, path.row_key(), page.to_bytes());
        }
        for (key, value) in update.values() {
            batch.put(Table::StateValues, key.as_slice(), value.as_slice());
        }
    }

    /// Follows an update whose rows were written.
    pub fn apply(&mut self, update: &StateUpdate) {
        self.root = update.root();
        let mut upper = self.upper();
        for (path, page) in update.pages() {
            if path.depth() <= CACHED_PAGE_DEPTH_MAX {
                upper.insert(*path, Arc::clone(page));
            }
        }
    }

    fn upper(&self) -> MutexGuard<'_, BTreeMap<PagePath, Arc<Page>>> {
        self.upper.lock().expect("no holder of this lock panics")
    }

    fn read_page(&self, backend: &impl Backend, path: &PagePath) -> Result<Option<Arc<Page>>, StateError> {
        let cached = path.depth() <= CACHED_PAGE_DEPTH_MAX;
        if cached && let Some(page) = self.upper().get(path) {
            return Ok(Some(Arc::clone(page)));
        }
        let Some(bytes) = backend.get(Table::StatePages, &path.row_key())? else { return Ok(None) };
        let page = Page::from_bytes(&bytes).map_err(|source| StateError::Damaged { path: *path, source })?;
        let page = Arc::new(page);
        if cached {
            self.upper().insert(*path, Arc::clone(&page));
        }
        Ok(Some(page))
    }
}

/// [`CommittedState`] together with the backend it is read from.
#[derive(Debug)]
pub struct CommittedSource<'a, B> {
    state: &'a CommittedState,
    backend: &'a B,
}

impl<B: Backend> StateSource for CommittedSource<'_, B> {
    fn page(&self, path: &PagePath) -> Result<Option<Arc<Page>>, StateError> {
        self.state.read_page(self.backend, path)
    }

    fn value(&self, key: &Digest) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.backend.get(Table::StateValues, key.as_slice())?)
    }

    fn root(&self) -> StateRoot {
        self.state.root
    }
}
