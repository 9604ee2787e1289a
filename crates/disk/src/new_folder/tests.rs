//! New folders over a real file system.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::{NewFolder, NewFolderError};

fn names(folder: &Path) -> Vec<String> {
    let children = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = children.map(|child| child.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

/// Fills the folder of a target, puts it in place and looks at it.
#[track_caller]
fn check_made(target: &Path) {
    let new = NewFolder::prepare(target).unwrap();
    assert_eq!(new.path().metadata().unwrap().permissions().mode() & 0o777, 0o700);
    std::fs::write(new.path().join("report"), b"no finding").unwrap();
    std::fs::create_dir(new.path().join("images")).unwrap();
    new.put_in_place().unwrap();
    assert_eq!(names(target), ["images", "report"]);
}

#[test]
fn an_absent_target_appears_whole_with_its_parents() {
    let folder = tempfile::tempdir().unwrap();
    check_made(&folder.path().join("deep/out"));
    assert_eq!(names(folder.path()), ["deep"]);
    assert_eq!(names(&folder.path().join("deep")), ["out"]);
}

#[test]
fn an_empty_folder_a_link_to_one_and_one_in_an_unwritable_folder_are_filled() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, linked, link) =
        (folder.path().join("locked/empty"), folder.path().join("linked"), folder.path().join("link"));
    std::fs::create_dir_all(&empty).unwrap();
    std::fs::create_dir(&linked).unwrap();
    symlink(&linked, &link).unwrap();
    let locked = folder.path().join("locked");
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o500)).unwrap();
    check_made(&empty);
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o700)).unwrap();
    check_made(&link);
    assert!(link.symlink_metadata().unwrap().is_symlink());
}

#[test]
fn whatever_holds_something_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine"), b"kept").unwrap();
    symlink(folder.path().join("nowhere"), folder.path().join("dangling")).unwrap();
    for target in [folder.path().to_owned(), folder.path().join("mine"), folder.path().join("dangling")] {
        let error = NewFolder::prepare(&target).unwrap_err();
        assert!(matches!(error, NewFolderError::NotEmpty { .. }), "{error}");
    }
    assert_eq!(names(folder.path()), ["dangling", "mine"]);
}

#[test]
fn a_name_that_no_folder_can_have_is_refused_beforehand() {
    let folder = tempfile::tempdir().unwrap();
    let error = NewFolder::prepare(&folder.path().join("n".repeat(300))).unwrap_err();
    assert!(matches!(error, NewFolderError::System { .. }), "{error}");
    assert_eq!(names(folder.path()), [""; 0], "nothing is left behind");
}

#[test]
fn what_is_given_up_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let new = NewFolder::prepare(&folder.path().join("out")).unwrap();
    std::fs::write(new.path().join("report"), b"no finding").unwrap();
    drop(new);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn what_a_killed_process_left_is_removed_and_what_a_live_one_fills_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let live = NewFolder::prepare(&folder.path().join("one")).unwrap();
    let left = folder.path().join(".carechain-new-left");
    std::fs::create_dir(&left).unwrap();
    std::fs::write(left.join("plaintext"), b"no finding").unwrap();
    check_made(&folder.path().join("two"));
    assert!(!left.exists());
    std::fs::write(live.path().join("report"), b"no finding").unwrap();
    live.put_in_place().unwrap();
    assert_eq!(names(folder.path()), ["one", "two"]);
}
