//! A node's own disk: journal, packs, pages. Their checksums are made to fit, since a disk that returns what was never
//! written is not the only danger: an older version, or a tool, may have written it.

use std::fs;
use std::path::{Path, PathBuf};

use carechain_chunks::limits::PACK_VERSION;
use carechain_chunks::{ChunkStore, ScrubPlace, StoreLimits};
use carechain_crypto::{ChainId, HospitalId, hash};
use carechain_engine::{journalled, journalled_bodies};
use carechain_ledger::{FileJournal, JournalStore as _, Page};
use carechain_types::{Moment, ReplicaId, Time};

use crate::consortium;
use crate::targets::files::folder;

const CHAIN: ChainId = ChainId::new([0xC4; 32]);
const HOSPITAL: HospitalId = HospitalId::new([0x44; 20]);
const OWN: ReplicaId = ReplicaId::new(1);

/// Frames of a journal's only segment, up to the replica that goes by its records.
pub(super) fn journal(data: &[u8]) {
    let folder = folder();
    let path = folder.path().join("journal");
    drop(FileJournal::create(&path, consortium::binding(OWN)).expect("an empty folder takes a journal"));
    let head = fs::read(path.join(HEAD)).expect("the head was just written");
    let nonce: [u8; 8] = head[80..88].try_into().expect("eight bytes");
    let mut bytes = data.to_vec();
    seal_frames(&mut bytes, nonce);
    fs::write(segment(&path), bytes).expect("a small file is written");
    let Ok(journal) = FileJournal::open(&path, consortium::binding(OWN)) else { return };
    let _ = journal.replay();
    let _ = journalled(&journal);
    let _ = journalled_bodies(&journal);
    if let Ok(mut engine) = consortium::open(OWN, journal) {
        let _ = engine.turn(Moment::in_step(consortium::START), [], &mut |_| {});
    }
}

const HEAD: &str = "journal";
const FRAME_HEAD_BYTES: usize = 36;

/// The file of a new journal that is not its head.
fn segment(path: &Path) -> PathBuf {
    let files = fs::read_dir(path).expect("the folder is there").filter_map(Result::ok);
    let mut segments = files.filter(|file| file.file_name() != HEAD && file.path().is_file());
    segments.next().expect("a new journal has one segment").path()
}

/// Makes the checksums of every frame fit, from the first on.
fn seal_frames(mut rest: &mut [u8], nonce: [u8; 8]) {
    while rest.len() >= FRAME_HEAD_BYTES && rest.starts_with(b"CCJF") {
        let (head, after) = rest.split_at_mut(FRAME_HEAD_BYTES);
        let length = u32::from_le_bytes(head[8..12].try_into().expect("four bytes")) as usize;
        let (payload, after) = after.split_at_mut(length.min(after.len()));
        head[12..16].copy_from_slice(&crc32c::crc32c(payload).to_le_bytes());
        let sum = crc32c::crc32c_append(crc32c::crc32c(&nonce), &head[..32]);
        head[32..36].copy_from_slice(&sum.to_le_bytes());
        rest = after;
    }
}

/// A pack, up to the store that reads and writes by it. The first eight bytes are the number of uploads it claims.
pub(super) fn pack(data: &[u8]) {
    let (claimed, records) = data.split_at(data.len().min(8));
    let mut local_next = [0; 8];
    local_next[..claimed.len()].copy_from_slice(claimed);
    let folder = folder();
    write_pack(folder.path(), local_next, records);
    let Ok((store, _)) = ChunkStore::open(folder.path(), CHAIN, HOSPITAL, StoreLimits::default()) else {
        return;
    };
    let _ = store.stats();
    let far = Time::from_micros(u64::MAX);
    for local in [store.expired_open(far, 8), store.expired_unpublished(far, 8)].concat() {
        let _ = (store.present(local), store.state(local), store.manifest(local));
        for index in [0, 1, u32::MAX] {
            let _ = store.read_chunk(local, index);
        }
        for (start, end) in [(0, 1), (0, u64::MAX), (u64::MAX, 0)] {
            let _ = store.read_range(local, start, end);
        }
        let _ = store.erase(local);
    }
    for place in [ScrubPlace::default(), ScrubPlace { local: u64::MAX, index: u32::MAX }] {
        let _ = store.scrub(place, u64::MAX);
    }
}

const PACK_HEAD_BYTES: usize = 4096;
const RECORD_HEAD_BYTES: usize = 96;
const NONCE: [u8; 16] = [0; 16];

fn write_pack(folder: &Path, local_next: [u8; 8], records: &[u8]) {
    let mut bytes = vec![0; PACK_HEAD_BYTES];
    bytes[..8].copy_from_slice(b"CCPACK1\n");
    bytes[8..10].copy_from_slice(&PACK_VERSION.to_le_bytes());
    bytes[16..48].copy_from_slice(CHAIN.as_slice());
    bytes[48..68].copy_from_slice(HOSPITAL.as_slice());
    bytes[72] = 1;
    bytes[80..88].copy_from_slice(&local_next);
    bytes[88..104].copy_from_slice(&NONCE);
    let sum = crc32c::crc32c(&bytes[..PACK_HEAD_BYTES - 4]);
    bytes[PACK_HEAD_BYTES - 4..].copy_from_slice(&sum.to_le_bytes());
    bytes.extend_from_slice(records);
    seal_records(&mut bytes[PACK_HEAD_BYTES..]);
    fs::write(folder.join("0000000000000001.pack"), bytes).expect("a small file is written");
}

/// Makes checksum and hash of every record fit, from the first on.
fn seal_records(mut rest: &mut [u8]) {
    while rest.len() >= RECORD_HEAD_BYTES && rest.starts_with(b"CCRD") {
        let (head, after) = rest.split_at_mut(RECORD_HEAD_BYTES);
        let length = u32::from_le_bytes(head[36..40].try_into().expect("four bytes")) as usize;
        let (payload, after) = after.split_at_mut(length.min(after.len()));
        // A chunk's value depends on its place in the file; that of the only chunk is the plain hash, as of all others.
        head[40..72].copy_from_slice(hash(payload).as_slice());
        let sum = crc32c::crc32c_append(crc32c::crc32c(&NONCE), &head[..92]);
        head[92..96].copy_from_slice(&sum.to_le_bytes());
        rest = after;
    }
}

/// A page of the state tree.
pub(super) fn page(data: &[u8]) {
    let Ok(page) = Page::from_bytes(data) else { return };
    assert_eq!(Page::from_bytes(&page.to_bytes()).as_ref(), Ok(&page), "a page is read as it was written");
    let _ = page.digest();
    for slot in 0..16 {
        let _ = page.walk(slot, |_| {});
    }
}
