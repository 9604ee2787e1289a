//! Opening: read all packs, cut the torn tail of the last, build the index, finish erasures a crash interrupted.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};

use carechain_crypto::{ChainId, HospitalId};

use super::chunk_store::ChunkStore;
use super::locked::FolderLock;
use super::open_report::{Damage, OpenReport};
use crate::error::StoreError;
use crate::index::{Payload, Replay, Replayed};
use crate::limits::{FINDINGS_MAX, PACK_BYTES_MAX, PACK_BYTES_MIN, StoreLimits};
use crate::pack::{
    Appender, Decoded, Disk, GroupCommit, Medium, OpenPacks, PACK_HEAD_BYTES, PackHead, PackId, PackOrigin,
    PackSettings, Resume, Scan, pack_path, packs_in, read_footer, scan,
};

impl ChunkStore {
    /// Opens the store in a folder, which is made when it is not there, and rebuilds the index from the packs. The
    /// report tells what was cut or found damaged.
    pub fn open(
        directory: &Path,
        chain: ChainId,
        hospital: HospitalId,
        limits: StoreLimits,
    ) -> Result<(Self, OpenReport), StoreError> {
        Self::open_on(directory, (chain, hospital), limits, Arc::new(Disk))
    }

    /// As [`ChunkStore::open`], on a medium of the caller's: a disk that fails when it is told to.
    pub fn open_on(
        directory: &Path,
        (chain, hospital): (ChainId, HospitalId),
        limits: StoreLimits,
        medium: Arc<dyn Medium>,
    ) -> Result<(Self, OpenReport), StoreError> {
        open(directory, PackOrigin { chain, hospital }, limits, medium)
    }
}

fn open(
    directory: &Path,
    origin: PackOrigin,
    limits: StoreLimits,
    medium: Arc<dyn Medium>,
) -> Result<(ChunkStore, OpenReport), StoreError> {
    fs::create_dir_all(directory).map_err(StoreError::Write)?;
    let lock = FolderLock::take(directory)?;
    let PacksRead { replayed, mut report, resume, next } = read_packs(directory, origin, &*medium)?;
    let settings = PackSettings {
        directory: directory.to_owned(),
        origin,
        medium: Arc::clone(&medium),
        pack_bytes: limits.pack_bytes.clamp(PACK_BYTES_MIN, PACK_BYTES_MAX),
    };
    let mut store = ChunkStore {
        directory: directory.to_owned(),
        hospital: origin.hospital,
        limits,
        appender: Mutex::new(Appender::open(settings, resume, next, replayed.local_next)?),
        medium,
        commit: GroupCommit::default(),
        index: RwLock::new(replayed.index),
        packs: OpenPacks::new(directory.to_owned()),
        opened: OpenReport::default(),
        _lock: lock,
    };
    for (local, places) in replayed.erasing {
        store.finish_erasure(local, &places)?;
        report.erasures_finished += 1;
    }
    store.sync()?;
    store.opened = report.clone();
    Ok((store, report))
}

/// What the packs of a folder say.
pub(super) struct PacksRead {
    pub(super) replayed: Replayed,
    report: OpenReport,
    resume: Option<Resume>,
    next: PackId,
}

/// Reads all packs in order.
pub(super) fn read_packs(
    directory: &Path,
    origin: PackOrigin,
    medium: &dyn Medium,
) -> Result<PacksRead, StoreError> {
    let mut opening = Opening { origin, medium, replay: Replay::default(), report: OpenReport::default() };
    let packs = packs_in(directory)?;
    let mut resume = None;
    for pack in &packs {
        resume = opening.take_pack(directory, *pack, packs.last() == Some(pack))?;
    }
    let Opening { replay, mut report, .. } = opening;
    let replayed = replay.finish();
    report.orphan_chunks = replayed.orphan_chunks;
    let next = packs.last().map_or(Ok(PackId::FIRST), |last| last.next())?;
    Ok(PacksRead { replayed, report, resume, next })
}

struct Opening<'a> {
    origin: PackOrigin,
    medium: &'a dyn Medium,
    replay: Replay,
    report: OpenReport,
}

impl Opening<'_> {
    /// Replays one pack. Gives it back to be continued when it is the last and not sealed.
    fn take_pack(
        &mut self,
        directory: &Path,
        pack: PackId,
        last: bool,
    ) -> Result<Option<Resume>, StoreError> {
        let path = pack_path(directory, pack);
        let file = File::options().read(true).write(true).open(&path).map_err(StoreError::Read)?;
        let length = file.metadata().map_err(StoreError::Read)?.len();
        let head = match read_head(&file, length)? {
            Decoded::Intact(head) => Some(head),
            Decoded::OtherVersion(found) => return Err(StoreError::other_version(pack.get(), found)),
            Decoded::Damaged => None,
        };
        let Some(head) = head else {
            if last && length <= PACK_HEAD_BYTES as u64 {
                // A crash while the pack was begun: nothing was ever in it. Its number is not used again.
                fs::remove_file(&path).map_err(StoreError::Write)?;
                self.report.cut_bytes += length;
            } else {
                self.damage(pack, 0, length);
            }
            return Ok(None);
        };
        if head.origin != self.origin || head.pack != pack {
            return Err(StoreError::Foreign { pack: pack.get() });
        }
        self.report.packs += 1;
        self.replay.local_next_at_least(head.local_next);
        if let Some(records) = read_footer(&file, length, &head).map_err(StoreError::Read)? {
            self.replay_records(pack, &file, &Scan { records, ..Scan::default() })?;
            return Ok(None);
        }
        // A process that ended after a failed sync may have left bytes that only the system's memory has.
        self.medium.forget_cached(&file);
        let found = scan(&file, length, &head)?;
        self.replay_records(pack, &file, &found)?;
        if !last {
            self.damage(pack, found.end, length - found.end);
            return Ok(None);
        }
        if found.end < length {
            self.report.cut_bytes += length - found.end;
            file.set_len(found.end).map_err(StoreError::Write)?;
        }
        Ok(Some(Resume { head, file, records: found.records, end: found.end }))
    }

    fn replay_records(&mut self, pack: PackId, file: &File, found: &Scan) -> Result<(), StoreError> {
        for (offset, bytes) in &found.damages {
            self.damage(pack, *offset, *bytes);
        }
        for record in &found.records {
            self.report.records += 1;
            let payload =
                if found.damaged.contains(&record.offset) { Payload::Damaged } else { Payload::Unread };
            if !self.replay.apply(pack, file, record, payload).map_err(StoreError::Read)? {
                self.damage(pack, record.offset, record.head.extent());
            }
        }
        Ok(())
    }

    fn damage(&mut self, pack: PackId, offset: u64, bytes: u64) {
        if bytes > 0 && self.report.damages.len() < FINDINGS_MAX {
            self.report.damages.push(Damage { pack: pack.get(), offset, bytes });
        }
    }
}

fn read_head(file: &File, length: u64) -> Result<Decoded<PackHead>, StoreError> {
    if length < PACK_HEAD_BYTES as u64 {
        return Ok(Decoded::Damaged);
    }
    let mut bytes = vec![0; PACK_HEAD_BYTES];
    file.read_exact_at(&mut bytes, 0).map_err(StoreError::Read)?;
    Ok(PackHead::decode(&bytes))
}
