//! Files of value over a real file system.

use std::path::Path;

use super::{FileError, LockedFile, check_free, read, with_suffix, write_new};

fn names(folder: &Path) -> Vec<String> {
    let children = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = children.map(|child| child.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_new_file_is_never_written_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("alice.key"), folder.path().join("link"));
    write_new(&path, b"first", 0o600).unwrap();
    std::os::unix::fs::symlink(folder.path().join("nowhere"), &link).unwrap();
    assert!(matches!(write_new(&path, b"second", 0o600), Err(FileError::Exists { .. })));
    assert!(matches!(write_new(&link, b"second", 0o600), Err(FileError::Exists { .. })));
    assert_eq!(read(&path, 10).unwrap(), b"first");
    assert_eq!(names(folder.path()), ["alice.key", "link"], "nothing is left behind");
}

#[test]
fn names_that_are_taken_are_found_before_the_first_file_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (key, enrol) = (folder.path().join("alice.key"), folder.path().join("alice.enrol"));
    check_free(&[key.clone(), enrol.clone()]).unwrap();
    std::os::unix::fs::symlink(folder.path().join("nowhere"), &enrol).unwrap();
    let error = check_free(&[key, enrol.clone()]).unwrap_err();
    assert!(matches!(error, FileError::Exists { path } if path == enrol));
}

#[test]
fn a_suffix_replaces_nothing_of_a_name() {
    assert_eq!(with_suffix(Path::new("keys/dr.alice"), ".enrol"), Path::new("keys/dr.alice.enrol"));
}

#[test]
fn of_many_writers_of_one_file_none_loses_what_another_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept");
    std::thread::scope(|scope| {
        for writer in 0..6_u8 {
            let path = &path;
            scope.spawn(move || {
                for _ in 0..20 {
                    let file = LockedFile::lock(path).unwrap();
                    let mut bytes = file.read(1_000).unwrap().unwrap_or_default();
                    bytes.push(writer);
                    file.replace(&bytes).unwrap();
                }
            });
        }
    });
    assert_eq!(read(&path, 1_000).unwrap().len(), 6 * 20);
}

#[test]
fn what_a_killed_writer_left_hinders_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept");
    std::fs::write(with_suffix(&path, ".new"), b"half of wh").unwrap();
    let file = LockedFile::lock(&path).unwrap();
    assert_eq!(file.read(10).unwrap(), None);
    file.replace(b"whole").unwrap();
    assert_eq!(file.read(10).unwrap().unwrap(), b"whole");
    assert_eq!(names(folder.path()), ["kept", "kept.lock"]);
}

#[test]
fn a_link_to_a_kept_file_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("kept"), folder.path().join("link"));
    LockedFile::lock(&path).unwrap().replace(b"old").unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    LockedFile::lock(&link).unwrap().replace(b"new").unwrap();
    assert_eq!(read(&path, 10).unwrap(), b"new");
    assert!(link.symlink_metadata().unwrap().is_symlink());
}
