//! What a process left that is gone, and what one that lives works on.

use std::fs::File;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use carechain_disk::NewFolder;

use super::SpoolFolder;
use crate::limits::FETCHED_LIFE;
use crate::progress::{Progress, Stage, Unwatched};

fn spool(state: &tempfile::TempDir) -> SpoolFolder {
    SpoolFolder::open(state.path()).unwrap()
}

fn names(spool: &SpoolFolder) -> Vec<String> {
    let children = std::fs::read_dir(spool.path()).unwrap();
    let mut names: Vec<_> = children.map(|child| child.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn age(path: &Path, age: Duration) {
    File::options().write(true).open(path).unwrap().set_modified(SystemTime::now() - age).unwrap();
}

#[test]
fn plaintext_of_a_process_that_is_gone_is_removed_and_that_of_a_living_one_is_not() {
    let state = tempfile::tempdir().unwrap();
    let (spool, place) = (spool(&state), tempfile::tempdir().unwrap());
    let living = NewFolder::prepare(&place.path().join("out")).unwrap();
    let note = spool.note(living.path()).unwrap();
    let mode = std::fs::metadata(living.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    // What a kill leaves: the note and the folder, and no lock.
    let left = place.path().join(".carechain-new-00ff");
    std::fs::create_dir(&left).unwrap();
    std::fs::write(left.join("report.txt"), b"no finding").unwrap();
    std::fs::write(spool.path().join("00ff.staging"), left.as_os_str().as_encoded_bytes()).unwrap();
    spool.sweep(&Unwatched).unwrap();
    assert!(!left.exists() && living.path().exists());
    assert_eq!(names(&spool).len(), 1, "the living one's note");
    drop((living, note));
    assert_eq!(names(&spool).len(), 0);
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn a_note_stays_as_long_as_its_folder_does() {
    let state = tempfile::tempdir().unwrap();
    let (spool, place) = (spool(&state), tempfile::tempdir().unwrap());
    let folder = place.path().join(".carechain-new-00ff");
    std::fs::create_dir(&folder).unwrap();
    drop(spool.note(&folder).unwrap());
    assert_eq!(names(&spool).len(), 1, "what could not be removed is tried again");
    spool.sweep(&Unwatched).unwrap();
    assert!(!folder.exists());
    assert_eq!(names(&spool).len(), 0);
}

#[test]
fn a_note_removes_no_folder_but_ours() {
    let state = tempfile::tempdir().unwrap();
    let (spool, place) = (spool(&state), tempfile::tempdir().unwrap());
    let mine = place.path().join("mine");
    std::fs::create_dir(&mine).unwrap();
    std::fs::write(spool.path().join("00ff.staging"), mine.as_os_str().as_encoded_bytes()).unwrap();
    std::fs::write(spool.path().join("01ff.staging"), b".carechain-new-01ff").unwrap();
    std::fs::write(spool.path().join("02ff.staging"), b"").unwrap();
    spool.sweep(&Unwatched).unwrap();
    assert!(mine.exists());
    assert_eq!(names(&spool), Vec::<String>::new());
}

#[test]
fn plaintext_on_a_medium_that_is_away_is_remembered() {
    let state = tempfile::tempdir().unwrap();
    let (spool, place) = (spool(&state), tempfile::tempdir().unwrap());
    let left = place.path().join("stick/.carechain-new-00ff");
    std::fs::write(spool.path().join("00ff.staging"), left.as_os_str().as_encoded_bytes()).unwrap();
    spool.sweep(&Unwatched).unwrap();
    assert_eq!(names(&spool).len(), 1);
    std::fs::create_dir_all(&left).unwrap();
    spool.sweep(&Unwatched).unwrap();
    assert!(!left.exists());
    assert_eq!(names(&spool).len(), 0);
}

#[test]
fn ciphertext_that_nobody_can_use_is_removed() {
    let state = tempfile::tempdir().unwrap();
    let spool = spool(&state);
    let living = spool.create("aa.record").unwrap();
    let day = Duration::from_secs(24 * 3_600);
    for (name, old) in [
        ("bb.record", Duration::ZERO),
        ("cc.record", Duration::ZERO),
        ("cc.json", Duration::ZERO),
        ("dd.record", day),
        ("dd.json", day),
        ("ee.json", Duration::ZERO),
        ("ff.fetched", day),
        ("gg.fetched", FETCHED_LIFE + day),
    ] {
        std::fs::write(spool.path().join(name), b"x").unwrap();
        age(&spool.path().join(name), old);
    }
    spool.sweep(&Unwatched).unwrap();
    assert_eq!(names(&spool), ["aa.record", "cc.json", "cc.record", "ff.fetched"]);
    drop(living);
    spool.sweep(&Unwatched).unwrap();
    assert_eq!(names(&spool), ["cc.json", "cc.record", "ff.fetched"]);
}

#[test]
fn a_file_is_worked_on_by_one_process_at_a_time() {
    let state = tempfile::tempdir().unwrap();
    let spool = spool(&state);
    let first = spool.take("aa.fetched").unwrap().unwrap();
    assert!(spool.take("aa.fetched").unwrap().is_none());
    assert!(spool.reopen("aa.fetched").unwrap().is_none());
    drop(first);
    spool.take("aa.fetched").unwrap().unwrap().remove();
    assert!(spool.reopen("aa.fetched").is_err(), "it is gone");
}

#[test]
fn what_resists_is_told_and_the_rest_is_removed() {
    #[derive(Default)]
    struct Hears(Mutex<Vec<String>>);
    impl Progress for Hears {
        fn advance(&self, _: Stage, _: u64, _: Option<u64>) {}
        fn trouble(&self, sentence: &str) {
            self.0.lock().unwrap().push(sentence.to_owned());
        }
    }
    let state = tempfile::tempdir().unwrap();
    let spool = spool(&state);
    // A folder of that name is nothing that can be removed as a file, whoever tries.
    std::fs::create_dir(spool.path().join("aa.record")).unwrap();
    std::fs::write(spool.path().join("bb.record"), b"x").unwrap();
    let hears = Hears::default();
    spool.sweep(&hears).unwrap();
    assert_eq!(names(&spool), ["aa.record"]);
    let heard = hears.0.into_inner().unwrap();
    assert!(matches!(&heard[..], [sentence] if sentence.contains("aa.record")), "{heard:?}");
}
