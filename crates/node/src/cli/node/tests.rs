//! What a node that does not start tells its operator to do.

use std::io;
use std::path::PathBuf;

use carechain_setup::FolderError;

use super::{StartError, start_error};

fn hint(error: StartError) -> String {
    start_error(error).failure.hint
}

#[test]
fn a_folder_that_is_closed_to_the_node_is_not_called_in_use() {
    let path = PathBuf::from("data");
    let in_use = StartError::Folder(FolderError::InUse { path: path.clone() });
    assert!(hint(in_use).contains("a node runs on this folder already"));
    for kind in [io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem] {
        let closed = FolderError::System { what: "open", path: path.clone(), source: kind.into() };
        let hint = hint(StartError::Folder(closed));
        assert!(hint.contains("chown"), "{hint}");
    }
}
