//! The files of packs for reading: a bounded number stays open, the longest unused is closed first.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::head::{PackId, pack_path};
use crate::limits::PACKS_OPEN_MAX;

/// Open packs, shared by all readers.
pub(crate) struct OpenPacks {
    directory: PathBuf,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    files: BTreeMap<PackId, (Arc<File>, u64)>,
    uses: u64,
}

impl OpenPacks {
    pub(crate) fn new(directory: PathBuf) -> Self {
        Self { directory, open: Mutex::default() }
    }

    /// The file of a pack. The lock is held only for the look-up; reading happens outside.
    pub(crate) fn get(&self, pack: PackId) -> io::Result<Arc<File>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.uses += 1;
        let now = open.uses;
        if let Some((file, used)) = open.files.get_mut(&pack) {
            *used = now;
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(File::options().read(true).write(true).open(pack_path(&self.directory, pack))?);
        if open.files.len() >= PACKS_OPEN_MAX
            && let Some(oldest) = open.files.iter().min_by_key(|(_, (_, used))| *used).map(|(pack, _)| *pack)
        {
            open.files.remove(&oldest);
        }
        open.files.insert(pack, (Arc::clone(&file), now));
        Ok(file)
    }
}
