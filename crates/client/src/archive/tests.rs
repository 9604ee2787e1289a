//! Archives packed and unpacked, and hostile ones refused.

use std::fs::{File, OpenOptions};
use std::io::{Cursor, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use carechain_crypto::Secret;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::{Keys, PackError, Sources, UnpackError, unpack};
use crate::keystore::Keystore;
use crate::limits::ARCHIVE_DEPTH_MAX;
use crate::progress::{Progress, Stage, Unwatched};

fn pack(inputs: &[PathBuf]) -> Result<Vec<u8>, PackError> {
    Ok(Sources::collect(inputs, &Keys::default())?.pack(Vec::new(), &Unwatched)?.sink)
}

fn study(folder: &Path) {
    std::fs::create_dir_all(folder.join("images/empty")).unwrap();
    std::fs::write(folder.join("report.txt"), b"no finding").unwrap();
    std::fs::write(folder.join("images/slice-1.dcm"), vec![7; 300_000]).unwrap();
}

fn crafted(build: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    build(&mut zip);
    zip.finish().unwrap().into_inner()
}

fn with_name(name: &str) -> Vec<u8> {
    // The library cleans names up, so the name is patched in afterwards.
    let placeholder = "x".repeat(name.len());
    let mut bytes = crafted(|zip| {
        zip.start_file(placeholder.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(b"payload").unwrap();
    });
    let places: Vec<_> =
        (0..bytes.len() - name.len()).filter(|&at| bytes[at..].starts_with(placeholder.as_bytes())).collect();
    assert_eq!(places.len(), 2, "local and central header");
    for place in places {
        bytes[place..place + name.len()].copy_from_slice(name.as_bytes());
    }
    bytes
}

#[track_caller]
fn check_hostile(archive: Vec<u8>, words: &str) {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    let error = unpack(Cursor::new(archive), &output, &Unwatched).unwrap_err();
    assert!(error.to_string().contains(words), "{error}");
    assert!(!output.exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn a_study_comes_back_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("study");
    study(&input);
    let archive = pack(&[input]).unwrap();
    let output = folder.path().join("out");
    let unpacked = unpack(Cursor::new(archive), &output, &Unwatched).unwrap();
    assert_eq!((unpacked.entry_count, unpacked.bytes), (2, 300_010));
    assert_eq!(std::fs::read(output.join("report.txt")).unwrap(), b"no finding");
    assert_eq!(std::fs::read(output.join("images/slice-1.dcm")).unwrap(), vec![7; 300_000]);
    assert!(output.join("images/empty").is_dir());
}

#[test]
fn folders_beside_files_keep_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let (input, note) = (folder.path().join("study"), folder.path().join("note.txt"));
    study(&input);
    std::fs::write(&note, b"n").unwrap();
    let archive = pack(&[note, input]).unwrap();
    let output = folder.path().join("out");
    unpack(Cursor::new(archive), &output, &Unwatched).unwrap();
    assert!(output.join("study/report.txt").is_file() && output.join("note.txt").is_file());
}

#[test]
fn what_cannot_be_packed_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("study");
    study(&input);
    std::os::unix::fs::symlink("/etc/passwd", input.join("link")).unwrap();
    assert!(matches!(pack(std::slice::from_ref(&input)), Err(PackError::Kind { .. })));
    assert!(matches!(pack(&[folder.path().join("absent")]), Err(PackError::Read { .. })));
    let report = input.join("report.txt");
    assert!(matches!(pack(&[report.clone(), report]), Err(PackError::Repeated { .. })));
    std::fs::create_dir(folder.path().join("nothing")).unwrap();
    assert!(matches!(pack(&[folder.path().join("nothing")]), Err(PackError::Empty)));
}

#[test]
fn the_deepest_file_that_packs_unpacks() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("study");
    let inside = (1..ARCHIVE_DEPTH_MAX).fold(input.clone(), |path, _| path.join("d"));
    std::fs::create_dir_all(&inside).unwrap();
    std::fs::write(inside.join("deepest"), b"here").unwrap();
    let archive = pack(std::slice::from_ref(&input)).unwrap();
    let output = folder.path().join("out");
    assert_eq!(unpack(Cursor::new(archive), &output, &Unwatched).unwrap().entry_count, 1);
    std::fs::create_dir_all(inside.join("d")).unwrap();
    std::fs::write(inside.join("d/deeper"), b"here").unwrap();
    assert!(matches!(pack(&[input]), Err(PackError::Name { .. })));
}

#[test]
fn times_of_files_and_folders_survive() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("study");
    study(&input);
    let second = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let times = [("report.txt", second(1_000_000_001)), ("images/slice-1.dcm", second(4_000_000_000))];
    let set = |path: PathBuf, time| File::open(path).unwrap().set_modified(time).unwrap();
    for (name, time) in times {
        set(input.join(name), time);
    }
    set(input.join("images"), second(7));
    let output = folder.path().join("out");
    unpack(Cursor::new(pack(&[input]).unwrap()), &output, &Unwatched).unwrap();
    for (name, time) in times.into_iter().chain([("images", second(7))]) {
        assert_eq!(std::fs::metadata(output.join(name)).unwrap().modified().unwrap(), time, "{name}");
    }
}

#[test]
fn what_is_unpacked_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("study");
    study(&input);
    let output = folder.path().join("out");
    unpack(Cursor::new(pack(&[input]).unwrap()), &output, &Unwatched).unwrap();
    for (name, mode) in [("", 0o700), ("images", 0o700), ("images/slice-1.dcm", 0o600)] {
        let permissions = std::fs::metadata(output.join(name)).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, mode, "{name}");
    }
}

#[test]
fn a_file_that_changes_while_it_is_packed_makes_no_record() {
    type Change = fn(&Path);
    let changes: [(&str, Change); 5] = [
        ("longer", |path| std::fs::write(path, b"no finding at all").unwrap()),
        ("shorter", |path| std::fs::write(path, b"no").unwrap()),
        ("rewritten", |path| {
            std::fs::write(path, b"NO FINDING").unwrap();
            let later = SystemTime::now() + Duration::from_secs(1);
            File::open(path).unwrap().set_modified(later).unwrap();
        }),
        ("replaced", |path| {
            std::fs::write(path.with_extension("new"), b"no finding").unwrap();
            std::fs::rename(path.with_extension("new"), path).unwrap();
        }),
        ("a link", |path| {
            std::fs::remove_file(path).unwrap();
            std::os::unix::fs::symlink("/etc/passwd", path).unwrap();
        }),
    ];
    for (name, change) in changes {
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("report.txt");
        std::fs::write(&report, b"no finding").unwrap();
        let sources = Sources::collect(std::slice::from_ref(&report), &Keys::default()).unwrap();
        change(&report);
        let error = sources.pack(Vec::new(), &Unwatched).unwrap_err();
        assert!(matches!(error, PackError::Changed { .. }), "{name}: {error}");
    }
}

#[test]
fn a_file_that_changes_between_two_reads_makes_no_record() {
    struct Appends(PathBuf);
    impl Progress for Appends {
        fn advance(&self, _: Stage, _: u64, _: Option<u64>) {
            OpenOptions::new().append(true).open(&self.0).unwrap().write_all(b"more").unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.txt");
    std::fs::write(&report, b"no finding").unwrap();
    let sources = Sources::collect(std::slice::from_ref(&report), &Keys::default()).unwrap();
    let error = sources.pack(Vec::new(), &Appends(report)).unwrap_err();
    assert!(matches!(error, PackError::Changed { .. }), "{error}");
}

#[test]
fn keys_and_passphrases_do_not_slip_into_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("study");
    study(&input);
    let collect = |keys: &Keys| Sources::collect(std::slice::from_ref(&input), keys).map(|_| ());
    collect(&Keys::default()).unwrap();
    let secret = input.join("notes.txt");
    let known = Keys::Refused { known: vec![secret.clone()] };
    let head = |schema: &str| format!("{{\n  \"head\": {{\n    \"schema\": \"carechain/{schema}/1\",\n");
    for (content, keys) in [
        (head("keystore"), &Keys::default()),
        (head("registry"), &Keys::default()),
        ("correct horse".to_owned(), &known),
    ] {
        std::fs::write(&secret, content).unwrap();
        assert!(matches!(collect(keys), Err(PackError::Key { path, .. }) if path == secret));
        collect(&Keys::Included).unwrap();
    }
    std::fs::rename(&secret, input.join("alice.passphrase")).unwrap();
    assert!(matches!(collect(&Keys::default()), Err(PackError::Key { .. })));
}

#[test]
fn a_keystore_says_in_its_first_bytes_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alice");
    Keystore::generate().save(&path, &Secret::new(b"correct horse".to_vec())).unwrap();
    assert!(matches!(pack(&[path]), Err(PackError::Key { .. })));
}

#[test]
fn paths_that_lead_out_are_hostile() {
    for name in ["../evil", "a/../../evil", "/etc/evil", "a//b", "./evil", "..", "a/./b"] {
        check_hostile(with_name(name), "leads out");
    }
    check_hostile(with_name("a\\..\\evil"), "backslash");
    check_hostile(with_name(&"d/".repeat(40)), "too deep");
}

#[test]
fn links_are_hostile() {
    let archive = crafted(|zip| {
        zip.add_symlink("innocent", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    });
    check_hostile(archive, "link");
}

#[test]
fn bombs_are_hostile() {
    let archive = crafted(|zip| {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file("zeros", options).unwrap();
        let block = vec![0; 1 << 20];
        for _ in 0..64 {
            zip.write_all(&block).unwrap();
        }
    });
    assert!(archive.len() < 200_000);
    check_hostile(archive, "far more");
}

#[test]
fn many_small_bombs_are_hostile() {
    let archive = crafted(|zip| {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let block = vec![0; 1 << 20];
        for index in 0..100 {
            zip.start_file(format!("zeros-{index}"), options).unwrap();
            zip.write_all(&block).unwrap();
        }
    });
    assert!(archive.len() < 300_000);
    check_hostile(archive, "far more");
}

#[test]
fn a_directory_that_would_fill_the_memory_is_not_read() {
    let mut archive = crafted(|zip| {
        zip.start_file("document", SimpleFileOptions::default()).unwrap();
    });
    // The directory's one entry and the end that counts them, repeated until there are a million entries.
    let entry_at = archive.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let end_at = archive.windows(4).position(|window| window == b"PK\x05\x06").unwrap();
    let (entry, local) = (archive[entry_at..end_at].to_vec(), archive[..entry_at].to_vec());
    let count = 1_000_000_u64;
    let bytes = count * entry.len() as u64;
    let place = local.len() as u64;
    archive = [local, entry.repeat(usize::try_from(count).unwrap())].concat();
    let end_of_64 = archive.len() as u64;
    archive.extend_from_slice(b"PK\x06\x06");
    archive.extend_from_slice(&44_u64.to_le_bytes());
    archive.extend_from_slice(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for field in [count, count, bytes, place] {
        archive.extend_from_slice(&field.to_le_bytes());
    }
    archive.extend_from_slice(b"PK\x06\x07\0\0\0\0");
    archive.extend_from_slice(&end_of_64.to_le_bytes());
    archive.extend_from_slice(&[1, 0, 0, 0]);
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
    let folder = tempfile::tempdir().unwrap();
    let error = unpack(Cursor::new(archive), &folder.path().join("out"), &Unwatched).unwrap_err();
    assert!(matches!(error, UnpackError::Damaged(_)), "{error}");
    assert!(error.to_string().contains("longer than any"), "{error}");
}

#[test]
fn a_lie_about_the_length_is_caught() {
    let mut archive = crafted(|zip| {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file("document", options).unwrap();
        zip.write_all(&[5; 1_000]).unwrap();
    });
    let length = 1_000u32.to_le_bytes();
    let places: Vec<_> = (0..archive.len() - 4).filter(|&at| archive[at..at + 4] == length).collect();
    for place in places {
        archive[place..place + 4].copy_from_slice(&900u32.to_le_bytes());
    }
    let folder = tempfile::tempdir().unwrap();
    assert!(unpack(Cursor::new(archive), &folder.path().join("out"), &Unwatched).is_err());
    assert!(unpack(Cursor::new(b"no zip".to_vec()), &folder.path().join("out"), &Unwatched).is_err());
}
