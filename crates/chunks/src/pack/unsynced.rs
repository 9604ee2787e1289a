//! What stands in a pack and is not known to be durable.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::failure::{PackFailure, PackOperation};
use super::head::PackId;
use super::medium::Medium;

/// How far writing is: the packs given up, and the appends since the store was opened.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Mark {
    pub(super) packs_given_up: u64,
    pub(super) appended: u64,
}

impl Mark {
    /// Whether everything that `target` counts is durable once this mark is. Never across a pack that was given up: its last
    /// appends were cut.
    pub(crate) const fn covers(self, target: Self) -> bool {
        self.packs_given_up == target.packs_given_up && self.appended >= target.appended
    }
}

/// What the next sync must make durable.
pub(crate) struct Unsynced {
    pub(super) pack: PackId,
    pub(super) file: Arc<File>,
    /// The folder, when a pack was begun in it.
    pub(super) directory: Option<PathBuf>,
    /// Where the last record ends.
    pub(super) end: u64,
    /// What lay before was durable when this was taken; 0 if nothing was.
    pub(super) durable_end: u64,
    pub(super) mark: Mark,
}

impl Unsynced {
    pub(crate) fn sync(&self, medium: &dyn Medium) -> Result<(), PackFailure> {
        sync_pack(medium, self.pack, &self.file)?;
        self.directory.as_deref().map_or(Ok(()), |directory| sync_folder(self.pack, directory))
    }
}

pub(super) fn sync_pack(medium: &dyn Medium, pack: PackId, file: &File) -> Result<(), PackFailure> {
    medium.sync(file).map_err(|error| PackFailure::new(pack.get(), PackOperation::Sync, &error))
}

pub(super) fn sync_folder(pack: PackId, directory: &Path) -> Result<(), PackFailure> {
    File::open(directory)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| PackFailure::new(pack.get(), PackOperation::SyncFolder, &error))
}
