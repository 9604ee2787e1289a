//! Files that people hand to the client: archives, keystores, enrolments, registries, profiles.

use std::fs;
use std::io::Cursor;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use carechain_client::{Enrolment, Keystore, Profile, Registry, Unwatched, unpack};
use carechain_crypto::Secret;
use tempfile::TempDir;

/// A folder in memory, so that files cost no disk.
pub(super) fn folder() -> TempDir {
    let memory = PathBuf::from("/dev/shm");
    let made = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    made.expect("a temporary folder can be made")
}

/// The inside of a record: what is unpacked stays inside the folder.
pub(super) fn archive(data: &[u8]) {
    let folder = folder();
    let output = folder.path().join("out");
    let unpacked = unpack(Cursor::new(data), &output, &Unwatched);
    let beside = fs::read_dir(folder.path()).expect("the folder is there").count();
    assert_eq!(beside, usize::from(unpacked.is_ok()), "nothing is left beside what was unpacked");
}

/// A keystore, up to the work of a guess: without a passphrase that is not done.
pub(super) fn keystore(data: &[u8]) {
    let folder = folder();
    let path = folder.path().join("key");
    write_private(&path, data);
    let opened = Keystore::open(&path, &Secret::new(Vec::new()));
    assert!(opened.is_err(), "no keystore opens without a passphrase");
}

/// Enrolment, registry, profile.
pub(super) fn client_file(data: &[u8]) {
    let _ = Enrolment::from_bytes(data);
    let folder = folder();
    let path = folder.path().join("file");
    write_private(&path, data);
    if let Ok(registry) = Registry::load(&path) {
        let _ = registry.persons();
    }
    for name in [None, Some("alice")] {
        let _ = Profile::load(&path, name);
    }
}

fn write_private(path: &std::path::Path, data: &[u8]) {
    fs::write(path, data).expect("a small file is written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("an own file");
}
