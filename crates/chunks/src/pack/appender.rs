//! Writing: one active pack at a time, records behind one another, sealed at the limit.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::footer::encode_footer;
use super::head::{PACK_HEAD_BYTES, PackHead, PackId, PackOrigin, pack_path};
use super::medium::Medium;
use super::place::Place;
use super::record::{NewRecord, RECORD_HEAD_BYTES};
use super::scan::ScannedRecord;
use crate::error::StoreError;

/// Appends records. Whoever holds it is the only writer.
pub(crate) struct Appender {
    directory: PathBuf,
    origin: PackOrigin,
    medium: Arc<dyn Medium>,
    pack_bytes: u64,
    active: ActivePack,
    /// Appends so far: what a sync covers is counted in these.
    appended: u64,
    directory_unsynced: bool,
    poisoned: bool,
    /// The lowest local number never used; every new pack records it.
    local_next: u64,
}

/// The unsealed pack as it was found at open.
pub(crate) struct Resume {
    pub(crate) head: PackHead,
    pub(crate) file: File,
    pub(crate) records: Vec<ScannedRecord>,
    pub(crate) end: u64,
}

struct ActivePack {
    head: PackHead,
    file: Arc<File>,
    records: Vec<ScannedRecord>,
    end: u64,
}

/// What the next sync must make durable.
pub(crate) struct Unsynced {
    pub(crate) file: Arc<File>,
    /// The folder, when a pack was begun in it.
    pub(crate) directory: Option<PathBuf>,
    pub(crate) appended: u64,
}

/// What every pack of a store shares.
pub(crate) struct PackSettings {
    pub(crate) directory: PathBuf,
    pub(crate) origin: PackOrigin,
    pub(crate) medium: Arc<dyn Medium>,
    pub(crate) pack_bytes: u64,
}

impl Appender {
    /// Goes on in the unsealed pack, or begins pack `next` when there is none.
    pub(crate) fn open(
        settings: PackSettings,
        resume: Option<Resume>,
        next: PackId,
        local_next: u64,
    ) -> Result<Self, StoreError> {
        let PackSettings { directory, origin, medium, pack_bytes } = settings;
        let (active, directory_unsynced) = match resume {
            Some(Resume { head, file, records, end }) => {
                (ActivePack { head, file: Arc::new(file), records, end }, false)
            }
            None => (begin_pack(&directory, origin, &*medium, next, local_next)?, true),
        };
        Ok(Self {
            directory,
            origin,
            medium,
            pack_bytes,
            active,
            // One append is pretended, so that the first sync also covers what a crashed process left unsynced.
            appended: 1,
            directory_unsynced,
            poisoned: false,
            local_next,
        })
    }

    /// Writes one record behind the last. Not durable before a sync; after an error nothing of it counts.
    pub(crate) fn append(&mut self, record: &NewRecord<'_>) -> Result<Place, StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        let head = record.head();
        let empty = self.active.records.is_empty();
        if !empty && self.active.end + head.extent() > self.pack_bytes {
            self.rotate()?;
        }
        let offset = self.active.end;
        let head_bytes = head.encode(&self.active.head.nonce);
        self.write(&head_bytes, offset, head.extent())?;
        self.write(record.payload, offset + RECORD_HEAD_BYTES as u64, head.extent())?;
        self.active.end += head.extent();
        self.active.records.push(ScannedRecord { offset, head });
        self.appended += 1;
        Ok(Place { pack: self.active.head.pack, offset, bytes: head.bytes })
    }

    /// A local number that was never used.
    pub(crate) fn number_upload(&mut self) -> u64 {
        let number = self.local_next;
        self.local_next += 1;
        number
    }

    pub(crate) const fn appended(&self) -> u64 {
        self.appended
    }

    pub(crate) const fn active_pack(&self) -> PackId {
        self.active.head.pack
    }

    pub(crate) fn poison(&mut self) {
        self.poisoned = true;
    }

    /// Hands over what a sync must cover: sealed packs are durable already.
    pub(crate) fn take_unsynced(&mut self) -> Result<Unsynced, StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        let file = Arc::clone(&self.active.file);
        let directory = std::mem::take(&mut self.directory_unsynced).then(|| self.directory.clone());
        Ok(Unsynced { file, directory, appended: self.appended })
    }

    fn write(&self, bytes: &[u8], offset: u64, record_bytes: u64) -> Result<(), StoreError> {
        self.medium.write_all_at(&self.active.file, bytes, offset).map_err(|error| {
            // Whatever part was written is behind the end: it goes now, or is cut at the next open.
            let _ = self.active.file.set_len(self.active.end);
            StoreError::writing(error, self.active.head.pack.get(), self.active.end, record_bytes)
        })
    }

    /// Seals the active pack and begins the next. Who opens a pack with a footer does not look at its payloads again, so
    /// they are durable before it stands; that also bounds what one sync has to write, and the packs in hand.
    fn rotate(&mut self) -> Result<(), StoreError> {
        if let Err(error) = self.medium.sync(&self.active.file) {
            self.poison();
            return Err(StoreError::Sync(error));
        }
        let footer = encode_footer(&self.active.head, &self.active.records, self.active.end);
        self.write(&footer, self.active.end, footer.len() as u64)?;
        let next = self.active.head.pack.next()?;
        let begun = begin_pack(&self.directory, self.origin, &*self.medium, next, self.local_next);
        let active = begun.inspect_err(|_| {
            let _ = self.active.file.set_len(self.active.end);
        })?;
        self.active = active;
        self.directory_unsynced = true;
        Ok(())
    }
}

fn begin_pack(
    directory: &std::path::Path,
    origin: PackOrigin,
    medium: &dyn Medium,
    pack: PackId,
    local_next: u64,
) -> Result<ActivePack, StoreError> {
    let path = pack_path(directory, pack);
    let failed = |error: io::Error| StoreError::writing(error, pack.get(), 0, PACK_HEAD_BYTES as u64);
    let file = File::options().read(true).write(true).create_new(true).open(&path).map_err(failed)?;
    let head = PackHead::begin(origin, pack, local_next);
    medium.write_all_at(&file, &head.encode(), 0).map_err(|error| {
        let _ = fs::remove_file(&path);
        failed(error)
    })?;
    Ok(ActivePack { head, file: Arc::new(file), records: Vec::new(), end: PACK_HEAD_BYTES as u64 })
}
