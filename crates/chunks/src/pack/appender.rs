//! Writing: one active pack at a time, records behind one another, sealed at the limit.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Arc;

use super::active::{ActivePack, cut};
use super::failure::{PackFailure, StoreHealth};
use super::footer::encode_footer;
use super::head::{PackHead, PackId, PackOrigin, pack_path};
use super::medium::Medium;
use super::place::Place;
use super::record::{NewRecord, RECORD_HEAD_BYTES};
use super::scan::ScannedRecord;
use super::unsynced::{Mark, Unsynced, sync_folder, sync_pack};
use crate::error::StoreError;

/// Appends records. Whoever holds it is the only writer.
pub(crate) struct Appender {
    directory: PathBuf,
    origin: PackOrigin,
    medium: Arc<dyn Medium>,
    pack_bytes: u64,
    active: ActivePack,
    /// What a sync covers is counted in this.
    mark: Mark,
    directory_unsynced: bool,
    /// Why nothing is written, if so. Nothing else in the store remembers it.
    health: StoreHealth,
    /// A pack whose sync failed after it was sealed, with the end of what is durable in it: the sync before the seal may
    /// have succeeded all the same, since the system tells an error to one of two.
    failed_sealed: Option<(PackId, Arc<File>, u64)>,
    /// The lowest pack number never used.
    pack_next: PackId,
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
        let (active, directory_unsynced, pack_next) = match resume {
            Some(Resume { head, file, records, end }) => {
                let active = ActivePack { head, file: Arc::new(file), records, end, durable_end: end };
                (active, false, next)
            }
            None => {
                (ActivePack::begin(&directory, origin, &*medium, (next, local_next))?, true, next.next()?)
            }
        };
        Ok(Self {
            directory,
            origin,
            medium,
            pack_bytes,
            active,
            // One append is pretended, so that the first sync also covers what a crashed process left unsynced.
            mark: Mark { packs_given_up: 0, appended: 1 },
            directory_unsynced,
            health: StoreHealth::Sound,
            failed_sealed: None,
            pack_next,
            local_next,
        })
    }

    /// Writes one record behind the last. Not durable before a sync; after an error nothing of it counts.
    pub(crate) fn append(&mut self, record: &NewRecord<'_>) -> Result<Place, StoreError> {
        self.check_writable()?;
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
        self.mark.appended += 1;
        Ok(Place { pack: self.active.head.pack, offset, bytes: head.bytes })
    }

    /// A local number that was never used.
    pub(crate) fn number_upload(&mut self) -> u64 {
        let number = self.local_next;
        self.local_next += 1;
        number
    }

    pub(crate) const fn mark(&self) -> Mark {
        self.mark
    }

    pub(crate) const fn active_pack(&self) -> PackId {
        self.active.head.pack
    }

    pub(crate) const fn origin(&self) -> PackOrigin {
        self.origin
    }

    pub(crate) const fn health(&self) -> StoreHealth {
        self.health
    }

    /// Hands over what a sync must cover so that `target` is durable: sealed packs are already.
    pub(crate) fn take_unsynced(&mut self, target: Mark) -> Result<Unsynced, StoreError> {
        self.check_writable()?;
        self.check_not_given_up(target)?;
        let directory = std::mem::take(&mut self.directory_unsynced).then(|| self.directory.clone());
        Ok(Unsynced {
            pack: self.active.head.pack,
            file: Arc::clone(&self.active.file),
            directory,
            end: self.active.end,
            durable_end: self.active.durable_end,
            mark: self.mark,
        })
    }

    /// Takes the outcome of a sync; gives what is durable. A sync that succeeded while another of the same file failed
    /// counts for nothing: the system tells an error to one of the two only.
    pub(crate) fn settle(
        &mut self,
        unsynced: &Unsynced,
        outcome: Result<(), PackFailure>,
    ) -> Result<Mark, StoreError> {
        self.check_not_given_up(unsynced.mark)?;
        match outcome {
            Ok(()) => {
                self.check_writable()?;
                if self.active.head.pack == unsynced.pack {
                    self.active.durable_end = self.active.durable_end.max(unsynced.end);
                }
                Ok(unsynced.mark)
            }
            Err(failure) => {
                if self.active.head.pack != unsynced.pack {
                    let file = Arc::clone(&unsynced.file);
                    self.failed_sealed = Some((unsynced.pack, file, unsynced.durable_end));
                }
                Err(self.poison(failure))
            }
        }
    }

    /// After a failed sync: cuts the pack at what is durable, and the one before it if that is the one that failed.
    /// Repeating it does no harm.
    pub(crate) fn cut_failed_pack(&self) -> Result<(), StoreError> {
        if let Some((pack, file, durable_end)) = &self.failed_sealed {
            cut(&self.directory, *pack, file, *durable_end)?;
        }
        self.active.cut(&self.directory)
    }

    /// After a failed sync: goes on in a new pack, which is durable when this returns.
    pub(crate) fn leave_failed_pack(&mut self) -> Result<(), StoreError> {
        let StoreHealth::Poisoned(failure) = self.health else { return Ok(()) };
        let mut active = self.begin_pack()?;
        let pack = active.head.pack;
        let synced =
            sync_pack(&*self.medium, pack, &active.file).and_then(|()| sync_folder(pack, &self.directory));
        synced.map_err(|failure| {
            let _ = fs::remove_file(pack_path(&self.directory, pack));
            StoreError::Pack(failure)
        })?;
        active.durable_end = active.end;
        self.active = active;
        self.directory_unsynced = false;
        self.mark.packs_given_up += 1;
        self.failed_sealed = None;
        self.health = StoreHealth::Recovered(failure);
        Ok(())
    }

    const fn check_writable(&self) -> Result<(), StoreError> {
        match self.health {
            StoreHealth::Poisoned(failure) => Err(StoreError::Poisoned(failure)),
            StoreHealth::Sound | StoreHealth::Recovered(_) => Ok(()),
        }
    }

    /// What was appended before a pack was given up is not there any more.
    const fn check_not_given_up(&self, target: Mark) -> Result<(), StoreError> {
        match self.health {
            StoreHealth::Recovered(failure) if target.packs_given_up != self.mark.packs_given_up => {
                Err(StoreError::Poisoned(failure))
            }
            _ => Ok(()),
        }
    }

    fn poison(&mut self, failure: PackFailure) -> StoreError {
        // The first cause is the one to tell: what follows it is a consequence.
        if !matches!(self.health, StoreHealth::Poisoned(_)) {
            self.health = StoreHealth::Poisoned(failure);
        }
        StoreError::Pack(failure)
    }

    fn begin_pack(&mut self) -> Result<ActivePack, StoreError> {
        let number = self.pack_next;
        // A number is used once, also if what is begun under it does not succeed.
        self.pack_next = number.next()?;
        ActivePack::begin(&self.directory, self.origin, &*self.medium, (number, self.local_next))
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
        sync_pack(&*self.medium, self.active.head.pack, &self.active.file)
            .map_err(|failure| self.poison(failure))?;
        self.active.durable_end = self.active.end;
        let footer = encode_footer(&self.active.head, &self.active.records, self.active.end);
        self.write(&footer, self.active.end, footer.len() as u64)?;
        let begun = self.begin_pack();
        let active = begun.inspect_err(|_| {
            let _ = self.active.file.set_len(self.active.end);
        })?;
        self.active = active;
        self.directory_unsynced = true;
        Ok(())
    }
}
