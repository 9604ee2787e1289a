//! The unsealed pack that records are appended to.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::failure::{PackFailure, PackOperation};
use super::head::{PACK_HEAD_BYTES, PackHead, PackId, PackOrigin, pack_path};
use super::medium::Medium;
use super::scan::ScannedRecord;
use crate::error::StoreError;

/// A pack with its records so far.
pub(super) struct ActivePack {
    pub(super) head: PackHead,
    pub(super) file: Arc<File>,
    pub(super) records: Vec<ScannedRecord>,
    /// Where the next record goes.
    pub(super) end: u64,
    /// What lies before is durable; 0 while not even the head is known to be.
    pub(super) durable_end: u64,
}

impl ActivePack {
    /// Writes the head of a new pack, not yet durable.
    pub(super) fn begin(
        directory: &Path,
        origin: PackOrigin,
        medium: &dyn Medium,
        (pack, local_next): (PackId, u64),
    ) -> Result<Self, StoreError> {
        let path = pack_path(directory, pack);
        let created = File::options().read(true).write(true).create_new(true).open(&path);
        let file = created.map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                StoreError::writing(error, pack.get(), 0, PACK_HEAD_BYTES as u64)
            }
            _ => StoreError::Pack(PackFailure::new(pack.get(), PackOperation::Begin, &error)),
        })?;
        let head = PackHead::begin(origin, pack, local_next);
        medium.write_all_at(&file, &head.encode(), 0).map_err(|error| {
            let _ = fs::remove_file(&path);
            StoreError::writing(error, pack.get(), 0, PACK_HEAD_BYTES as u64)
        })?;
        let end = PACK_HEAD_BYTES as u64;
        Ok(Self { head, file: Arc::new(file), records: Vec::new(), end, durable_end: 0 })
    }

    /// Takes away what is not durable, so that nothing reads it from the system's memory: all of the pack when nothing
    /// of it is.
    pub(super) fn cut(&self, directory: &Path) -> Result<(), StoreError> {
        cut(directory, self.head.pack, &self.file, self.durable_end)
    }
}

/// Takes away what lies behind `durable_end`: all of the pack at 0.
pub(super) fn cut(directory: &Path, pack: PackId, file: &File, durable_end: u64) -> Result<(), StoreError> {
    let cut = match durable_end {
        0 => match fs::remove_file(pack_path(directory, pack)) {
            // An earlier try removed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        },
        end => file.set_len(end).and_then(|()| file.sync_all()),
    };
    cut.map_err(|error| StoreError::Pack(PackFailure::new(pack.get(), PackOperation::Cut, &error)))
}
