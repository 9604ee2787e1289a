//! What happens to a data folder behind the back of the node that has it open.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

use super::{FolderTrouble, FolderWatch, KEPT};

/// A data folder with an open file in each of its folders.
fn opened() -> (TempDir, FolderWatch, Vec<File>) {
    let folder = TempDir::new().unwrap();
    let files = KEPT.map(|name| {
        fs::create_dir(folder.path().join(name)).unwrap();
        File::create_new(folder.path().join(name).join("file")).unwrap()
    });
    let watch = FolderWatch::of(folder.path()).unwrap();
    watch.look().unwrap();
    (folder, watch, files.into())
}

#[expect(clippy::disallowed_methods, reason = "nothing is at the new name")]
fn moved(from: &Path, to: &Path) {
    fs::rename(from, to).unwrap();
}

#[test]
fn a_folder_that_is_moved_away_is_gone_and_there_again_when_it_is_put_back() {
    let (folder, watch, _files) = opened();
    for name in KEPT {
        let (here, away) = (folder.path().join(name), folder.path().join("away"));
        moved(&here, &away);
        let trouble = watch.look().unwrap_err();
        assert!(matches!(&trouble, FolderTrouble::Gone { .. }), "{trouble}");
        assert!(trouble.to_string().contains(name), "{trouble}");
        moved(&away, &here);
        watch.look().unwrap();
    }
}

#[test]
fn a_folder_in_the_place_of_another_is_not_it() {
    let (folder, watch, _files) = opened();
    let journal = folder.path().join("journal");
    moved(&journal, &folder.path().join("away"));
    fs::create_dir(&journal).unwrap();
    assert!(matches!(watch.look(), Err(FolderTrouble::Replaced { .. })));
}

#[test]
fn a_file_that_is_removed_while_it_is_open_is_missed_until_it_is_closed() {
    let (folder, watch, files) = opened();
    fs::remove_file(folder.path().join("chunks/file")).unwrap();
    let trouble = watch.look().unwrap_err();
    assert!(matches!(&trouble, FolderTrouble::Removed { count: 1, .. }), "{trouble}");
    assert!(trouble.to_string().contains("chunks"), "{trouble}");
    drop(files);
    watch.look().unwrap();
}

#[test]
fn a_folder_that_may_not_be_written_is_refused_at_start_and_found_later() {
    // The superuser may write everywhere.
    if rustix::process::geteuid().is_root() {
        return;
    }
    let (folder, watch, _files) = opened();
    let journal = folder.path().join("journal");
    fs::set_permissions(&journal, Permissions::from_mode(0o500)).unwrap();
    assert!(matches!(watch.look(), Err(FolderTrouble::Closed { .. })));
    assert!(matches!(FolderWatch::of(folder.path()), Err(FolderTrouble::Closed { .. })));
    fs::set_permissions(&journal, Permissions::from_mode(0o700)).unwrap();
    watch.look().unwrap();
}
