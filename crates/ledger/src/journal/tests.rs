#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::fs;
use std::path::Path;

use carechain_crypto::{ChainId, SigningPublicKey};

use super::frame::FRAME_HEAD_BYTES;
use super::head::Head;
use super::{FileJournal, JournalBinding, JournalError, JournalStore, MemoryJournal};

mod rolling;

const BINDING: JournalBinding =
    JournalBinding { chain_id: ChainId::new([1; 32]), node_key: SigningPublicKey::new([2; 32]) };

fn entry(number: usize) -> Vec<u8> {
    vec![u8::try_from(number).unwrap(); number * 7 % 50]
}

fn append(journal: &mut impl JournalStore, numbers: std::ops::Range<usize>) {
    for number in numbers {
        journal.append(&entry(number)).unwrap();
    }
}

#[track_caller]
fn check_entries(journal: &impl JournalStore, count: usize) {
    assert_eq!(replayed(journal), (0..count).map(entry).collect::<Vec<_>>());
}

fn replayed(journal: &impl JournalStore) -> Vec<Vec<u8>> {
    journal.replay().unwrap().into_iter().map(|entry| entry.bytes).collect()
}

#[track_caller]
fn check_is_prefix(journal: &impl JournalStore, count_min: usize) -> usize {
    let entries = replayed(journal);
    assert!(entries.len() >= count_min, "{} of {count_min} synced entries", entries.len());
    check_entries(journal, entries.len());
    entries.len()
}

fn used_bytes(journal: &impl JournalStore) -> usize {
    usize::try_from(journal.segment_bytes()).unwrap()
}

/// What a journal of one segment left on disk.
struct Written {
    head: Vec<u8>,
    segment: Vec<u8>,
    /// Used length of the segment after each step.
    used: [usize; 3],
}

impl Written {
    /// A folder with the same head whose segment is `bytes`.
    fn folder_with(&self, bytes: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("journal"), &self.head).unwrap();
        fs::write(folder.path().join("segment-0000000000000000"), bytes).unwrap();
        folder
    }
}

fn open(path: &Path) -> Result<FileJournal, JournalError> {
    FileJournal::open(path, BINDING)
}

/// Entries 0..3 synced, 3..6 synced, 6..8 appended only.
fn eight_entries() -> Written {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = FileJournal::create(&folder.path().join("j"), BINDING).unwrap();
    append(&mut journal, 0..3);
    journal.sync().unwrap();
    let first = used_bytes(&journal);
    append(&mut journal, 3..6);
    journal.sync().unwrap();
    let second = used_bytes(&journal);
    append(&mut journal, 6..8);
    journal.flush().unwrap();
    let third = used_bytes(&journal);
    drop(journal);
    let segment = fs::read(folder.path().join("j/segment-0000000000000000")).unwrap();
    assert_eq!(segment.len() % crate::limits::JOURNAL_STEP_BYTES, 0);
    let head = fs::read(folder.path().join("j/journal")).unwrap();
    Written { head, segment, used: [first, second, third] }
}

#[test]
fn entries_come_back_in_order_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = FileJournal::create(folder.path(), BINDING).unwrap();
    for round in 0..5 {
        check_entries(&journal, 3 * round);
        append(&mut journal, 3 * round..3 * round + 3);
        journal.sync().unwrap();
        journal.sync().unwrap();
        check_entries(&journal, 3 * round + 3);
        drop(journal);
        journal = open(folder.path()).unwrap();
    }
    check_entries(&journal, 15);
}

#[test]
fn a_journal_cut_at_any_byte_keeps_what_was_synced_before_it() {
    let written = eight_entries();
    let [first, second, third] = written.used;
    for length in 0..=third + 50 {
        let folder = written.folder_with(&written.segment[..length]);
        let opened = open(folder.path());
        if length < FRAME_HEAD_BYTES {
            assert!(matches!(opened, Err(JournalError::Corrupt { offset: 0, .. })), "{length}");
            continue;
        }
        let count_min = if length >= second {
            6
        } else if length >= first {
            3
        } else {
            0
        };
        let mut journal = opened.unwrap();
        let count = check_is_prefix(&journal, count_min);
        append(&mut journal, count..9);
        journal.sync().unwrap();
        drop(journal);
        check_entries(&open(folder.path()).unwrap(), 9);
    }
}

#[test]
fn a_bit_flipped_in_a_synced_entry_is_refused() {
    let written = eight_entries();
    let [_, second, third] = written.used;
    let marked = second - FRAME_HEAD_BYTES;
    for index in 0..third {
        let mut bytes = written.segment.clone();
        bytes[index] ^= 1 << (index % 8);
        let folder = written.folder_with(&bytes);
        match open(folder.path()) {
            Err(JournalError::Corrupt { offset, .. }) => assert!(offset <= index as u64, "{index}"),
            Ok(journal) => {
                assert!(index >= marked, "byte {index} was synced");
                check_is_prefix(&journal, 6);
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_bit_flipped_in_the_last_synced_entry_is_refused_because_of_the_mark() {
    let mut journal = MemoryJournal::create(BINDING);
    append(&mut journal, 0..2);
    journal.sync().unwrap();
    journal.flip_bit((FRAME_HEAD_BYTES + 40) * 8);
    assert!(matches!(journal.reopen(BINDING), Err(JournalError::Corrupt { .. })));
}

#[test]
fn zeros_where_the_unsynced_end_was_are_cut() {
    let written = eight_entries();
    let [_, second, third] = written.used;
    for (from, to) in
        [(second, second + 10), (second + 3, third), (second, third - 5), (third - 9, third - 2)]
    {
        let mut bytes = written.segment.clone();
        bytes[from..to].fill(0);
        let folder = written.folder_with(&bytes);
        let mut journal = open(folder.path()).unwrap();
        let count = check_is_prefix(&journal, 6);
        append(&mut journal, count..12);
        journal.sync().unwrap();
        drop(journal);
        check_entries(&open(folder.path()).unwrap(), 12);
    }
}

#[test]
fn an_entry_that_holds_frames_of_a_journal_is_only_an_entry() {
    let Written { segment: bytes, used: [_, _, third], .. } = eight_entries();
    for seed in 0..200 {
        let mut copy = MemoryJournal::create(BINDING);
        append(&mut copy, 0..1);
        copy.sync().unwrap();
        copy.append(&bytes[..third]).unwrap();
        copy.crash(seed);
        let entries = replayed(&copy.reopen(BINDING).unwrap());
        assert_eq!(entries[0], entry(0));
        assert!(entries.len() == 1 || entries[1] == bytes[..third]);
    }
}

#[test]
fn a_missing_journal_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(open(folder.path()), Err(JournalError::Missing { .. })));
    assert!(matches!(open(&folder.path().join("nowhere")), Err(JournalError::Missing { .. })));
    fs::write(folder.path().join("journal.new"), Head::new(BINDING, 0).to_bytes()).unwrap();
    assert!(matches!(open(folder.path()), Err(JournalError::Missing { .. })));
}

#[test]
fn an_existing_journal_is_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = FileJournal::create(folder.path(), BINDING).unwrap();
    append(&mut journal, 0..1);
    journal.sync().unwrap();
    drop(journal);
    assert!(matches!(FileJournal::create(folder.path(), BINDING), Err(JournalError::Exists { .. })));
    check_entries(&open(folder.path()).unwrap(), 1);
}

#[test]
fn a_journal_of_another_key_or_chain_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(FileJournal::create(folder.path(), BINDING).unwrap());
    let other_key = JournalBinding { node_key: SigningPublicKey::new([9; 32]), ..BINDING };
    assert!(matches!(FileJournal::open(folder.path(), other_key), Err(JournalError::OtherKey { .. })));
    let other_chain = JournalBinding { chain_id: ChainId::new([9; 32]), ..BINDING };
    assert!(matches!(FileJournal::open(folder.path(), other_chain), Err(JournalError::OtherChain { .. })));
    let memory = MemoryJournal::create(BINDING);
    assert!(matches!(memory.reopen(other_key), Err(JournalError::OtherKey { .. })));
}

#[test]
fn a_journal_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let journal = FileJournal::create(folder.path(), BINDING).unwrap();
    assert!(matches!(open(folder.path()), Err(JournalError::InUse { .. })));
    assert!(matches!(FileJournal::create(folder.path(), BINDING), Err(JournalError::InUse { .. })));
    drop(journal);
    open(folder.path()).unwrap();
}

#[test]
fn a_crash_in_memory_keeps_synced_entries_and_a_prefix_of_the_others() {
    let mut counts = [0; 7];
    for seed in 0..400 {
        let mut journal = MemoryJournal::create(BINDING);
        append(&mut journal, 0..2);
        journal.sync().unwrap();
        append(&mut journal, 2..4);
        journal.sync().unwrap();
        append(&mut journal, 4..6);
        journal.crash(seed);
        let mut journal = journal.reopen(BINDING).unwrap();
        let count = check_is_prefix(&journal, 4);
        counts[count] += 1;
        append(&mut journal, count..7);
        journal.sync().unwrap();
        journal.crash(seed + 1);
        check_entries(&journal.reopen(BINDING).unwrap(), 7);
    }
    assert!(counts[4..].iter().all(|count| *count > 20), "{counts:?}");
}

#[test]
fn a_failed_sync_poisons_the_journal() {
    let mut journal = MemoryJournal::create(BINDING);
    append(&mut journal, 0..1);
    journal.fail_after(1);
    journal.sync().unwrap();
    append(&mut journal, 1..2);
    assert!(matches!(journal.sync(), Err(JournalError::Failed { .. })));
    assert!(matches!(journal.sync(), Err(JournalError::Poisoned)));
    assert!(matches!(journal.append(b"x"), Err(JournalError::Poisoned)));
    assert!(matches!(journal.roll(&[], journal.segment()), Err(JournalError::Poisoned)));
    journal.crash(0);
    check_entries(&journal.reopen(BINDING).unwrap(), 1);
}

#[test]
fn a_failed_write_poisons_the_journal_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = FileJournal::create(folder.path(), BINDING).unwrap();
    append(&mut journal, 0..1);
    journal.sync().unwrap();
    fs::remove_dir_all(folder.path()).unwrap();
    assert!(matches!(journal.roll(&[], journal.segment()), Err(JournalError::Failed { .. })));
    assert!(matches!(journal.append(b"x"), Err(JournalError::Poisoned)));
}

#[test]
fn too_long_an_entry_is_refused_and_harmless() {
    let mut journal = MemoryJournal::create(BINDING);
    let long = vec![0; crate::limits::JOURNAL_ENTRY_BYTES_MAX + 1];
    assert!(matches!(journal.append(&long), Err(JournalError::EntryTooLong { .. })));
    append(&mut journal, 0..1);
    journal.sync().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut journal = FileJournal::create(folder.path(), BINDING).unwrap();
    assert!(matches!(journal.append(&long), Err(JournalError::EntryTooLong { .. })));
    append(&mut journal, 0..1);
    journal.sync().unwrap();
    check_entries(&journal, 1);
}
