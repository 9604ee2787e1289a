//! Segments: begun and dropped whole, and found out when they are not what the head says.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{BINDING, append, check_entries, entry, open, replayed};
use crate::journal::frame::FRAME_HEAD_BYTES;
use crate::journal::head::HEAD_BYTES;
use crate::journal::{FileJournal, JournalError, JournalStore, MemoryJournal, Segment};

fn segment_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("segment-{number:016x}"))
}

fn segments(folder: &Path) -> Vec<u64> {
    let is_there = |number: &u64| segment_path(folder, *number).exists();
    (0..9).filter(is_there).collect()
}

/// Entries 0..2, 2..4 and 4..6 in a segment each.
fn three_segments() -> (tempfile::TempDir, FileJournal) {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = FileJournal::create(folder.path(), BINDING).unwrap();
    append(&mut journal, 0..2);
    for first in [2, 4] {
        journal.roll(&[], Segment::FIRST).unwrap();
        append(&mut journal, first..first + 2);
    }
    journal.sync().unwrap();
    (folder, journal)
}

fn copy(folder: &Path) -> tempfile::TempDir {
    let target = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), target.path().join(entry.file_name())).unwrap();
    }
    target
}

#[test]
fn a_roll_keeps_what_stays_and_drops_the_segments_below() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = FileJournal::create(folder.path(), BINDING).unwrap();
    let mut memory = MemoryJournal::create(BINDING);
    for journal in [&mut file as &mut dyn JournalStore, &mut memory] {
        for number in 5..20 {
            journal.append(&entry(number)).unwrap();
        }
        journal.roll(&[entry(0)], Segment::FIRST).unwrap();
        let kept: Vec<_> = journal.replay().unwrap().into_iter().map(|entry| entry.segment).collect();
        assert_eq!((kept.len(), kept[14], kept[15]), (16, Segment::FIRST, journal.segment()));
        journal.roll(&[entry(0), entry(1)], journal.segment().next()).unwrap();
        journal.append(&entry(2)).unwrap();
        journal.sync().unwrap();
    }
    assert_eq!(file.segment_bytes(), memory.segment_bytes());
    check_entries(&file, 3);
    drop(file);
    assert_eq!(segments(folder.path()), [2]);
    check_entries(&open(folder.path()).unwrap(), 3);
    memory.crash(0);
    check_entries(&memory.reopen(BINDING).unwrap(), 3);
}

/// However long the journal is, a roll costs the same.
#[test]
fn a_roll_writes_nothing_of_what_stays_again() {
    let (folder, mut journal) = three_segments();
    let of = |number| {
        let path = segment_path(folder.path(), number);
        let metadata = fs::metadata(&path).unwrap();
        (metadata.ino(), metadata.modified().unwrap(), fs::read(&path).unwrap())
    };
    let before = [of(0), of(1), of(2)];
    journal.roll(&[entry(6)], Segment::FIRST).unwrap();
    assert_eq!([of(0), of(1), of(2)], before);
    check_entries(&journal, 7);
}

#[test]
fn a_missing_segment_is_refused_wherever_it_stood() {
    let (folder, journal) = three_segments();
    drop(journal);
    for number in 0..3 {
        let copy = copy(folder.path());
        fs::remove_file(segment_path(copy.path(), number)).unwrap();
        match open(copy.path()) {
            Err(JournalError::MissingSegment { segment }) => assert_eq!(segment.get(), number),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_segment_in_the_place_of_another_is_refused() {
    let (folder, journal) = three_segments();
    drop(journal);
    for (source, target) in [(0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0)] {
        let copy = copy(folder.path());
        fs::copy(segment_path(folder.path(), source), segment_path(copy.path(), target)).unwrap();
        let opened = open(copy.path());
        assert!(matches!(opened, Err(JournalError::Corrupt { .. })), "{source} as {target}: {opened:?}");
    }
}

/// Only the last segment may end in the middle of a write.
#[test]
fn a_segment_before_the_last_that_is_cut_or_changed_anywhere_is_refused() {
    let (folder, journal) = three_segments();
    drop(journal);
    let whole = fs::read(segment_path(folder.path(), 1)).unwrap();
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    for index in 0..used {
        let mut flipped = whole.clone();
        flipped[index] ^= 1 << (index % 8);
        for bytes in [whole[..index].to_vec(), flipped] {
            let copy = copy(folder.path());
            fs::write(segment_path(copy.path(), 1), bytes).unwrap();
            let opened = open(copy.path());
            assert!(matches!(opened, Err(JournalError::Corrupt { .. })), "byte {index}: {opened:?}");
        }
    }
}

#[test]
fn a_head_with_any_bit_flipped_is_refused() {
    let (folder, journal) = three_segments();
    drop(journal);
    let head = fs::read(folder.path().join("journal")).unwrap();
    assert_eq!(head.len(), HEAD_BYTES);
    for index in 0..HEAD_BYTES {
        let mut flipped = head.clone();
        flipped[index] ^= 1 << (index % 8);
        fs::write(folder.path().join("journal"), flipped).unwrap();
        assert!(matches!(open(folder.path()), Err(JournalError::Head)), "byte {index}");
    }
}

/// It would forget the votes of the newer segments.
#[test]
fn a_head_copied_back_from_before_a_roll_is_refused() {
    let (folder, mut journal) = three_segments();
    let old_head = fs::read(folder.path().join("journal")).unwrap();
    for _ in 0..2 {
        journal.roll(&[], Segment::FIRST).unwrap();
        append(&mut journal, 6..7);
        journal.sync().unwrap();
        let copy = copy(folder.path());
        fs::write(copy.path().join("journal"), &old_head).unwrap();
        let opened = open(copy.path());
        assert!(matches!(opened, Err(JournalError::OldHead { .. })), "{opened:?}");
    }
}

/// A folder as a crash left it in the middle of a roll.
struct Crash<'a> {
    before: &'a Path,
    after: &'a Path,
}

impl Crash<'_> {
    /// What the folder held before, with these files of what it held after, each cut to a length.
    #[track_caller]
    fn check(&self, files: &[(&str, &str, usize)], gone: &[u64], entries: &[usize], left: &[u64]) {
        let folder = copy(self.before);
        for (source, target, length) in files {
            let bytes = fs::read(self.after.join(source)).unwrap();
            fs::write(folder.path().join(target), &bytes[..*length]).unwrap();
        }
        for number in gone {
            fs::remove_file(segment_path(folder.path(), *number)).unwrap();
        }
        let mut journal = open(folder.path()).unwrap();
        let expected: Vec<_> = entries.iter().map(|number| entry(*number)).collect();
        assert_eq!(replayed(&journal), expected, "{files:?} {gone:?}");
        assert_eq!(segments(folder.path()), left, "{files:?} {gone:?}");
        journal.roll(&[entry(7)], Segment::FIRST).unwrap();
        drop(journal);
        let again = open(folder.path()).unwrap();
        assert_eq!(replayed(&again).last(), Some(&entry(7)), "{files:?} {gone:?}");
    }
}

#[test]
fn a_crash_at_every_write_of_a_roll_leaves_the_old_journal_or_the_new_one() {
    let (folder, journal) = three_segments();
    drop(journal);
    let after = copy(folder.path());
    let mut journal = open(after.path()).unwrap();
    journal.roll(&[entry(6)], Segment::FIRST.next().next()).unwrap();
    // The mark behind the synced frames is written once the head is replaced.
    let synced = usize::try_from(journal.segment_bytes()).unwrap() - FRAME_HEAD_BYTES;
    drop(journal);
    let whole = usize::try_from(fs::metadata(segment_path(after.path(), 3)).unwrap().len()).unwrap();
    let (new, head) = ("segment-0000000000000003", "journal");
    let crash = Crash { before: folder.path(), after: after.path() };
    let (old, rolled) = ([0, 1, 2, 3, 4, 5], [4, 5, 6]);
    for length in 0..=synced {
        crash.check(&[(new, new, length)], &[], &old, &[0, 1, 2]);
    }
    for length in 0..=HEAD_BYTES {
        crash.check(&[(new, new, synced), (head, "journal.new", length)], &[], &old, &[0, 1, 2]);
    }
    for gone in [&[][..], &[0], &[0, 1], &[1]] {
        for length in [synced, whole] {
            crash.check(&[(new, new, length), (head, head, HEAD_BYTES)], gone, &rolled, &[2, 3]);
        }
    }
}
